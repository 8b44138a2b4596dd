"""A class in the terminal: all students' points, pass rates of checks, shared mistakes, details of one student."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from grader.model import (
    AskedExercise,
    ClassCheck,
    ClassExercise,
    ClassResults,
    Lateness,
    LatePolicy,
    Outcome,
    StudentResult,
)
from grader.report import class_statistics
from grader.report.safe_console import STATUS_SYMBOLS, SafeConsole
from grader.text import clean_line, count, points, shorten

NAME_WIDTH = 20
STATE_WIDTH = 16
WHY_LENGTH = 50
BAR_WIDTH = 10
GAP = 2
_TINY = 1e-9

# Letters of each word of an exercise's id in a column's header; the first number that fits the width is taken.
HEADER_LETTERS = (12, 8, 6, 5, 4)

_ENDS = {
    Outcome.TIMEOUT: "stopped: timeout",
    Outcome.MEMORY: "stopped: memory",
    Outcome.OUTPUT: "stopped: output",
    Outcome.CRASHED: "crashed",
    Outcome.EXITED: "ended itself",
    Outcome.SANDBOX_ERROR: "sandbox failed",
}

_LEGEND = {"–": "not attempted", "?": "waits for a person", "!": "could not be graded"}


def render_class(results: ClassResults, *, console: Console) -> None:
    """Print the points of every student, and statistics of the class."""
    _Table(results, SafeConsole(console)).print()


def render_checks(results: ClassResults, *, console: Console) -> None:
    """Print how many passed each check."""
    _print_checks(results, SafeConsole(console))


def render_mistakes(results: ClassResults, *, console: Console, names: bool = False) -> None:
    """Print mistakes, those of most students first; ``names``: with the students who made them."""
    _print_mistakes(results, SafeConsole(console), names=names)


def render_student(result: StudentResult, results: ClassResults, *, console: Console) -> None:
    """Print one student's checks, each with points, mistake and comment."""
    _Student(result, results, SafeConsole(console)).print()


def _print_title(results: ClassResults, out: SafeConsole) -> None:
    title = out.text(clean_line(results.assignment), "bold")
    if results.title:
        title.append_text(out.text(f"  {clean_line(results.title)}"))
    if results.graded_at is not None:
        title.append(f"  graded {results.graded_at:%Y-%m-%d %H:%M} UTC", "dim")
    out.show(title)
    for line in _terms(results):
        out.line(line, "dim")


def _terms(results: ClassResults) -> Iterator[str]:
    """What the totals are of where nobody said it, when it was due, and what lateness costs."""
    if results.basis == "found":
        yield (
            "What was found: the exercises that at least one student attempted count. No assignment and no --exercise "
            "says what was asked."
        )
    if results.due is not None:
        late = "" if results.late is None else f"; {_policy(results.late)}"
        yield f"Due {results.due:%Y-%m-%d %H:%M} {clean_line(_zone(results.due))}{late}."


def _zone(moment: datetime) -> str:
    """The name of a place such as Europe/Berlin, else that of the offset."""
    return str(getattr(moment.tzinfo, "key", "")) or moment.tzname() or ""


def _policy(late: LatePolicy) -> str:
    per = class_statistics.duration(late.per)
    until = "" if late.until is None else f", and nothing is given after {class_statistics.duration(late.until)}"
    return f"late costs {points(late.penalty * 100)} % of the points for each begun {per.removeprefix('1 ')}{until}"


# --------------------------------------------------------------------------------------------------------------------
# The points of all students
# --------------------------------------------------------------------------------------------------------------------


