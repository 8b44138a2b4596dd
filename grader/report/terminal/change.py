"""What is new in the report of a submission since the report before, in the terminal of ``grade watch``."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.console import Console
from rich.text import Text

from grader import model
from grader.report.report_words import STOPPED, is_nothing_found, score_in_words, shown_exercises
from grader.report.safe_console import SafeConsole
from grader.report.terminal.exercise import show_exercises
from grader.report.terminal.run import show_notices, show_run
from grader.report.terminal.score import score_style
from grader.report.terminal.total import show_total
from grader.text import clean_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is new in a report. A location alone is not new: every line that is added moves the lines below it."""

    run: bool = False
    """Whether the outcome or the uncaught errors changed."""
    notices: tuple[str, ...] = ()
    exercises: tuple[model.ExerciseReport, ...] = ()
    gone: tuple[str, ...] = ()
    """Ids of exercises that are no longer reported."""


def find_change(before: model.Report, after: model.Report) -> Change:
    """What is new in ``after``; both are reports of one submission."""
    known = {exercise.id: _without_locations(exercise) for exercise in shown_exercises(before)}
    reported = shown_exercises(after)
    return Change(
        run=_shown_of_run(before.run) != _shown_of_run(after.run),
        notices=tuple(notice for notice in after.run.notices if notice not in before.run.notices),
        exercises=tuple(exercise for exercise in reported if known.get(exercise.id) != _without_locations(exercise)),
        gone=tuple(identity for identity in known if identity not in {exercise.id for exercise in reported}),
    )


def render_change(before: model.Report, after: model.Report, *, time: str, console: Console) -> None:
    """Print a line with the time and the score, what ``find_change`` finds, and the total.

    If nothing is new, only the first line is printed, and says so.
    """
    out = SafeConsole(console)
    change = find_change(before, after)
    if change == Change():
        _show_headline(after, "nothing changed", time, out)
        return
    out.line()
    was = score_in_words(before)
    _show_headline(after, "as before" if was == score_in_words(after) else f"was {was}" if was else "", time, out)
    if change.run:
        show_run(after.run, out)
        if before.run.outcome in STOPPED and after.run.outcome not in STOPPED:
            out.line("This time it ran to its end.", "dim")
        if before.run.errors and not after.run.errors:
            out.line("No uncaught errors any more.", "dim")
    show_notices(change.notices, out)
    show_exercises(change.exercises, after.basis, out)
    if change.gone:
        out.line()
        out.line(f"No longer graded: {', '.join(map(clean_line, change.gone))}.", "dim")
    show_total(after, out)


def render_event(words: str, *, time: str, console: Console) -> None:
    """Print what happened between two reports, such as a file that cannot be read."""
    out = SafeConsole(console)
    line = Text().append(f"{time}  ", "dim").append(out.text(words, "yellow"))
    # Not broken into several lines: terminals and editors turn a path with a line number into a link.
    out.show(line, soft_wrap=True)


def _show_headline(report: model.Report, words: str, time: str, out: SafeConsole) -> None:
    line = Text().append(f"{time}  ", "dim")
    if report.max_score:
        line.append(score_in_words(report), f"bold {score_style(report)}")
    elif is_nothing_found(report):
        line.append("nothing attempted", "yellow")
    else:
        line.append("no points are shown", "dim")
    if words:
        line.append(f", {words}", "dim")
    out.show(line)


def _without_locations(exercise: model.ExerciseReport) -> model.ExerciseReport:
    """What the terminal shows of an exercise, without locations."""
    return replace(exercise, checks=tuple(_without_location(check) for check in exercise.checks))


def _without_location(check: model.CheckReport) -> model.CheckReport:
    if check.status == "passed":
        return replace(check, location=None, source=None, message="", hint=None, candidates=0, evidence=None)
    return replace(check, location=None, evidence=None)


def _shown_of_run(run: model.RunSummary) -> tuple[object, ...]:
    """What is shown of a run, without locations and notices."""
    stopped = (run.outcome, run.detail) if run.outcome in STOPPED else None
    return stopped, *((error.type, error.text, error.provoked) for error in run.errors)
