"""A class as CSV: in the formats of Otter and nbgrader, and filled into what Canvas or Moodle exported."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.errors import UsageError
from grader.model import ClassResults, StudentResult
from grader.report import class_statistics
from grader.report.spreadsheet import Sheet, harmless, write
from grader.report.student_matching import Row, paired
from grader.text import clean_line, count, points, rounded

_NBGRADER = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
    "late_submission_penalty", "score", "max_score",
)  # fmt: skip

_CANVAS_OWN = frozenset(
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
# What Canvas writes for students who are excused, or who the assignment is not for.
_CANVAS_EXEMPT = frozenset(("EX", "N/A"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A CSV text, and what the instructor should know about it."""

    text: str
    notices: tuple[str, ...] = ()


# --------------------------------------------------------------------------------------------------------------------
# Written anew
# --------------------------------------------------------------------------------------------------------------------


def otter(results: ClassResults) -> Filled:
    """The table of Otter's graders: a row a student, a column an exercise, and first the points that can be won.

    Who could not be graded has no points rather than zeros; ``grading_status`` says why.
    """
    asked = results.exercises
    header = ("file", *(one.id for one in asked), "total_points_earned", "percent_correct", "grading_status")
    most = _most(results)
    first = ("points-per-question", *(rounded(one.max_score) for one in asked), rounded(most), 1, "--")
    return Filled(text=write((header, first, *(_otter_row(result, results) for result in results.students))))


def _otter_row(result: StudentResult, results: ClassResults) -> tuple[object, ...]:
    file = harmless(result.path)
    if result.status != "graded":
        return (file, *("" for _ in results.exercises), "", "", _otter_status(result))
    answers = [class_statistics.exercise_of(result, exercise.id) for exercise in results.exercises]
    scores = ["" if one and one.status == "error" else rounded(one.score if one else 0.0) for one in answers]
    most = _most(results)
    return (file, *scores, rounded(result.score), rounded(result.score / most) if most else "", _otter_status(result))


def _otter_status(result: StudentResult) -> str:
    if result.status == "pending":
        return "Pending"
    if result.status == "broken":
        return harmless(f"Broken: {result.why}" if result.why else "Broken")
    return "Completed" if result.complete else f"Provisional: {class_statistics.why_provisional([result])}"


def nbgrader(results: ClassResults) -> Filled:
    """The table that ``nbgrader export`` writes. Who could not be graded has no score rather than zero."""
    notices = []
    provisional = sum(result.status == "graded" and not result.complete for result in results.students)
    ungraded = sum(result.status != "graded" for result in results.students)
    if provisional:
        notices.append(f"{count(provisional, 'score')} provisional: something waits for a person, or was not graded.")
    if ungraded:
        notices.append(f"{count(ungraded, 'student')} without a score: broken, or not graded yet.")
    rows = (_nbgrader_row(result, results) for result in results.students)
    return Filled(text=write((_NBGRADER, *rows)), notices=tuple(notices))


def _nbgrader_row(result: StudentResult, results: ClassResults) -> tuple[object, ...]:
    student = result.student
    last, first = _last_and_first(student.name)
    graded = result.status == "graded"
    score = rounded(result.score) if graded else ""
    who = (harmless(text) for text in (student.key, last, first, student.email))
    return (harmless(results.assignment), "", "", *who, score, 0 if graded else "", score, rounded(_most(results)))


def _last_and_first(name: str) -> tuple[str, str]:
    """``Lovelace, Ada`` and ``Ada Lovelace`` in two; what cannot be parted is all last name."""
    if "," in name:
        last, _, first = name.partition(",")
        return last.strip(), first.strip()
    first, _, last = name.strip().rpartition(" ")
    return last, first.strip()


# --------------------------------------------------------------------------------------------------------------------
# Filled in
# --------------------------------------------------------------------------------------------------------------------


class _Page:
    """What a platform exported: rows below a row with the names of the columns. Rows count from 0, below that one."""

    def __init__(self, exported: str) -> None:
        self._sheet = Sheet(exported)
        self.header, *self.rows = self._sheet.rows
        # The first of those that share a name.
        self.columns = {name.strip().casefold(): number for number, name in reversed([*enumerate(self.header)])}

    def said(self, row: int, column: str) -> str:
        """A cell by the name of its column, in small letters; empty where there is no such column."""
        number = self.columns.get(column)
        return "" if number is None else _at(self.rows[row], number).strip()

    def fill(self, row: int, column: int, value: str) -> None:
        """Change one cell in what is rendered."""
        self._sheet.fill(row + 1, column, value)

    def render(self) -> str:
        """The whole text."""
        return self._sheet.render()


