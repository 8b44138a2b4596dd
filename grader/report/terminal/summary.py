"""The table below several reports in the terminal, with a row for each submission."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from grader import model
from grader.report.report_words import STOPPED, score_in_words
from grader.report.safe_console import SafeConsole
from grader.report.terminal.score import score_style
from grader.text import clean_line


def show_summary(reports: Sequence[model.Report], out: SafeConsole) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 3 if out.width >= 80 else 2, 0, 0), header_style="bold")
    table.add_column("Submission", overflow="fold")
    table.add_column("Score", justify="right", no_wrap=True)
    table.add_column("Checks passed" if out.width >= 80 else "Checks", justify="right", no_wrap=True)
    table.add_column("Run", no_wrap=True)
    for report in reports:
        tried = [exercise for exercise in report.exercises if exercise.status == "graded"]
        checks = [check for exercise in tried for check in exercise.checks]
        passed = sum(check.status == "passed" for check in checks)
        table.add_row(
            out.text(clean_line(report.submission.path)),
            Text(score_in_words(report), score_style(report)),
            Text(f"{passed} of {len(checks)}" if checks else ""),
            Text(_how_it_ran(report), "yellow" if report.error or report.run.outcome in STOPPED else "dim"),
        )
    out.line()
    out.show(table)


def _how_it_ran(report: model.Report) -> str:
    """The run's outcome, briefly. Errors that a check asks for are not mentioned."""
    if report.error is not None:
        return "unreadable"
    if report.run.outcome is not model.Outcome.FAILED:
        return str(report.run.outcome)
    return "completed" if report.run.errors and all(error.provoked for error in report.run.errors) else "with errors"
