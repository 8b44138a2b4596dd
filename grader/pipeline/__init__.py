"""One submission from its file to its report: the code that joins the stages, and what it keeps between runs.

    options            what a user asks for
    open_grader        starts a worker, loads the course and gives a grader
    assignment_choice  which assignment a submission is graded for
    course_graders     a grader for each assignment
    settings           what is graded, and how submissions are run
    run_limits         the time and memory of a run
    assignment_data    the data that lies where submissions run
    grader             the way of a submission through all stages
    build_job          submission + probes → job
    unshown_checks     a run of their own for checks that students do not see
    references         judges the reference solutions, and keeps what those that pass did
    recorded_references  what they did, for a course that is exported without them
    broken_reference   what is wrong with one that does not pass
    second_run         a second run, where a verdict depends on where plotted values came from
    cache_keys         every key under which a result is kept
    folder_hash        a hash of a folder with much data

Commands that grade begin with ``open_grader``.
"""