class _Table:
    """A table of students × exercises; only the totals if the terminal is too narrow for the exercises."""

    def __init__(self, results: ClassResults, out: SafeConsole) -> None:
        self._results = results
        self._out = out
        self._ids = any(result.student.id for result in results.students)

    def print(self) -> None:
        _print_title(self._results, self._out)
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
            row = [self._out.text(clean_line(result.student.name))]
            if self._ids:
                row.append(self._out.text(clean_line(result.student.id), "dim"))
            if headers:
                row += [self._cell(result, exercise.id) for exercise in self._results.exercises]
            table.add_row(*row, Text(_total(result), _total_style(result)), self._out.text(_state(result), "yellow"))
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
        names = max(cell_len(clean_line(result.student.name)) for result in students)
        states = max(cell_len(_state(result)) for result in students)
        widths = [
            min(names, NAME_WIDTH),
            max(len(_total(result)) for result in students),
            min(states, STATE_WIDTH),
            *map(self._column_width, self._results.exercises, headers),
        ]
        if self._ids:
            widths.append(max(cell_len(clean_line(result.student.id)) for result in students))
        return sum(widths) + GAP * (len(widths) - 1)

    def _column_width(self, exercise: AskedExercise, header: str) -> int:
        cells = (len(_exercise_score(result, exercise.id)) for result in self._results.students)
        return max(*cells, *(len(line) for line in header.split("\n")))

    def _cell(self, result: StudentResult, exercise: str) -> Text:
        score = _exercise_score(result, exercise)
        answer = class_statistics.exercise_of(result, exercise)
        if answer is None or answer.status != "graded":
            return self._out.text(score, "magenta" if score == "!" else "dim")
        return self._out.text(score, _share_style(answer.score, answer.max_score))

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
        late = [result for result in students if result.lateness is not None and result.lateness.penalty]
        if late:
            before = "the points before it stand beside the total"
            self._out.line(f"{len(late)} late: the penalty is taken off the total; {before}.", "dim")
        for notice in class_statistics.lateness_notices(self._results):
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
    return "–" if answer is None else _score(answer)


def _score(exercise: ClassExercise) -> str:
    """Points; ``!`` and ``?`` say that they are not final (see ``_LEGEND``)."""
    if exercise.status != "graded":
        return "!" if exercise.status == "error" else "–"
    if any(check.status == "error" for check in exercise.checks):
        return f"{points(exercise.score)}!"
    return points(exercise.score) + ("?" if any(class_statistics.waits(check) for check in exercise.checks) else "")


def _total(result: StudentResult) -> str:
    if result.status == "pending":
        return ""
    known = points(result.score) if result.status == "graded" else "!"
    return f"{known} / {points(result.max_score)}"


def _total_style(result: StudentResult) -> str:
    return "magenta" if result.status == "broken" else _share_style(result.score, result.max_score)


def _share_style(score: float, most: float) -> str:
    if score >= most - _TINY:  # sums of fractions may miss it by a last bit
        return "green"
    return "yellow" if score > 0 else "red"


def _state(result: StudentResult) -> str:
    """In words, what an instructor should know beside the points; nothing where all is well."""
    return ", ".join(_states(result))


def _states(result: StudentResult) -> Iterator[str]:
    if result.status == "pending":
        yield "pending"
    elif result.status == "broken" or not result.complete:
        word = "broken" if result.status == "broken" else "provisional"
        left_out = f"{count(len(result.left_out), 'file')} not graded" if result.left_out else ""
        why = shorten(clean_line(result.why), WHY_LENGTH) or left_out
        yield f"{word}: {why}" if why else word
    lateness = result.lateness
    if lateness is not None and lateness.penalty:
        yield f"late {class_statistics.duration(lateness.by)}: {points(lateness.score_before)} before"
    elif result.late:
        yield "late" if lateness is None else f"late {class_statistics.duration(lateness.by)}"
    if result.other_assignments:
        yield f"names {clean_line(', '.join(result.other_assignments))}"
    if result.status == "graded" and result.outcome in _ENDS:
        yield _ENDS[result.outcome]


# --------------------------------------------------------------------------------------------------------------------
# How each check went
# --------------------------------------------------------------------------------------------------------------------


def _print_checks(results: ClassResults, out: SafeConsole) -> None:
    _print_title(results, out)
    rates = class_statistics.rates(results)
    checks = [check for rated in rates for check in rated.checks]
    counts = max((len(_count(check)) for check in checks), default=0)
    asides = max((len(_aside(check)) for check in checks), default=0)
    for rated in rates:
        heading = _heading(rated.exercise, rated.exercise.title, out)
        heading.append_text(out.text(f"  {clean_line(rated.exercise.id)}", "dim"))
        out.line()
        _print_row(heading, out.text(f"attempted by {rated.attempted} of {len(results.students)}", "dim"), out)
        for check in rated.checks:
            rate = _bar(check, out)
            rate.append(f"  {_count(check):>{counts}}  {_percent(check):>5}")
            if asides:
                rate.append(f"  {_aside(check):<{asides}}", "yellow")
            _print_row(out.text(clean_line(check.title)), rate, out, indent=2)


