"""The gradebook: the results of a class, kept in a database.

    gradebook        Gradebook, the entry point      database         opening, migrating, error messages
    enrolment        who handed in what              write_lock       one batch at a time
    gradings         how each content was graded     tables           the tables; their history: migrations/
    best_answers     which of several files counts   judged_format    what was judged, as bytes
    handin_results   the result of each handin       manual_marks     what a person marks
    class_results    the result of an assignment     report_format    a report, as bytes

``grader.model.class_results`` has the values that other rooms read from a gradebook.
"""

from grader.classroom.gradebook.enrolment import EnrolledFile
from grader.classroom.gradebook.gradebook import Gradebook
from grader.classroom.gradebook.gradings import StoredGrading, stored_grading_of

__all__ = ["EnrolledFile", "Gradebook", "StoredGrading", "stored_grading_of"]
