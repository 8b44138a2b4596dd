"""What a report in the terminal says of the run: how it ended, and which errors were left uncaught."""

from __future__ import annotations

from grader import model
from grader.report.error_groups import ErrorGroup, group_errors
from grader.report.report_words import STOP, STOPPED
from grader.report.safe_console import SafeConsole
from grader.text import as_sentence, capitalized, clean_line, shorten

ERRORS_SHOWN = 6
ERROR_LENGTH = 160
SOURCE_LENGTH = 60


def show_run(run: model.RunSummary, out: SafeConsole) -> None:
    """Print how the run ended, its uncaught errors with what failed because of them, and those that a check wants."""
    if run.outcome in STOPPED:
        out.line(as_sentence(capitalized(run.detail)) if run.detail else STOPPED[run.outcome], "bold yellow")
        if run.outcome not in (model.Outcome.SANDBOX_ERROR, model.Outcome.NOT_RUN):
            for error in run.errors:
                if error.type == STOP and error.source:
                    _show_line(error, out)
            out.line("What was observed is graded.", "yellow")
        if run.outcome is model.Outcome.TIMEOUT and not run.not_final:
            out.line("If no loop in it is endless, --timeout SECONDS gives it more time.", "yellow")
    found = group_errors(run.errors)
    # What ended a statement because of a limit is told above, with its place.
    groups = [group for group in found.groups if group.error.type != STOP or group.followers or not run.detail]
    if groups:
        out.line("Uncaught errors:", "bold yellow")
        for group in groups[:ERRORS_SHOWN]:
            _show_error(group, out)
        if len(groups) > ERRORS_SHOWN:
            out.line(f"  and {len(groups) - ERRORS_SHOWN} more", "yellow")
    if found.provoked:
        shown = [_wanted(error) for error in found.provoked[:ERRORS_SHOWN]]
        more = [f"and {len(found.provoked) - ERRORS_SHOWN} more"] if len(found.provoked) > ERRORS_SHOWN else []
        wanted = "an error" if len(found.provoked) == 1 else "errors"
        out.line(f"An exercise asks for {wanted}: {'; '.join((*shown, *more))}.", "dim")


def _show_error(group: ErrorGroup, out: SafeConsole) -> None:
    """An error with the student's line, and what failed because of it."""
    error = group.error
    said = f"{error.type}: {error.text}" if error.text.strip() else error.type
    what = out.text(shorten(clean_line(said), ERROR_LENGTH), "red")
    head = out.text(f"{_place(error)}  ", "yellow")
    source = shorten(clean_line(error.source or ""), SOURCE_LENGTH)
    out.indented(head.append_text(out.text(source, "cyan") if source else what), 2)
    if source:
        out.indented(what, 4)
    if error.provoked:
        out.indented(out.text("an exercise asks for this error", "dim"), 4)
    if group.consequence:
        out.indented(out.text(clean_line(group.consequence), "dim"), 4)


def _show_line(error: model.RunError, out: SafeConsole) -> None:
    head = out.text(f"{_place(error)}  ", "yellow")
    out.indented(head.append_text(out.text(shorten(clean_line(error.source or ""), SOURCE_LENGTH), "cyan")), 2)


def _wanted(error: model.RunError) -> str:
    place = "somewhere" if error.location is None else error.location.in_words_alone()
    return f"{place} ({clean_line(error.type)})"


def _place(error: model.RunError) -> str:
    return "somewhere" if error.location is None else error.location.in_words_beside(error.source)