def _heading(asked: AskedExercise, title: str, out: SafeConsole) -> Text:
    """An exercise's title, with its number on the sheet, and whether it is a bonus."""
    number = f"{clean_line(asked.number)}. " if asked.number else ""
    heading = out.text(f"{number}{clean_line(title)}", "bold")
    return heading.append("  bonus", "cyan") if asked.bonus else heading


def _print_row(left: Text | Table, right: Text, out: SafeConsole, *, indent: int = 0) -> None:
    """A row with ``right`` at its right end; ``left`` may take several lines."""
    grid = Table.grid(expand=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(no_wrap=True, overflow="crop")
    grid.add_row(left, Text("  ").append_text(right))
    out.show(Padding(grid, (0, 0, 0, indent)))


def _bar(check: class_statistics.CheckRate, out: SafeConsole) -> Text:
    """The share of judged answers that passed, as a bar; blank if none was judged."""
    if not check.judged:
        return Text(" " * BAR_WIDTH)
    full, empty = ("█", "░") if out.can_write("█░") else ("#", "-")
    filled = round(check.passed / check.judged * BAR_WIDTH)
    bar = Text(full * filled, "green")
    bar.append(empty * (BAR_WIDTH - filled), "dim")
    return bar


def _count(check: class_statistics.CheckRate) -> str:
    return f"{check.passed} of {check.judged}" if check.judged else ""


def _percent(check: class_statistics.CheckRate) -> str:
    return f"{check.passed / check.judged * 100:.0f} %" if check.judged else ""


def _aside(check: class_statistics.CheckRate) -> str:
    """How many answers count neither as passed nor as failed."""
    parts = []
    if check.waiting:
        parts.append(f"{check.waiting} {'waits' if check.waiting == 1 else 'wait'}")
    if check.ungraded:
        parts.append(f"{check.ungraded} ungraded")
    return ", ".join(parts)


# --------------------------------------------------------------------------------------------------------------------
# Shared mistakes
# --------------------------------------------------------------------------------------------------------------------


def _print_mistakes(results: ClassResults, out: SafeConsole, *, names: bool) -> None:
    _print_title(results, out)
    found = class_statistics.shared_mistakes(results)
    named = [mistake for mistake in found if mistake.sentence]
    others = [mistake for mistake in found if not mistake.sentence]
    if not found:
        out.line()
        out.line("No check failed.")
    for heading, mistakes in (("Named mistakes", named), ("Failed with no named mistake", others)):
        if not mistakes:
            continue
        out.line()
        out.line(f"{heading}, of those who attempted the exercise:", "dim")
        grid = Table.grid(padding=(0, GAP, 0, 0))
        grid.add_column(justify="right", no_wrap=True)
        grid.add_column(overflow="fold")
        for mistake in mistakes:
            grid.add_row(out.text(f"  {len(mistake.students)} of {mistake.attempted}", "bold"), _what(mistake, out))
            if names:
                listed = ", ".join(clean_line(student.name) for student in mistake.students)
                grid.add_row(Text(), out.text(listed, "dim"))
        out.show(grid)


def _what(mistake: class_statistics.SharedMistake, out: SafeConsole) -> Text:
    where = f"{clean_line(mistake.exercise.id)} · {clean_line(mistake.check)}"
    return out.text(f"{where}: {clean_line(mistake.sentence)}" if mistake.sentence else where)


# --------------------------------------------------------------------------------------------------------------------
# One student
# --------------------------------------------------------------------------------------------------------------------


class _Student:
    """The details of one student."""

    def __init__(self, result: StudentResult, results: ClassResults, out: SafeConsole) -> None:
        self._result = result
        self._results = results
        self._out = out
        self._ascii = not out.can_write("".join(known.symbol for known in STATUS_SYMBOLS.values()))

    def print(self) -> None:
        result, out = self._result, self._out
        _print_title(self._results, out)
        out.line()
        student = out.text(clean_line(result.student.name), "bold")
        known = [clean_line(text) for text in (result.student.id, result.student.email) if text]
        if known:
            student.append_text(out.text(f"  {', '.join(known)}", "dim"))
        out.show(student)
        if result.path != result.student.name:
            out.line(clean_line(result.path), "dim")
        if result.status == "broken":
            out.line(f"Nothing of it could be graded. This is not a zero. {clean_line(result.why)}".rstrip(), "yellow")
        elif _state(result):
            state = _state(result).rstrip(".")
            out.line(f"{state[0].upper()}{state[1:]}.", "yellow")
        if result.left_out:
            names = ", ".join(clean_line(path) for path in result.left_out)
            out.line(f"Not graded, because there are more files than the assignment takes: {names}.", "yellow")
        if result.status != "graded":
            return
        for asked in self._results.exercises:
            answer = class_statistics.exercise_of(result, asked.id)
            if answer is not None:
                out.line()
                self._print_exercise(answer, asked)
        out.line()
        out.show(Rule(characters="-" if self._ascii else "─", style="dim"))
        lateness = result.lateness
        if lateness is not None and lateness.share:
            _print_row(Text("Points"), Text(f"{points(lateness.score_before)} / {points(result.max_score)}"), out)
            _print_row(out.text(self._penalty(lateness), "yellow"), Text(f"−{points(lateness.penalty)}"), out)
        _print_row(Text("Total", "bold"), Text(_total(result), f"bold {_total_style(result)}"), out)

    def _penalty(self, lateness: Lateness) -> str:
        """``Late by 1 day 2 h: 20 % of 15 points``."""
        by = f"Late by {class_statistics.duration(lateness.by)}, at {lateness.handed_in_at:%Y-%m-%d %H:%M}"
        if lateness.ended:
            return f"{by}: too late for any points"
        return f"{by}: {points(lateness.share * 100)} % of {points(self._result.max_score)} points"

    def _print_exercise(self, exercise: ClassExercise, asked: AskedExercise) -> None:
        out = self._out
        title = _heading(asked, exercise.title, out)
        title.append_text(out.text(f"  {clean_line(exercise.id)}", "dim"))
        if exercise.status == "graded" and len(self._result.files) > 1:
            title.append_text(out.text(f"  {clean_line(exercise.file)}", "dim"))
        score = f"{_score(exercise)} / {points(exercise.max_score)}"
        _print_row(title, out.text(score, f"bold {_share_style(exercise.score, exercise.max_score)}"), out)
        if exercise.status == "not_attempted":
            out.line("  Not attempted.", "dim")
            return
        if exercise.status == "error":
            out.line("  It could not be graded, and the student is not to blame.", "magenta")
        for check in exercise.checks:
            self._print_check(check)

    def _print_check(self, check: ClassCheck) -> None:
        out = self._out
        known = STATUS_SYMBOLS[class_statistics.status_of(check)]
        symbol = known.word.ljust(4) if self._ascii else known.symbol
        won = "?" if check.score is None or check.status == "error" else points(check.score)
        score = out.text(f"{won} / {points(check.max_score)}" if check.max_score else "")
        left = Table.grid()
        left.add_column(no_wrap=True, overflow="crop")
        left.add_column(overflow="fold")
        left.add_row(Text(f"{symbol} ", known.style), out.text(clean_line(check.title)))
        _print_row(left, score, out, indent=2)
        if check.mistake:
            out.indented(out.text(clean_line(check.mistake)), len(symbol) + 3)
        if check.marked_by:
            said = f": {clean_line(check.comment)}" if check.comment else "."
            out.indented(out.text(f"Marked by {clean_line(check.marked_by)}{said}", "cyan"), len(symbol) + 3)
        elif class_statistics.waits(check):
            out.indented(out.text("Waits for a person: grade mark.", "dim"), len(symbol) + 3)
