"""The total in the terminal, and whether it is final."""

from __future__ import annotations

from rich.rule import Rule
from rich.text import Text

from grader import model
from grader.report.error_groups import group_errors
from grader.report.report_words import STOPPED, is_nothing_found, more_points_in_words, why_not_final
from grader.report.safe_console import SafeConsole
from grader.report.terminal.place import fitting
from grader.report.terminal.score import show_scored
from grader.text import count

FIRST = "First mend "


def show_total(report: model.Report, out: SafeConsole) -> None:
    out.line()
    out.show(Rule(characters="─" if out.has_symbols else "-", style="dim"))
    if is_nothing_found(report):
        _show_nothing_found(report, out)
    else:
        _show_points(report, out)
    if report.more_points:
        out.line(more_points_in_words(report), "dim")


def _show_nothing_found(report: model.Report, out: SafeConsole) -> None:
    found = "Nothing was found that answers an exercise."
    if report.run.outcome in STOPPED or any(not error.provoked for error in report.run.errors):
        found = f"{found} What is told above about the run may be the reason: mend that first."
    out.line(f"{found} Name one to see what is missing: --exercise ID.", "yellow")


def _show_points(report: model.Report, out: SafeConsole) -> None:
    found = report.basis == "found"
    label = Text("Total of what was found" if found else "Total", "bold")
    if report.passed and report.complete and report.max_score:
        what = "All that was found" if found else "Everything asked for"
        label.append(f"  {'All that is shown' if report.more_points else what} passed.", "green")
    show_scored(out, label, report, weight="bold")
    if found and report.max_score:
        out.line("Graded is what was found; --assignment ID or --exercise ID asks for more.", "dim")
    if not report.complete:
        out.line(why_not_final(report), "yellow")
    if not report.passed:
        _show_first_to_mend(report, out)


def _show_first_to_mend(report: model.Report, out: SafeConsole) -> None:
    """Name the error from which most others follow, once more: of a long report, people see its end."""
    groups = [group for group in group_errors(report.run.errors).groups if group.followers]
    worst = max(groups, key=lambda group: len(group.followers), default=None)
    if worst is not None and worst.error.location is not None:
        location = worst.error.location
        place = fitting(location.in_words_alone(), location, out.width - len(FIRST) - 1)
        out.line(f"{FIRST}{place}: {count(len(worst.followers), 'more statement')} failed because of it.", "yellow")
