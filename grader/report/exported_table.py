"""Filling grades into a table that a learning platform exported: what the formats for Canvas and Moodle share."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as replace_fields

from grader.errors import UsageError
from grader.model import ClassResults, StudentResult
from grader.report import class_statistics
from grader.report.person_names import shown_key, shown_name
from grader.report.spreadsheet import Spreadsheet
from grader.report.student_matching import Row, match_rows
from grader.text import clean_line, count, rounded, shorten

CELL_SHOWN = 24
"""Characters of a cell in a notice."""
NO_GRADE = " \t\xa0-\u2013\u2014"
"""Characters of cells that have no grade: blanks, and dashes."""


class ExportedTable:
    """The rows of an exported file, below a header row. Row 0 is the first row below the header."""

    def __init__(self, exported: str) -> None:
        self._spreadsheet = Spreadsheet(exported)
        self.header, *self.rows = self._spreadsheet.rows
        # Reversed, so that the first of several columns with the same name wins.
        self.columns = {name.strip().casefold(): number for number, name in reversed([*enumerate(self.header)])}

    def cell(self, row: int, column: str) -> str:
        """The text of a cell, by its column's name in lower case; empty if there is no such column."""
        number = self.columns.get(column)
        return "" if number is None else cell_at(self.rows[row], number).strip()

    def fill(self, row: int, column: int, value: str) -> None:
        """Replace the text of one cell."""
        self._spreadsheet.fill(row + 1, column, value)

    def render(self) -> str:
        """The whole file, with the replaced cells."""
        return self._spreadsheet.render()


@dataclass(frozen=True, slots=True, kw_only=True)
class FillPlan:
    """Which rows are filled in with which result, and notes on the rows and results that are left out."""

    fill: Mapping[int, StudentResult]
    notices: tuple[str, ...]


def plan_filling(
    results: ClassResults, rows: Mapping[int, Row], kept: Collection[int], *, because: str, provisional: bool
) -> FillPlan:
    """Match results to rows. ``kept``: rows that the platform does not allow to change; ``because`` says why."""
    students = results.students
    pairs = match_rows(rows, {number: result.student for number, result in enumerate(students)})
    there = {row: students[number] for row, number in pairs.items() if row not in kept}
    graded = {row: result for row, result in there.items() if result.status == "graded"}
    unfinished = [result for result in graded.values() if not result.complete]
    notices = []
    if unfinished:
        action = "filled in as far as it is known" if provisional else "left out; --provisional fills it in"
        why = class_statistics.why_provisional(unfinished)
        notices.append(f"{count(len(unfinished), 'provisional total')} {action}: {why}.")
    for reason, those in (
        (because, [students[number] for row, number in pairs.items() if row in kept]),
        ("nothing of them could be graded", [result for result in there.values() if result.status == "broken"]),
        ("they are not graded yet", [result for result in there.values() if result.status == "pending"]),
    ):
        if those:
            notices.append(f"Left as they are, because {reason}: {_names(those)}.")
    found = set(pairs.values())
    elsewhere = [result for number, result in enumerate(students) if number not in found]
    if elsewhere:
        notices.append(f"Not in the file, or not clearly one of its rows: {_names(elsewhere)}.")
    if len(rows) > len(pairs):
        notices.append(f"Without a result, and left as they are: {count(len(rows) - len(pairs), 'row')} of the file.")
    fill = {row: result for row, result in graded.items() if result.complete or provisional}
    return FillPlan(fill=fill, notices=tuple(notices))


def spare_other_grades(
    table: ExportedTable, column: int, plan: FillPlan, grades: Mapping[int, float], *, replace: bool
) -> FillPlan:
    """The plan without the rows where the file has another grade, unless these are to be replaced; with a notice.

    ``grades``: what would be filled in, by row.
    """
    others = {
        row: result
        for row, result in plan.fill.items()
        if _is_other_grade(cell_at(table.rows[row], column), grades[row])
    }
    if not others:
        return plan
    named = []
    for row, result in others.items():
        cell = cell_at(table.rows[row], column)
        number = number_like(grades[row], like=cell)
        known = result.student.id or result.student.email
        before = f"{clean_line(known)}; " if known else ""
        named.append(
            f"{clean_line(result.student.name)} ({before}{shorten(clean_line(cell), CELL_SHOWN)}, here {number})"
        )
    listed_rows = "; ".join(named)
    if replace:
        return replace_fields(plan, notices=(f"{len(others)} replaced another grade: {listed_rows}.", *plan.notices))
    notice = f"{len(others)} would replace another grade: {listed_rows}. Left as they are; --replace replaces them."
    fill = {row: result for row, result in plan.fill.items() if row not in others}
    return FillPlan(fill=fill, notices=(notice, *plan.notices))


def _is_other_grade(cell: str, grade: float) -> bool:
    """Whether a cell has a grade, and not this one."""
    if not cell.strip(NO_GRADE):
        return False
    number = read_number(cell)
    return number is None or rounded(number) != rounded(grade)


def lateness_of_filled(results: ClassResults, plan: FillPlan) -> tuple[str, ...]:
    """Notices about the totals that are filled in: penalties, lateness that could not be computed, files that could not
    be graded.
    """
    late = [result for result in plan.fill.values() if result.lateness is not None and result.lateness.penalty]
    notices = (*class_statistics.beside_notices(results), *class_statistics.lateness_notices(results))
    if not late:
        return notices
    verb = "is" if len(late) == 1 else "are"
    return (f"{count(len(late), 'total')} {verb} less a penalty for lateness: {_names(late)}.", *notices)


def points_to_win(results: ClassResults) -> float:
    """The points that can be won in the assignment. Raises UsageError if there are none."""
    most = class_statistics.max_score(results)
    if not most:
        raise UsageError(f"Nothing can be won in `{results.assignment}`, so there are no grades to fill in.")
    return most


def _names(results: Sequence[StudentResult]) -> str:
    """Students by name, with id or email address in brackets, since names are not unique."""
    students = [result.student for result in results]
    return "; ".join(
        shown_name(student.name) + (f" ({shown_key(known)})" if (known := student.id or student.email) else "")
        for student in students
    )


def listed(columns: Sequence[str]) -> str:
    """Names of columns for a message; "none" if there are none."""
    return ", ".join(f"`{clean_line(name)}`" for name in columns if name.strip()) or "none"


def cell_at(cells: Sequence[str], column: int) -> str:
    """A cell; empty if the row is shorter."""
    return cells[column] if column < len(cells) else ""


def read_number(cell: str) -> float | None:
    """A number with a decimal point or comma, as both platforms write it; None if the cell has no number."""
    if not re.fullmatch(r"\d[\d.,]*", cell.strip(), flags=re.ASCII):
        return None
    *whole, last = re.split(r"[.,]", cell.strip())
    return float(f"{''.join(whole)}.{last}" if whole else last)


def number_like(number: float, *, like: str) -> str:
    """A number as text, with a decimal comma if ``like``, a number in the same file, has one."""
    text = str(rounded(number))
    return text.replace(".", ",") if re.search(r",\d*$", like.strip()) else text
