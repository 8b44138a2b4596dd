"""Grades a class into the gradebook, on all cores.

    batch              grades what is new or changed, and saves each result at once
    class_change       whether it is the class and homework that its name stands for
    tasks              what is graded at a time, and the interface of what grades it
    task_queue         which task is next, which is tried again, which is given up
    pool               the lanes of this machine, as many as it has cores
    lane               a lane, seen from the pool
    lane_process       the program of a lane: a worker in its sandbox, and the judge
    time_limits        how long a task may take
    messages           what the pool and its lanes send each other
    ready              what a grader grades by: cache keys, what the total is of
    grade_task         grades a task, in a lane
    stored_report      a report as the gradebook keeps it
    grade_status       whether a submission or a student passed, in one word

Only the command line and `cluster`, which grades tasks on other machines, import from here.
"""
