"""What a person sees who marks by hand: one answer at a time, or a table of what waits."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from grader.model import AnswerToMark
from grader.report.console import Pen
from grader.text import clean_line, points

STUDENTS_SHOWN = 6


def render_answer(waiting: AnswerToMark, number: int, total: int, *, console: Console, statement: bool) -> None:
    """Print one answer, and how many there are; ``statement``: with the text of its exercise above it."""
    pen = Pen(console)
    pen.line()
    pen.show(Rule(characters="─" if pen.can_write("─") else "-", style="dim"))
    question = pen.text(f"{clean_line(waiting.exercise_title)} · {clean_line(waiting.check_title)}", "bold")
    pen.show(Text.assemble((f"{number} of {total}  ", "bold cyan"), question))
    where = "" if waiting.location is None else f", {waiting.location.in_words()}"
    pen.line(f"{students_of(waiting)}  {clean_line(waiting.file)}{where}", "dim")
    if statement:
        render_statement(waiting, console=console)
    pen.line()
    _print_answer(waiting.answer, pen)
    pen.line()
    if waiting.points is not None:
        pen.line(mark_of(waiting), "cyan")


def render_statement(waiting: AnswerToMark, *, console: Console) -> None:
    """Print what the exercise asks; nothing where that is not known."""
    if waiting.statement.strip():
        pen = Pen(console)
        pen.line()
        pen.indented(pen.text(_reflowed(waiting.statement.strip()), "dim"), 2)


def render_waiting(queue: Sequence[AnswerToMark], *, console: Console) -> None:
    """Print a table of answers, with their marks where they have one."""
    pen = Pen(console)
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
            pen.text(clean_line(f"{waiting.exercise}/{waiting.check}")),
            pen.text(students_of(waiting)),
            pen.text(clean_line(waiting.file), "dim"),
            Text(points(waiting.max_score)),
        ]
        table.add_row(*row, *([pen.text(mark_of(waiting))] if marked else []))
    pen.show(table)


def mark_of(waiting: AnswerToMark) -> str:
    """The mark that an answer has, in words; "waits" where it has none."""
    if waiting.points is None:
        return "waits"
    when = "" if waiting.marked_at is None else f" on {waiting.marked_at:%Y-%m-%d}"
    said = f": {clean_line(waiting.comment)}" if waiting.comment else ""
    return f"{points(waiting.points)} / {points(waiting.max_score)} by {clean_line(waiting.marked_by)}{when}{said}"


def students_of(waiting: AnswerToMark) -> str:
    """Whose answer it is; of a large group the first."""
    names = [clean_line(student.name) for student in waiting.students]
    more = f"; and {len(names) - STUDENTS_SHOWN} more" if len(names) > STUDENTS_SHOWN else ""
    return "; ".join(names[:STUDENTS_SHOWN]) + more


def _print_answer(answer: str, pen: Pen) -> None:
    """The answer behind a bar at its left, so that nothing in it can be taken for ours."""
    if not answer.strip():
        pen.line("Nothing was written in words. Look into the file itself.", "yellow")
        return
    bar = "│ " if pen.can_write("│") else "| "
    for line in pen.text(answer.strip("\n")).wrap(pen.console, max(pen.console.width - len(bar), 10)):
        pen.show(Text.assemble((bar, "cyan"), line))


def _reflowed(statement: str) -> str:
    """Its paragraphs and items in a line each, for the terminal to wrap; texts with code in fences as they are."""
    if "```" in statement:
        return statement
    return re.sub(r"(?<=[^\n])\n {0,3}(?![-*+>#|]|\d+\.)(?=\S)", " ", statement)
