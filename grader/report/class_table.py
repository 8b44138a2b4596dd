"""A class in the terminal: all students' points, and statistics of the class."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.model import AskedExercise, ClassResults, Report, StudentResult
from grader.report import class_statistics
from grader.report.base import ClassPageFormat
from grader.report.class_parts import print_title, score_of, share_style, state_of, total_of, total_style
from grader.report.person_names import shown_name
from grader.report.safe_console import SafeConsole
from grader.text import clean_line, count, points

PAGE_WIDTH = 160
NAME_WIDTH = 20
STATE_WIDTH = 16
GAP = 2

# Letters of each word of an exercise's id in a column's header; the first number that fits the width is taken.
HEADER_LETTERS = (12, 8, 6, 5, 4)

_LEGEND = {"–": "not attempted", "?": "waits for a person", "!": "could not be graded"}


def render_class(results: ClassResults, *, console: Console) -> None:
    """Print the points of every student, and statistics of the class."""
    _Table(results, SafeConsole(console)).print()


def render_page(results: ClassResults, reports: Iterable[Report], *, names: bool) -> str:
    """The table as plain text of a fixed width, for a file."""
    page = io.StringIO()
    render_class(results, console=Console(file=page, width=PAGE_WIDTH))
    return page.getvalue()


class _Table:
    """A table of students × exercises; only the totals if the terminal is too narrow for the exercises."""

    def __init__(self, results: ClassResults, out: SafeConsole) -> None:
        self._results = results
        self._out = out
        self._ids = any(result.student.id for result in results.students)

    def print(self) -> None:
        print_title(self._results, self._out)
        self._out.line()
        if self._results.students:
            self._print_table()
            self._out.line()
        self._print_summary()

    def _print_table(self) -> None:
        headers = self._headers()
        table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
        table.add_column("Student", overflow="fold")
        if self._ids:
            table.add_column("ID", overflow="fold")
        for header in headers or ():
            table.add_column(self._out.text(header), justify="right", no_wrap=True, overflow="crop")
        table.add_column("Total", justify="right", no_wrap=True, overflow="crop")
        table.add_column("", overflow="fold")
        for result in self._results.students:
            row = [self._out.text(shown_name(result.student.name))]
            if self._ids:
                row.append(self._out.text(shown_name(result.student.id), "dim"))
            if headers:
                row += [self._cell(result, exercise.id) for exercise in self._results.exercises]
            table.add_row(*row, Text(total_of(result), total_style(result)), self._out.text(state_of(result), "yellow"))
        self._out.show(table)
        if headers:
            self._print_legend()
        elif self._results.exercises:
            needed = self._width(self._headers_with(HEADER_LETTERS[-1]))
            self._out.line()
            self._out.line(f"The points of each exercise need a terminal of {needed} columns.", "dim")

    def _headers(self) -> tuple[str, ...] | None:
        """The widest headers that fit; None if none do."""
        for letters in HEADER_LETTERS:
            headers = self._headers_with(letters)
            if self._width(headers) <= self._out.width:
                return headers
        return None

    def _headers_with(self, letters: int) -> tuple[str, ...]:
        """The exercises' ids with one word a line, each word cut to this many letters; above them the number on the
        sheet, and whether it is a bonus.
        """
        return tuple(
            "\n".join((*_marks_above(exercise), *(word[:letters] for word in exercise.id.split("-"))))
            for exercise in self._results.exercises
        )

    def _width(self, headers: tuple[str, ...]) -> int:
        """How many columns a table with these headers needs."""
        students = self._results.students
        names = max(cell_len(shown_name(result.student.name)) for result in students)
        states = max(cell_len(state_of(result)) for result in students)
        widths = [
            min(names, NAME_WIDTH),
            max(len(total_of(result)) for result in students),
            min(states, STATE_WIDTH),
            *map(self._column_width, self._results.exercises, headers),
        ]
        if self._ids:
            widths.append(max(cell_len(shown_name(result.student.id)) for result in students))
        return sum(widths) + GAP * (len(widths) - 1)

    def _column_width(self, exercise: AskedExercise, header: str) -> int:
        cells = (len(_exercise_score(result, exercise.id)) for result in self._results.students)
        return max(*cells, *(len(line) for line in header.split("\n")))

    def _cell(self, result: StudentResult, exercise: str) -> Text:
        score = _exercise_score(result, exercise)
        answer = class_statistics.exercise_of(result, exercise)
        if answer is None or answer.status != "graded":
            return self._out.text(score, "magenta" if score == "!" else "dim")
        return self._out.text(score, share_style(answer.score, answer.max_score))

    def _print_legend(self) -> None:
        shown = "".join(
            _exercise_score(result, exercise.id)
            for result in self._results.students
            for exercise in self._results.exercises
        )
        used = [f"{symbol} {meaning}" for symbol, meaning in _LEGEND.items() if symbol in shown]
        if used:
            self._out.line()
            self._out.line("   ".join(used), "dim")

    def _print_summary(self) -> None:
        students = self._results.students
        provisional = [result for result in students if result.status == "graded" and not result.complete]
        broken = sum(result.status == "broken" for result in students)
        pending = sum(result.status == "pending" for result in students)
        self._out.line(f"{count(len(students), 'student')}.", "bold")
        found = class_statistics.totals(self._results)
        if found is not None:
            most = class_statistics.max_score(self._results)
            bonus = " without bonus" if any(exercise.bonus for exercise in self._results.exercises) else ""
            self._out.line(
                f"Totals of {found.students} graded, of {points(most)} points{bonus}: mean {points(found.mean)}, "
                f"median {points(found.median)}, lowest {points(found.lowest)}, highest {points(found.highest)}."
            )
        if provisional:
            self._out.line(
                f"{len(provisional)} provisional: {class_statistics.why_provisional(provisional)}.", "yellow"
            )
        for exercise in self._results.exercises:
            if exercise.ungraded:
                self._out.line(f"{clean_line(exercise.id)} is in no total. {clean_line(exercise.ungraded)}", "yellow")
        late = [result for result in students if result.lateness is not None]
        cut = sum(bool(result.lateness and result.lateness.penalty) for result in students)
        if cut:
            of_them = "" if cut == len(late) else f", {cut} with points to lose"
            before = "the points before it stand beside the total"
            self._out.line(f"{len(late)} late{of_them}: the penalty is taken off the total; {before}.", "dim")
        elif late:
            self._out.line(f"{len(late)} late, and had no points that a penalty could be taken off.", "dim")
        notices = (
            *class_statistics.beside_notices(self._results),
            *class_statistics.lateness_notices(self._results),
            *class_statistics.changed_mark_notices(self._results),
        )
        for notice in notices:
            self._out.line(notice, "yellow")
        if broken:
            self._out.line(f"{broken} broken: nothing of them could be graded. This is not a zero.", "yellow")
        if pending:
            self._out.line(f"{pending} pending: handed in, and not graded yet.", "yellow")


def _marks_above(exercise: AskedExercise) -> tuple[str, ...]:
    """What stands above an exercise's id: its number on the sheet, and whether it is a bonus."""
    number = (f"{clean_line(exercise.number)}.",) if exercise.number else ()
    return (*number, *(("bonus",) if exercise.bonus else ()))


def _exercise_score(result: StudentResult, exercise: str) -> str:
    """A student's points in an exercise; empty if the student was not graded."""
    if result.status != "graded":
        return ""
    answer = class_statistics.exercise_of(result, exercise)
    return "–" if answer is None else score_of(answer)


def _show(results: ClassResults, console: Console) -> None:
    render_class(results, console=console)


FORMAT = ClassPageFormat(name="terminal", render=render_page, show=_show)
