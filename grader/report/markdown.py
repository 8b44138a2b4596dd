"""Markdown for comments on pull requests and for the summary of a job on GitHub.

GitHub takes 65,536 characters in a comment and a mebibyte in the summaries of a step. A report keeps to the smaller
bound, whatever it is used for, and says what is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader import model
from grader.report.base import ReportFormat
from grader.report.error_groups import group_errors
from grader.report.markdown_text import block, code, inline
from grader.report.report_words import (
    ending_of,
    error_lines,
    exercise_name,
    is_marked,
    is_marked_down,
    message_of,
    more_points_in_words,
    score_in_words,
    shown_exercises,
    status_of,
    values_of,
    why_not_final,
    why_unreadable,
)
from grader.text import count

MAX_CHARACTERS = 65_000
"""At most four bytes each, so that it is below a mebibyte as well."""
ROOM_FOR_NOTE = 300
ROOM_FOR_DETAILS = 25_000
"""Characters that a table of many submissions leaves to what follows it."""
ERRORS_SHOWN = 6
SYMBOLS: dict[model.CheckStatus, str] = {
    "passed": "✅",
    "failed": "❌",
    "skipped": "⏭️",
    "manual": "👤",
    "error": "⚠️",
}
MARKED = "✏️"
"""A person gave less than all points."""


def render(reports: Sequence[model.Report], *, many: bool) -> str:
    page = _Page(MAX_CHARACTERS - ROOM_FOR_NOTE)
    if many:
        _add_summary(page, reports)
    left_checks = left_reports = 0
    for report in reports:
        if not page.add("\n".join(_head(report))):
            left_reports += 1
            continue
        for part in _parts(report):
            left_checks += not page.add(part)
    left = [count(left_reports, "submission")] if left_reports else []
    left += [count(left_checks, "part")] if left_checks else []
    if left:
        why = f"a comment on GitHub takes no more than {MAX_CHARACTERS:,} characters"
        page.add_note(f"*Left out, since {why}: {' and '.join(left)}.*")
    return page.text()


class _Page:
    """Paragraphs up to a number of characters. After the first that does not fit, none is added."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._parts: list[str] = []
        self._is_full = False

    @property
    def room(self) -> int:
        return self._room

    def add(self, part: str) -> bool:
        self._is_full = self._is_full or len(part) + 2 > self._room
        if not self._is_full:
            self._parts.append(part)
            self._room -= len(part) + 2
        return not self._is_full

    def add_note(self, note: str) -> None:
        self._parts.append(note)

    def text(self) -> str:
        return "\n\n".join(self._parts) + "\n"


def _add_summary(page: _Page, reports: Sequence[model.Report]) -> None:
    rows = ["| Submission | Points | |", "|---|---:|---|"]
    room = page.room - ROOM_FOR_DETAILS - sum(map(len, rows))
    shown = 0
    for report in reports:
        state = "passed" if report.passed and report.complete else why_unreadable(report) or why_not_final(report)
        row = f"| {inline(report.submission.path)} | {score_in_words(report)} | {inline(state)} |"
        room -= len(row) + 1
        if room < 0:
            break
        rows.append(row)
        shown += 1
    page.add(f"### {count(len(reports), 'submission')}")
    page.add("\n".join(rows))
    if shown < len(reports):
        page.add(f"*and {count(len(reports) - shown, 'submission')} more*")


def _head(report: model.Report) -> Iterator[str]:
    """The submission with its points, and what is to say of it as a whole."""
    score = score_in_words(report)
    yield f"### {code(report.submission.path)}{f' — {score}' if score else ''}"
    if report.assignment:
        yield f"\nAssignment: {inline(report.assignment_title or report.assignment)}"
    if report.error is not None:
        yield f"\n**It could not be read, so nothing was graded.** {inline(why_unreadable(report))}"
        return
    if ending := ending_of(report.run):
        yield f"\n**{inline(ending)}** What was observed is graded."
    groups = group_errors(report.run.errors).groups
    if groups:
        lines = [line for group in groups[:ERRORS_SHOWN] for line in error_lines(group)]
        if len(groups) > ERRORS_SHOWN:
            lines.append(f"and {len(groups) - ERRORS_SHOWN} more")
        yield f"\nUncaught errors:\n\n{block(chr(10).join(lines))}"
    for notice in report.run.notices:
        yield f"\n> {inline(notice)}"
    if not shown_exercises(report):
        yield "\nNothing was found that answers an exercise."
    if not_final := why_not_final(report):
        yield f"\n**{not_final}**"
    if report.more_points:
        yield f"\n{more_points_in_words(report)}"


def _parts(report: model.Report) -> Iterator[str]:
    """For each exercise a table of its checks, then each check that has more to say."""
    for exercise in shown_exercises(report) if report.error is None else ():
        yield "\n".join(_exercise(exercise))
        for check in exercise.checks:
            if check.status != "skipped" and (check.status != "passed" or check.remark or check.comment):
                yield "\n".join(_check(check))


def _exercise(exercise: model.ExerciseReport) -> Iterator[str]:
    score = score_in_words(exercise)
    yield f"#### {inline(exercise_name(exercise))}{f' — {score}' if score else ''}"
    if exercise.message and not any(exercise.message in check.message for check in exercise.checks):
        yield f"\n{inline(exercise.message)}"
    if exercise.checks:
        yield "\n| | Check | Points | Where |\n|---|---|---:|---|"
    for check in exercise.checks:
        where = "" if check.location is None else check.location.in_words(brief=True)
        yield f"| {_symbol(check)} | {inline(check.title)} | {score_in_words(check)} | {inline(where)} |"


def _symbol(check: model.CheckReport) -> str:
    return MARKED if is_marked_down(check) else SYMBOLS[status_of(check)]


def _check(check: model.CheckReport) -> Iterator[str]:
    yield f"- {_symbol(check)} **{inline(check.title)}**: {inline(message_of(check))}"
    values = list(values_of(check)) if status_of(check) != "passed" else []
    if check.code and not is_marked(check):
        values.append(check.code)
    if values:
        yield f"\n{block(chr(10).join(values), indent=2)}"
    for label, text in (("Hint", check.hint), ("Comment", check.comment)):
        if text:
            yield f"\n  *{label}:* {inline(text)}"


FORMAT = ReportFormat(name="markdown", render=render, suffix="md", appends=True)
