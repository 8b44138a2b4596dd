"""Exercises in the terminal, with their checks and the student's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rich.text import Text

from grader import model
from grader.report.safe_console import SafeConsole
from grader.report.terminal.check import show_check
from grader.report.terminal.score import show_scored
from grader.text import clean_line, shorten

WORDS_LENGTH = 400
WRITTEN = "written: "


NOT_ATTEMPTED = "not attempted"


def show_exercises(exercises: Iterable[model.ExerciseReport], basis: model.Basis, out: SafeConsole) -> None:
    said = set()
    for exercise in exercises:
        out.line()
        # Of an assignment, an exercise in which nothing was found is one sentence; --exercise shows its checks.
        untouched = basis == "assignment" and exercise.status == "not_attempted"
        is_brief = untouched and not any(check.location for check in exercise.checks)
        if is_brief and exercise.message in said:
            _show_title(exercise, out, NOT_ATTEMPTED)
        elif is_brief:
            said.add(exercise.message)
            _show_exercise(replace(exercise, checks=()), out)
        else:
            _show_exercise(exercise, out)


def _show_title(exercise: model.ExerciseReport, out: SafeConsole, remark: str = "") -> None:
    number = f"{clean_line(exercise.number)} · " if exercise.number else ""
    title = out.text(f"{number}{clean_line(exercise.title)}", "bold")
    title.append_text(out.text(f"  {clean_line(exercise.id)}", "dim"))
    if exercise.bonus:
        title.append("  bonus", "dim")
    if remark:
        title.append(f"  {remark}", "not bold dim")
    show_scored(out, title, exercise, weight="bold")


def _show_exercise(exercise: model.ExerciseReport, out: SafeConsole) -> None:
    _show_title(exercise, out)
    if exercise.message and not any(exercise.message in check.message for check in exercise.checks):
        out.indented(out.text(exercise.message), 2)
    for check in _without_repetitions(exercise):
        show_check(check, out)
    if exercise.words is not None and any(check.status == "manual" and not check.withheld for check in exercise.checks):
        _show_words(exercise.words, out)


def _without_repetitions(exercise: model.ExerciseReport) -> Iterator[model.CheckReport]:
    """The checks. What several of them say because of an error is there once, and so is a hint."""
    said = False
    hints = set()
    for check in exercise.checks:
        shown = check
        if exercise.message and exercise.message in check.message:
            if said:
                message = check.message.replace(exercise.message, "See the error above.", 1)
                shown = replace(shown, message=" ".join(message.split()))
            said = True
        if check.hint in hints:
            shown = replace(shown, hint=None)
        elif check.hint and check.status not in ("passed", "skipped"):
            hints.add(check.hint)
        yield shown


def _show_words(words: model.Words, out: SafeConsole) -> None:
    """What a person has to read, shortened, with a bar at its left that no text in it can leave."""
    bar = "│ " if out.can_write("│") else "| "
    text = out.text(shorten(clean_line(" ".join(words.text.split())), WORDS_LENGTH))
    place = shorten(clean_line(words.place), max(out.width - 4 - len(WRITTEN), 1))
    out.indented(out.text(f"{WRITTEN}{place}", "dim"), 4)
    for line in text.wrap(out.console, max(out.width - 4 - len(bar), 10)):
        out.indented(Text.assemble((bar, "cyan"), line), 4)
