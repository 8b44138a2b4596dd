"""Which assignment a submission is graded for, where a student grades it: that which is named, or the default."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from grader.course.course import Course
from grader.course.named_assignment import assignment_of_path
from grader.handin import WorkFiles, work_files_of
from grader.model import Submission
from grader.pipeline.options import GradingOptions
from grader.suggestions import did_you_mean_or_all


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentChoice:
    """``assignment`` is its id; None: none. ``notice`` says what named it, or what names none, for the student."""

    assignment: str | None
    notice: str = ""


def choose_assignment(course: Course, options: GradingOptions, submission: Submission) -> AssignmentChoice:
    """The assignment that the options name, else the notebook's metadata, the name of the file or of its folder, else
    the course's default.

    Where exercises were asked for by name, an assignment that lacks one of them is not chosen.
    """
    if options.assignment is not None:
        return AssignmentChoice(assignment=options.assignment)
    ids = [
        assignment.id
        for assignment in course.assignments
        if {*options.exercises} <= {exercise.id for exercise in assignment.exercises}
    ]
    stated = submission.assignment
    names = "the script's first line names" if submission.format == "py" else "the notebook's metadata names"
    if stated in ids:
        return _named(stated, names)
    notice = ""
    if stated and stated not in (assignment.id for assignment in course.assignments):
        known = did_you_mean_or_all(stated, [assignment.id for assignment in course.assignments])
        notice = f"{names.capitalize()} the assignment `{stated}`, which this course does not have{known}"
    named = assignment_of_path(submission.path, ids)
    if named is not None:
        return _named(named, "the name of the file or of its folder names")
    default = course.default
    return AssignmentChoice(assignment=default.id if default is not None and default.id in ids else None, notice=notice)


def choose_work_files(course: Course, options: GradingOptions, path: str, stated: Collection[str] = ()) -> WorkFiles:
    """Which files of a folder or zip are graded: what its assignment says. ``stated`` are the assignments that the
    notebooks in it name.
    """
    (one,) = stated if len(stated) == 1 else ("",)
    inside = Submission(path=f"{path}/-", format="py", sha256="", cells=(), assignment=one)
    choice = choose_assignment(course, options, inside)
    return work_files_of(None if choice.assignment is None else course.assignment(choice.assignment))


def _named(assignment: str, by: str) -> AssignmentChoice:
    return AssignmentChoice(assignment=assignment, notice=f"Graded for the assignment `{assignment}`, which {by}.")
