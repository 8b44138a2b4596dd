"""A whole class: what has to be graded, who grades it, and where the results go.

    run      what is new or changed, handed out, and saved as it comes back
    keys     what a content is known by           tasks    what is handed out, and the door to whoever grades it
    beside   what lies beside a submission        pool     the processes of this machine, one for each core
    grading  one task, graded                     lane     one of those processes, from the inside
                                                  wire     what goes to and from it

Nothing else of the grader knows of these.
"""
