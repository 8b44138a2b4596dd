"""A whole class: what has to be graded, who grades it, and where the results go.

run      what is new or changed, handed out, and saved as it comes back
keys     what a content is known by           tasks  what is handed out, and to whom
beside   what lies beside a submission        pool   the processes of this machine: fork servers, one for each core
                                              lane   one of those processes, from the inside
"""
