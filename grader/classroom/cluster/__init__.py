"""Grades the tasks of a batch on a Dask cluster (``grade batch --cluster``). Nothing else of the grader imports Dask.

In the main process:

    open_cluster         what `--cluster` names, as something that grades tasks
    addresses            what the words after `--cluster` mean
    started_cluster      a cluster that was started for a batch, in a process of its own (cluster_host)
    connecting           connects to a scheduler, or says why that cannot be done
    link                 requests to workers, their answers, and which workers there are
    guarded_unpickling   nothing is unpickled that comes from a cluster
    quiet_dask           Dask's log goes to the grader's
    cluster_pool         grades tasks on the workers, as `batch.pool` does on this machine
    workers              asks workers, takes their answers, gives the tasks of those that have gone to others
    members              what is known of each worker
    presence             says how many workers there are, and gives up where there are none
    compatibility        workers with other versions are refused
    survey               asks every worker what it offers, for `grade doctor --cluster`
    course_content       a course as an archive

On each worker:

    dask_lane            the function that Dask runs there: it hands requests to the lane
    course_lane          the program of the lane: unpacks the course, then grades as a lane of this machine does

    host_survey          the program that finds out what the machine offers

On both sides:

    requests             what they send each other
"""
