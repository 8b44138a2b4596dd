"""A class as CSV, in the table of Otter-Grader."""

from __future__ import annotations

from grader.model import ClassResults, StudentResult
from grader.report import class_statistics
from grader.report.base import ClassTable, NewTableFormat
from grader.report.spreadsheet import with_course, without_formula, write
from grader.text import rounded


def render(results: ClassResults) -> ClassTable:
    """Otter's table: a row for each student, a column for each exercise; the first row has the points that can be won.
    The last column names the course that judged.

    Students who could not be graded have empty cells, since zeros would be grades; ``grading_status`` says why.
    """
    asked = results.exercises
    header = ("file", *(one.id for one in asked), "total_points_earned", "percent_correct", "grading_status")
    most = class_statistics.max_score(results)
    first = ("points-per-question", *(rounded(one.max_score) for one in asked), rounded(most), 1, "--")
    rows: list[tuple[object, ...]] = [header, first, *(_row(result, results) for result in results.students)]
    text = write(with_course(rows, results.course))
    return ClassTable(text=text, notices=class_statistics.lateness_notices(results))


def _row(result: StudentResult, results: ClassResults) -> tuple[object, ...]:
    file = without_formula(result.path)
    if result.status != "graded":
        return (file, *("" for _ in results.exercises), "", "", _status(result))
    answers = [class_statistics.exercise_of(result, exercise.id) for exercise in results.exercises]
    scores = ["" if one and one.status == "error" else rounded(one.score if one else 0.0) for one in answers]
    most = class_statistics.max_score(results)
    return (file, *scores, rounded(result.score), rounded(result.score / most) if most else "", _status(result))


def _status(result: StudentResult) -> str:
    if result.status == "pending":
        return "Pending"
    if result.status == "broken":
        return without_formula(f"Broken: {result.why}" if result.why else "Broken")
    status = "Completed" if result.complete else f"Provisional: {class_statistics.why_provisional([result])}"
    return status if result.lateness is None else f"{status}; {class_statistics.lateness_in_words(result.lateness)}"


FORMAT = NewTableFormat(name="otter", render=render)
