"""One submission from its file to its report: the code that joins the stages, and what it keeps between runs.

    options        what a user asks for
    open_grader    starts a worker, loads the course and gives a grader
    settings       the course, and how submissions are run
    grader         the way of a submission through all stages
    build_job      submission + probes → job
    references     what the reference solutions do, observed once and kept on disk
    second_run     a second run, where a verdict depends on where plotted values came from
    cache_keys     every key under which a result is kept

Commands that grade begin with ``open_grader``.
"""
