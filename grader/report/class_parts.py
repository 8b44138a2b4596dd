"""What the views of a class in the terminal share: the title with its terms, rows, points and states of students."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.model import AskedExercise, ClassExercise, ClassResults, LatePolicy, Outcome, StudentResult
from grader.report import class_statistics
from grader.report.safe_console import SafeConsole
from grader.text import clean_line, count, points, shorten

WHY_LENGTH = 50
_TINY = 1e-9

_ENDS = {
    Outcome.TIMEOUT: "stopped: timeout",
    Outcome.MEMORY: "stopped: memory",
    Outcome.OUTPUT: "stopped: output",
    Outcome.CRASHED: "crashed",
    Outcome.EXITED: "ended itself",
    Outcome.SANDBOX_ERROR: "sandbox failed",
}


def print_title(results: ClassResults, out: SafeConsole) -> None:
    title = out.text(clean_line(results.assignment), "bold")
    if results.title:
        title.append_text(out.text(f"  {clean_line(results.title)}"))
    if results.graded_at is not None:
        graded = f"graded {results.graded_at:%Y-%m-%d %H:%M} UTC"
        fits = title.cell_len + 2 + len(graded) <= out.width
        title.append(f"  {graded}" if fits else f"\n{graded}", "dim")
    out.show(title)
    for line in terms(results):
        out.line(line, "dim")


def terms(results: ClassResults) -> Iterator[str]:
    """The course, what the totals are of where nobody said it, when it was due, and what lateness costs."""
    if results.course is not None:
        yield f"Course: {clean_line(results.course.name)}"
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


def heading_of(asked: AskedExercise, title: str, out: SafeConsole) -> Text:
    """An exercise's title, with its number on the sheet, and whether it is a bonus."""
    number = f"{clean_line(asked.number)}. " if asked.number else ""
    heading = out.text(f"{number}{clean_line(title)}", "bold")
    return heading.append("  bonus", "cyan") if asked.bonus else heading


def print_row(left: Text | Table, right: Text, out: SafeConsole, *, indent: int = 0) -> None:
    """A row with ``right`` at its right end; ``left`` may take several lines."""
    grid = Table.grid(expand=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(no_wrap=True, overflow="crop")
    grid.add_row(left, Text("  ").append_text(right))
    out.show(Padding(grid, (0, 0, 0, indent)))


def score_of(exercise: ClassExercise) -> str:
    """Points; ``!`` and ``?`` say that they are not final (see ``_LEGEND``)."""
    if exercise.status != "graded":
        return "!" if exercise.status == "error" else "–"
    if any(check.status == "error" for check in exercise.checks):
        return f"{points(exercise.score)}!"
    return points(exercise.score) + ("?" if any(class_statistics.waits(check) for check in exercise.checks) else "")


def total_of(result: StudentResult) -> str:
    if result.status == "pending":
        return ""
    known = points(result.score) if result.status == "graded" else "!"
    return f"{known} / {points(result.max_score)}"


def total_style(result: StudentResult) -> str:
    return "magenta" if result.status == "broken" else share_style(result.score, result.max_score)


def share_style(score: float, most: float) -> str:
    if score >= most - _TINY:  # sums of fractions may miss it by a last bit
        return "green"
    return "yellow" if score > 0 else "red"


def state_of(result: StudentResult) -> str:
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
