"""Grades the tasks of a batch on a Dask cluster (``grade batch --cluster``). Nothing else of the grader imports Dask.

In the main process:

    addresses            what the words after --cluster mean
    started_cluster      a cluster that was started for a batch, in a process of its own (cluster_host)
    link                 the connection to a scheduler: requests to workers, and which workers there are
    guarded_unpickling   nothing is unpickled that comes from a cluster
    quiet_dask           Dask's log goes to the grader's
    members              what is known of each worker
    cluster_pool         grades tasks on the workers, as `batch.pool` does on this machine
    compatibility        workers with other versions are refused
    course_content       a course as an archive

On each worker:

    dask_lane            the function that Dask runs there: it hands requests to the lane
    course_lane          the program of the lane: unpacks the course, then grades as a lane of this machine does

On both sides:

    requests             what they send each other
"""
