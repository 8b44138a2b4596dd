"""An exercise in words, in the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from grader.model import Explanation
from grader.report.explanation.explanation_rows import (
    Row,
    counted,
    is_seen_alike,
    rows_of_check,
    rows_of_exercise,
    worth,
)
from grader.report.safe_console import SafeConsole
from grader.text import clean_line, reflowed

_LABEL = 10
"""Columns of a label."""


def render_explanation(explanation: Explanation, *, console: Console) -> None:
    """Print an exercise in words."""
    out = SafeConsole(console)
    title = out.text(clean_line(explanation.title), "bold")
    title.append_text(out.text(f"  {clean_line(explanation.exercise)}, {counted(explanation)}", "dim"))
    out.show(title)
    out.line()
    out.indented(out.text(reflowed(explanation.statement)), 2)
    out.line()
    _show(out, rows_of_exercise(explanation))
    for check in explanation.checks:
        out.line()
        heading = out.text(clean_line(check.title), "bold")
        heading.append_text(out.text(f"  {clean_line(check.id)}, {worth(check.points)}", "dim"))
        out.show(heading)
        _show(out, rows_of_check(check, says_seen=not is_seen_alike(explanation)))


def _show(out: SafeConsole, rows: Iterable[Row]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), show_header=False)
    table.add_column(width=_LABEL, no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        for number, text in enumerate(row.texts):
            table.add_row(out.text("" if number else row.label, "dim"), out.text(clean_line(" ".join(text.split()))))
    if table.row_count:
        out.indented(table, 2)
