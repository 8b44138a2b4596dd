"""What happened at each step when a submission was graded by one exercise, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from grader.model import CheckReport, TracedExercise, TracedLine
from grader.report.safe_console import SafeConsole
from grader.report.trace_lines import show_labelled, show_line, show_trace
from grader.text import clean_line, points

_STATUS = {
    "graded": "graded",
    "not_attempted": "not attempted: nothing in it proves an attempt at this exercise",
    "error": "not graded",
}


def render_traced_exercise(traced: TracedExercise, *, console: Console) -> None:
    """Print every check with its candidates, and with what the rubric makes of it."""
    out = SafeConsole(console)
    exercise = traced.exercise
    out.line(clean_line(traced.path), "bold")
    out.line(f"{clean_line(exercise.title)}  {points(exercise.score)} / {points(exercise.max_score)}", "bold")
    out.line(f"The exercise is {_STATUS[exercise.status]}. {exercise.message}".rstrip(), "dim")
    for error in traced.run.errors:
        where = "" if error.location is None else f"{error.location.in_words()}: "
        out.line(f"{where}raised {error.type}: {clean_line(error.text)}", "yellow")
    by_id = {check.id: check for check in exercise.checks}
    for trace in traced.traces:
        out.line()
        out.line("─" * out.width if out.can_write("─") else "-" * out.width, "dim")
        show_trace(trace, out)
        out.line()
        _show_marking(by_id[trace.check], traced.mistakes.get(trace.check, ()), out)


def _show_marking(check: CheckReport, rules: Sequence[TracedLine], out: SafeConsole) -> None:
    """What the rubric makes of the verdict."""
    for rule in rules:
        show_line(rule, out, indent=2)
    score = "open" if check.score is None else points(check.score)
    rows = [("points", f"{score} of {points(check.max_score)}")]
    if check.status == "skipped":
        rows.append(("skipped", check.message))
    if check.mistake:
        rows.append(("says", check.mistake))
    elif check.status == "failed" and rules:
        rows.append(("says", "no mistake of the rubric fits"))
    if check.hint:
        rows.append(("hint", check.hint))
    if check.remark:
        rows.append(("remark", check.remark))
    show_labelled(rows, out, indent=2)
