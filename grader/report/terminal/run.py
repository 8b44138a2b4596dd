"""What a report in the terminal says of the run: how it ended, and which errors were left uncaught."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len

from grader import model
from grader.report.error_groups import ErrorGroup, group_errors
from grader.report.report_words import STOP, STOPPED, error_in_words
from grader.report.safe_console import SafeConsole
from grader.report.terminal.place import fitting
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
        words = f"An exercise asks for {wanted}:".split(" ")
        *first, last = (*shown, *more)
        for line in _filled([*words, *(f"{part};" for part in first), f"{last}."], out.width):
            out.line(line, "dim")


def show_notices(notices: Iterable[str], out: SafeConsole) -> None:
    for notice in dict.fromkeys(notices):
        out.line(f"Note: {clean_line(notice)}", "dim")


def _show_error(group: ErrorGroup, out: SafeConsole) -> None:
    """An error with the student's line, and what failed because of it."""
    error = group.error
    what = shorten(error_in_words(error), ERROR_LENGTH)
    if clean_line(error.source or ""):
        _show_line(error, out)
        out.indented(out.text(what, "red"), 4)
    else:
        out.indented(out.text(f"{_place(error, out)}  ", "yellow").append_text(out.text(what, "red")), 2)
    if error.provoked:
        out.indented(out.text("an exercise asks for this error", "dim"), 4)
    if group.consequence:
        out.indented(out.text(clean_line(group.consequence), "dim"), 4)


def _show_line(error: model.RunError, out: SafeConsole) -> None:
    """The place and the student's line, below each other where the screen is too narrow for both."""
    place = _place(error, out)
    source = shorten(clean_line(error.source or ""), SOURCE_LENGTH)
    if 2 + cell_len(place) + 2 + cell_len(source) <= out.width:
        out.indented(out.text(f"{place}  ", "yellow").append_text(out.text(source, "cyan")), 2)
    else:
        out.indented(out.text(place, "yellow"), 2)
        out.indented(out.text(source, "cyan"), 4)


def _wanted(error: model.RunError) -> str:
    place = "somewhere" if error.location is None else error.location.in_words_alone()
    return f"{place} ({clean_line(error.type)})"


def _place(error: model.RunError, out: SafeConsole) -> str:
    if error.location is None:
        return "somewhere"
    return fitting(error.location.in_words_beside(error.source), error.location, out.width - 2)


def _filled(parts: Sequence[str], width: int) -> Iterator[str]:
    """Lines of as many parts as fit, which are not broken themselves: they may be places."""
    line = ""
    for part in parts:
        if line and cell_len(line) + 1 + cell_len(part) > width:
            yield line
            line = part
        else:
            line = f"{line} {part}" if line else part
    yield line