def fill_canvas(
    results: ClassResults, exported: str, column: str | None = None, *, provisional: bool = False
) -> Filled:
    """Put the totals into one column of an exported Canvas gradebook.

    The column is the one called ``column``, or else like the assignment. ``provisional``: fill in also totals that are
    not the last word. Raises UsageError where this is no gradebook, or has no such column.
    """
    most = _something_to_win(results)
    page = _Page(exported)
    if "id" not in page.columns or not page.columns.keys() & {"student", "lastname"}:
        raise UsageError(
            "This is no gradebook that Canvas exported: its first row must name the columns `Student` and `ID`. It has "
            f"{_listed(page.header)}. In Canvas: Grades, Export, Export Entire Gradebook."
        )
    possible = next((cells for cells in page.rows if cells[0].strip().casefold() == "points possible"), ())
    target = _canvas_column(page.header, possible, column or results.assignment)
    in_canvas = _at(possible, target)
    # The rows above the students name the points that are possible, or nobody.
    people = {
        number: Row(
            id=page.said(number, "id"),
            logins=(page.said(number, "sis login id"), page.said(number, "sis user id")),
            names=(page.said(number, "student"), f"{page.said(number, 'lastname')}, {page.said(number, 'firstname')}"),
        )
        for number, cells in enumerate(page.rows)
        if cells is not possible and any(page.said(number, name) for name in ("id", "student", "lastname"))
    }
    exempt = {number for number in people if _at(page.rows[number], target).strip().upper() in _CANVAS_EXEMPT}
    plan = _plan(results, people, exempt, because="Canvas has EX or N/A there", provisional=provisional)
    for number, result in plan.fill.items():
        page.fill(number, target, _written(result.score, like=in_canvas))
    title = clean_line(page.header[target])
    notices = [f"{count(len(plan.fill), 'total')} filled in, in the column `{title}`."]
    points_in_canvas = _number(in_canvas)
    if points_in_canvas is not None and rounded(points_in_canvas) != rounded(most):
        notices.append(
            f"`{title}` has {points(points_in_canvas)} points in Canvas, and {points(most)} can be won here: totals "
            "are filled in as they are."
        )
    return Filled(text=page.render(), notices=(*notices, *plan.notices))


def _canvas_column(header: Sequence[str], possible: Sequence[str], wanted: str) -> int:
    """Where an assignment stands. Raises UsageError where that is not clear."""
    open_to_us = [
        number
        for number, name in enumerate(header)
        if name.strip()
        and name.strip().casefold() not in _CANVAS_OWN
        and "read only" not in _at(possible, number).casefold()
    ]
    exact = [number for number in open_to_us if header[number].strip() == wanted.strip()]
    alike = exact or [number for number in open_to_us if _is_called(header[number], wanted)]
    if len(alike) == 1:
        return alike[0]
    if alike:
        several = _listed([header[number] for number in alike])
        raise UsageError(f"Several columns are called like `{wanted}`: {several}. Say which with --column.")
    listed = _listed([header[number] for number in open_to_us])
    raise UsageError(f"The gradebook has no column for `{wanted}`. It has {listed}. Say which with --column.")


def _is_called(column: str, wanted: str) -> bool:
    """``Homework 2 (98765)`` is called ``homework-2``, and ``98765``."""
    title, number = _title_and_id(column)
    return title == _title_and_id(wanted)[0] or (number != "" and number == wanted.strip())


def _title_and_id(column: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.*?)\s*(?:\((\d+)\))?\s*", column, flags=re.DOTALL)
    title, number = match.groups("") if match else (column, "")
    return re.sub(r"[\W_]+", "", title).casefold(), number


