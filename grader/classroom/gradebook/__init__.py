"""The gradebook: how a class did, kept in a database.

    store       opens a gradebook, puts gradings in, hands results out    tables      what it consists of
    classes     one assignment as a whole                                 migrations  its history
    marking     what a person marks                                       database    opening, errors in words

What the others read of it are the values of ``model``'s last section.
"""

from grader.classroom.gradebook.store import EnrolledFile, Gradebook, StoredGrading, stored_grading_of

__all__ = ["EnrolledFile", "Gradebook", "StoredGrading", "stored_grading_of"]
