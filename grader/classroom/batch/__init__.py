"""A whole class: what has to be graded, who grades it, and where the results go.

    batch              what is new or changed is handed out, and saved as it comes back
    tasks              what is handed out, and the interface of whatever grades it
    companion_files    the files that lie in the folder where a submission runs
    pool               the processes of this machine, as many as it has cores
    pool_process       a process of the pool, from the inside
    messages           what the pool and its processes send each other
    grade_task         grades a task, in a process of the pool
    stored_report      a report as the gradebook keeps it
    grade_status       how a submission or a student did, in a word

Only the command line imports from here.
"""
