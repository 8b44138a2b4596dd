"""A class as CSV, in the table that ``nbgrader export`` writes."""

from __future__ import annotations

from datetime import UTC, datetime

from grader.model import ClassResults, StudentResult
from grader.report import class_statistics
from grader.report.base import ClassTable, NewTableFormat
from grader.report.spreadsheet import with_course, without_formula, write
from grader.text import count, rounded

_COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


def render(results: ClassResults) -> ClassTable:
    """The table of ``nbgrader export``, with a last column for the course that judged.

    Students who could not be graded have no score; zero would be a grade.
    """
    notices = []
    provisional = sum(result.status == "graded" and not result.complete for result in results.students)
    ungraded = sum(result.status != "graded" for result in results.students)
    if provisional:
        notices.append(f"{count(provisional, 'score')} provisional: something waits for a person, or was not graded.")
    if ungraded:
        notices.append(f"{count(ungraded, 'student')} without a score: broken, or not graded yet.")
    notices += class_statistics.lateness_notices(results)
    rows: list[tuple[object, ...]] = [_COLUMNS, *(_row(result, results) for result in results.students)]
    return ClassTable(text=write(with_course(rows, results.course)), notices=tuple(notices))


def _row(result: StudentResult, results: ClassResults) -> tuple[object, ...]:
    student = result.student
    last, first = _last_and_first(student.name)
    graded = result.status == "graded"
    lateness = result.lateness
    before = result.score if lateness is None else lateness.score_before
    scores = (rounded(before), 0 if lateness is None else rounded(lateness.penalty), rounded(result.score))
    due = "" if results.due is None else _time(results.due)
    handed_in = "" if result.handed_in_at is None else _time(result.handed_in_at)
    who = (without_formula(text) for text in (student.key, last, first, student.email))
    most = rounded(class_statistics.max_score(results))
    times = (due, handed_in)
    return (without_formula(results.assignment), *times, *who, *(scores if graded else ("", "", "")), most)


def _time(moment: datetime) -> str:
    """A time as nbgrader writes it: in UTC, without a zone."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _last_and_first(name: str) -> tuple[str, str]:
    """Split ``Lovelace, Ada`` or ``Ada Lovelace``; a name of one word is a last name."""
    if "," in name:
        last, _, first = name.partition(",")
        return last.strip(), first.strip()
    first, _, last = name.strip().rpartition(" ")
    return last, first.strip()


FORMAT = NewTableFormat(name="nbgrader", render=render)
