"""A class as CSV: totals filled into a gradebook that was exported from Canvas."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.errors import UsageError
from grader.model import ClassResults
from grader.report.base import ClassTable, FilledTableFormat, FillOptions
from grader.report.exported_table import (
    ExportedTable,
    cell_at,
    lateness_of_filled,
    listed,
    number_like,
    plan_filling,
    points_to_win,
    read_number,
    spare_other_grades,
)
from grader.report.student_matching import Row
from grader.text import clean_line, count, points, rounded

_OWN_COLUMNS = frozenset(
    (
        "student",
        "lastname",
        "firstname",
        "id",
        "sis user id",
        "sis login id",
        "integration id",
        "root account",
        "section",
    )
)
# Canvas writes EX for excused students, N/A for students to whom the assignment is not assigned.
_EXEMPT = frozenset(("EX", "N/A"))


def fill(results: ClassResults, exported: str, options: FillOptions) -> ClassTable:
    """Put the totals into one column of an exported Canvas gradebook.

    The options may name the column; otherwise it is the column named like the assignment, by its id or else its title.
    Raises UsageError if the text is not a Canvas gradebook, or has no such column.
    """
    most = points_to_win(results)
    table = ExportedTable(exported)
    if "id" not in table.columns or not table.columns.keys() & {"student", "lastname"}:
        raise UsageError(
            "This is no gradebook that Canvas exported: its first row must name the columns `Student` and `ID`. It has "
            f"{listed(table.header)}. In Canvas: Grades, Export, Export Entire Gradebook."
        )
    possible = next((cells for cells in table.rows if cells[0].strip().casefold() == "points possible"), ())
    wanted = (options.column,) if options.column else (results.assignment, *filter(None, (results.title,)))
    target = _find_column(table.header, possible, wanted)
    in_canvas = cell_at(possible, target)
    # The rows above the students hold the possible points, or name no student.
    people = {
        number: Row(
            id=table.cell(number, "id"),
            logins=(table.cell(number, "sis login id"), table.cell(number, "sis user id")),
            names=(
                table.cell(number, "student"),
                f"{table.cell(number, 'lastname')}, {table.cell(number, 'firstname')}",
            ),
        )
        for number, cells in enumerate(table.rows)
        if cells is not possible and any(table.cell(number, name) for name in ("id", "student", "lastname"))
    }
    exempt = {number for number in people if cell_at(table.rows[number], target).strip().upper() in _EXEMPT}
    plan = plan_filling(results, people, exempt, because="Canvas has EX or N/A there", provisional=options.provisional)
    grades = {number: result.score for number, result in plan.fill.items()}
    plan = spare_other_grades(table, target, plan, grades, replace=options.replace)
    for number, result in plan.fill.items():
        table.fill(number, target, number_like(result.score, like=in_canvas))
    title = clean_line(table.header[target])
    notices = [f"{count(len(plan.fill), 'total')} filled in, in the column `{title}`."]
    points_in_canvas = read_number(in_canvas)
    if points_in_canvas is not None and rounded(points_in_canvas) != rounded(most):
        notices.append(
            f"`{title}` has {points(points_in_canvas)} points in Canvas, and {points(most)} can be won here: totals "
            "are filled in as they are."
        )
    return ClassTable(text=table.render(), notices=(*notices, *lateness_of_filled(results, plan), *plan.notices))


def _find_column(header: Sequence[str], possible: Sequence[str], wanted: Sequence[str]) -> int:
    """The number of the assignment's column, by the first of its names that a column has. Raises UsageError if there is
    none, or if several fit.
    """
    candidates = [
        number
        for number, name in enumerate(header)
        if name.strip()
        and name.strip().casefold() not in _OWN_COLUMNS
        and "read only" not in cell_at(possible, number).casefold()
    ]
    for name in wanted:
        exact = [number for number in candidates if header[number].strip() == name.strip()]
        alike = exact or [number for number in candidates if _is_called(header[number], name)]
        if len(alike) == 1:
            return alike[0]
        if alike:
            several = listed([header[number] for number in alike])
            raise UsageError(f"Several columns are called like `{name}`: {several}. Say which with --column.")
    known = listed([header[number] for number in candidates])
    names = " or ".join(f"`{name}`" for name in wanted)
    raise UsageError(f"The gradebook has no column for {names}. It has {known}. Say which with --column.")


def _is_called(column: str, wanted: str) -> bool:
    """Whether a column is meant: ``homework-2`` and ``98765`` both mean ``Homework 2 (98765)``."""
    title, number = _title_and_id(column)
    return title == _title_and_id(wanted)[0] or (number != "" and number == wanted.strip())


def _title_and_id(column: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.*?)\s*(?:\((\d+)\))?\s*", column, flags=re.DOTALL)
    title, number = match.groups("") if match else (column, "")
    return re.sub(r"[\W_]+", "", title).casefold(), number


FORMAT = FilledTableFormat(
    name="canvas", exported="the gradebook that you exported from Canvas", takes_column=True, fill=fill
)
