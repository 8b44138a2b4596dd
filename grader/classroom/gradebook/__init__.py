"""The gradebook: the results of a class, kept in a database.

    gradebook        Gradebook, the entry point      database         connecting, error messages
    enrolment        who handed in what              batch_lock       one batch at a time
    handin_rows      which row a hand-in is          sqlite_access    files that may only be read
    gradings         how each content was graded     tables           the tables; their history: migrations/
    best_answers     which of several files counts   judged_format    what was judged, as bytes
    handin_results   the result of each handin       manual_marks     storing marks
    class_results    the result of an assignment     report_format    a report, as bytes
    lateness         what lateness costs             plan_format      a plan, as JSON data
    known_class      what is known before a batch    schema           making and upgrading the tables
    answers_to_mark  the answers that a person marks
    passwords        names without their passwords   whole_handins    of which nothing can be graded

``grader.model.class_results`` has the values that other rooms read from a gradebook. Nothing is imported here: the
pool's processes use the two formats, and do without SQLAlchemy, which takes a quarter of a second.
"""