def fill_moodle(results: ClassResults, exported: str, *, provisional: bool = False) -> Filled:
    """Put grades and feedback into a grading worksheet that was downloaded from Moodle.

    ``provisional``: fill in also totals that are not the last word. Raises UsageError where this is no such worksheet.
    """
    most = _something_to_win(results)
    page = _Page(exported)
    if "grade" not in page.columns or not page.columns.keys() & {"identifier", "full name", "email address"}:
        raise UsageError(
            "This is no grading worksheet of Moodle: its first row must name the columns `Identifier` and `Grade`. It "
            f"has {_listed(page.header)}. In Moodle, set to English: the assignment, Download grading worksheet."
        )
    if "scale" in page.columns and "maximum grade" not in page.columns:
        raise UsageError("Moodle grades this assignment with a scale of words. Set its grade type to points first.")
    people = {
        number: Row(
            id="".join(re.findall(r"\d+$", page.said(number, "identifier"))),
            logins=tuple(page.said(number, name) for name in ("email address", "username", "id number")),
            names=(page.said(number, "full name"),),
        )
        for number in range(len(page.rows))
        if any(page.said(number, name) for name in ("identifier", "full name", "email address"))
    }
    locked = {number for number in people if page.said(number, "grade can be changed").casefold() == "no"}
    because = "Moodle says that their grades cannot be changed"
    plan = _plan(results, people, locked, because=because, provisional=provisional)
    comments = page.columns.get("feedback comments")
    maxima = set()
    replaced = 0
    for number, result in plan.fill.items():
        like = page.said(number, "maximum grade")
        top = _number(like) or most
        maxima.add(rounded(top))
        page.fill(number, page.columns["grade"], _written(result.score * top / most, like=like))
        if comments is not None:
            feedback = _feedback(result)
            replaced += page.said(number, "feedback comments") not in ("", feedback)
            page.fill(number, comments, feedback)
    notices = [f"{count(len(plan.fill), 'grade')} filled in."]
    notices += [
        f"Scaled: {points(most)} points here are {points(top)} in Moodle." for top in sorted(maxima - {rounded(most)})
    ]
    if comments is None:
        notices.append("The worksheet has no column `Feedback comments`, so no feedback is filled in.")
    if replaced:
        notices.append(f"{count(replaced, 'feedback comment')} of the worksheet replaced by this grading's.")
    return Filled(text=page.render(), notices=(*notices, *plan.notices))


def _feedback(result: StudentResult) -> str:
    """A line for each thing that cost points, and for what a person wrote, as the HTML that Moodle takes it for."""
    return "<br>".join(html.escape(clean_line(line), quote=False) for line in _feedback_lines(result))


def _feedback_lines(result: StudentResult) -> Iterator[str]:
    for exercise in result.exercises:
        if exercise.status == "not_attempted":
            yield f"{exercise.title}: not attempted (0 / {points(exercise.max_score)})"
        if exercise.status != "graded":
            continue
        for check in exercise.checks:
            if class_statistics.status_of(check) == "failed" or check.comment:
                score = f"{points(check.score or 0.0)} / {points(check.max_score)}"
                said = " ".join(text for text in (check.mistake, check.comment) if text)
                yield f"{exercise.title}: {check.title} ({score}){f': {said}' if said else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Which rows are filled in with whose result, and why others are not."""

    fill: Mapping[int, StudentResult]
    notices: tuple[str, ...]


def _plan(
    results: ClassResults, rows: Mapping[int, Row], kept: Collection[int], *, because: str, provisional: bool
) -> _Plan:
    """``kept`` are rows that the platform does not want to be changed, and ``because`` says why."""
    students = results.students
    pairs = paired(rows, {number: result.student for number, result in enumerate(students)})
    there = {row: students[number] for row, number in pairs.items() if row not in kept}
    graded = {row: result for row, result in there.items() if result.status == "graded"}
    unfinished = [result for result in graded.values() if not result.complete]
    notices = []
    if unfinished:
        fate = "filled in as far as it is known" if provisional else "left out; --provisional fills it in"
        why = class_statistics.why_provisional(unfinished)
        notices.append(f"{count(len(unfinished), 'provisional total')} {fate}: {why}.")
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
    return _Plan(fill=fill, notices=tuple(notices))


def _something_to_win(results: ClassResults) -> float:
    most = _most(results)
    if not most:
        raise UsageError(f"Nothing can be won in `{results.assignment}`, so there are no grades to fill in.")
    return most


def _most(results: ClassResults) -> float:
    """The points that can be won in the whole assignment."""
    return sum(exercise.max_score for exercise in results.exercises)


def _names(results: Sequence[StudentResult]) -> str:
    """Students by name, with what else tells them apart."""
    students = [result.student for result in results]
    return "; ".join(
        clean_line(student.name) + (f" ({clean_line(known)})" if (known := student.id or student.email) else "")
        for student in students
    )


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f"`{clean_line(name)}`" for name in columns if name.strip()) or "none"


def _at(cells: Sequence[str], column: int) -> str:
    """A cell, or nothing where the row ends before it."""
    return cells[column] if column < len(cells) else ""


def _number(cell: str) -> float | None:
    """A number as both platforms write it, with a point or a comma before its decimals; None: it is none."""
    if not re.fullmatch(r"\d[\d.,]*", cell.strip(), flags=re.ASCII):
        return None
    *whole, last = re.split(r"[.,]", cell.strip())
    return float(f"{''.join(whole)}.{last}" if whole else last)


def _written(number: float, *, like: str) -> str:
    """A number, with a comma where a number of the same file has one."""
    text = str(rounded(number))
    return text.replace(".", ",") if re.search(r",\d*$", like.strip()) else text
