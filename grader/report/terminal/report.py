"""The format ``terminal``: the reports of submissions as people read them, in colours and in the terminal's width."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.console import Console

from grader import model
from grader.report.base import ReportFormat
from grader.report.report_words import shown_exercises
from grader.report.safe_console import SafeConsole
from grader.report.terminal.exercise import show_exercises
from grader.report.terminal.run import show_notices, show_run
from grader.report.terminal.summary import show_summary
from grader.report.terminal.total import show_total
from grader.text import as_sentence, capitalized, clean_line, count

PAGE_WIDTH = 100
"""Columns of a report that is written to a file."""


def render_all(reports: Sequence[model.Report], *, console: Console) -> None:
    """Print every report; after several, a summary."""
    for number, report in enumerate(reports):
        if number:
            console.print()
        render(report, console=console)
    if len(reports) > 1:
        show_summary(reports, SafeConsole(console))


def render_page(reports: Sequence[model.Report], *, many: bool) -> str:
    """Every report as plain text of a fixed width, for a file."""
    page = io.StringIO()
    render_all(reports, console=Console(file=page, width=PAGE_WIDTH))
    return page.getvalue()


def render(report: model.Report, *, console: Console) -> None:
    """Print the whole report of one submission."""
    out = SafeConsole(console)
    out.line(clean_line(report.submission.path), "bold")
    if report.error is not None:
        reason = as_sentence(capitalized(report.error.removeprefix(f"{report.submission.path}: ")))
        out.line(f"It could not be read, so nothing was graded. {reason}", "bold yellow")
        return
    if report.assignment:
        about = out.text(f"Assignment: {clean_line(report.assignment_title)}")
        out.show(about.append_text(out.text(f"  {clean_line(report.assignment)}", "dim")))
    if report.course is not None:
        out.line(f"Course: {clean_line(report.course.name)}", "dim")
    show_run(report.run, out)
    show_notices(report.run.notices, out)
    if report.isolation.level is not model.Level.STRICT:
        why = "as `--isolation` asked" if report.isolation.is_as_asked else "`grade doctor` says why"
        out.line(f"Isolation is {report.isolation.level}, not strict; {why}.", "dim")
    shown = shown_exercises(report)
    show_exercises(shown, report.basis, out)
    left = [exercise for exercise in report.exercises if exercise not in shown]
    if left:
        out.line()
        out.line(_not_attempted([clean_line(exercise.id) for exercise in left], out.width), "dim")
    show_total(report, out)


def _not_attempted(names: Sequence[str], width: int) -> str:
    """The exercises that nobody attempted, as many as fit on one line."""
    for shown in range(len(names), 0, -1):
        rest = f" and {len(names) - shown} more" if shown < len(names) else ""
        line = f"Not attempted: {', '.join(names[:shown])}{rest}."
        if len(line) <= width:
            return line
    return f"Not attempted: {count(len(names), 'exercise')}."


FORMAT = ReportFormat(name="terminal", render=render_page, show=render_all)
