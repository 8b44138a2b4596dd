"""What a person sees while marking by hand: one answer at a time, or a table of the answers that wait."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from grader.model import AnswerToMark, GivenMark
from grader.report.person_names import shown_key, shown_name
from grader.report.safe_console import SafeConsole
from grader.text import clean_line, count, points, reflowed, shorten

STUDENTS_SHOWN = 6
SOURCE_LENGTH = 240
"""Characters of the student's line that an answer is about."""


def render_answer(waiting: AnswerToMark, number: int, total: int, *, console: Console, statement: bool) -> None:
    """Print one answer and its number of ``total``; ``statement``: with the text of its exercise before it."""
    out = SafeConsole(console)
    out.line()
    out.show(Rule(characters="─" if out.can_write("─") else "-", style="dim"))
    titles = f"{clean_line(waiting.exercise_title)} · {clean_line(waiting.check_title)}"
    question = out.text(f"{_number(waiting)}{titles}", "bold")
    out.show(Text.assemble((f"{number} of {total}  ", "bold cyan"), question))
    place = waiting.place or ("" if waiting.location is None else waiting.location.in_words())
    where = f", {clean_line(place)}" if place else ""
    out.line(f"{students_of(waiting)}  {shown_key(waiting.file)}{where}", "dim")
    if waiting.source.strip():
        out.indented(out.text(shorten(clean_line(waiting.source), SOURCE_LENGTH), "cyan"), 2)
    if statement:
        render_statement(waiting, console=console)
    out.line()
    _print_answer(waiting.answer, out)
    out.line()
    if waiting.points is not None:
        out.line(mark_of(waiting), "cyan")
    elif waiting.offered is not None:
        out.line(f"The same was handed in by others, and has {given_in_words(waiting.offered)}", "cyan")
        out.line("= gives it here, too.", "cyan")


def render_statement(waiting: AnswerToMark, *, console: Console) -> None:
    """Print what the exercise asks; nothing if that is not known."""
    if waiting.statement.strip():
        out = SafeConsole(console)
        out.line()
        out.indented(out.text(reflowed(waiting.statement.strip()), "dim"), 2)


def render_waiting(queue: Sequence[AnswerToMark], *, console: Console) -> None:
    """Print a table of answers, with their marks if they have any."""
    out = SafeConsole(console)
    marked = any(waiting.points is not None for waiting in queue)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Check", overflow="fold")
    table.add_column("Student", overflow="fold")
    table.add_column("File", overflow="fold")
    table.add_column("Points", justify="right", no_wrap=True)
    if marked:
        table.add_column("Mark", overflow="fold")
    for waiting in queue:
        row = [
            out.text(clean_line(f"{_number(waiting)}{waiting.exercise}/{waiting.check}")),
            out.text(students_of(waiting)),
            out.text(shown_key(waiting.file), "dim"),
            Text(points(waiting.max_score)),
        ]
        table.add_row(*row, *([out.text(mark_of(waiting))] if marked else []))
    out.show(table)


def _number(waiting: AnswerToMark) -> str:
    """The exercise's number on the sheet, as it stands before its title; empty if there is none."""
    return f"{clean_line(waiting.number)}. " if waiting.number else ""


def mark_of(waiting: AnswerToMark) -> str:
    """The mark of an answer, in words; "waits" if it has none."""
    return "waits" if waiting.points is None else given_in_words(waiting)


def given_in_words(mark: AnswerToMark | GivenMark) -> str:
    """A mark: points, who gave them and when, and the comment. An answer has to be marked."""
    when = "" if mark.marked_at is None else f" on {mark.marked_at:%Y-%m-%d}"
    said = f": {clean_line(mark.comment)}" if mark.comment else ""
    return f"{points(mark.points or 0.0)} / {points(mark.max_score)} by {clean_line(mark.marked_by)}{when}{said}"


def others_in_words(others: Sequence[AnswerToMark]) -> str:
    """How many other hand-ins, and whose: ``2 others (Ada Lovelace; Alan Turing)``."""
    names = "; ".join(students_of(other) for other in others[:STUDENTS_SHOWN])
    more = f"; and {len(others) - STUDENTS_SHOWN} more" if len(others) > STUDENTS_SHOWN else ""
    return f"{count(len(others), 'other')} ({names}{more})"


def students_of(waiting: AnswerToMark) -> str:
    """The names of the students whose answer it is; of a large group only the first."""
    names = [shown_name(student.name) for student in waiting.students]
    more = f"; and {len(names) - STUDENTS_SHOWN} more" if len(names) > STUDENTS_SHOWN else ""
    return "; ".join(names[:STUDENTS_SHOWN]) + more


def _print_answer(answer: str, out: SafeConsole) -> None:
    """Print the answer with a bar at its left, so that no text in it looks like the grader's own output."""
    if not answer.strip():
        out.line("Nothing was written in words. Look into the file itself.", "yellow")
        return
    bar = "│ " if out.can_write("│") else "| "
    for line in out.text(answer.strip("\n")).wrap(out.console, max(out.width - len(bar), 10)):
        out.show(Text.assemble((bar, "cyan"), line))
