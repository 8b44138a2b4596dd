"""The page of one submission, or of several: each check with the student's own lines, and pictures of the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from grader import model
from grader.report import report_words
from grader.report.base import ReportFormat
from grader.report.error_groups import ErrorGroups, group_errors
from grader.report.html.page import environment, render_page
from grader.report.report_words import STOP, STOPPED

PICTURES_SIZE = 160_000
"""Bytes of the pictures of a submission: with the text of an ordinary report, its page is below 300 kB."""
MISSES = 5
"""After so many pictures that did not fit no more are tried, because to draw them takes time."""
PICTURES_OF_ALL = 2_000_000
"""Bytes of all pictures in a page of several submissions."""
ERRORS_SHOWN = 12
STATUS_WORDS: dict[model.CheckStatus, str] = {
    "passed": "passed",
    "failed": "failed",
    "skipped": "skipped",
    "manual": "to be marked",
    "error": "not graded",
}
MARKED_SYMBOLS = ("✎", "✓")
"""What a person has marked: with some points, and with all."""
STATUS_SYMBOLS: dict[model.CheckStatus, str] = {
    "passed": "✓",
    "failed": "✗",
    "skipped": "–",
    "manual": "?",
    "error": "!",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCheck:
    """A check with what the page says of it."""

    check: model.CheckReport
    message: str
    figures: tuple[Markup, ...] = ()
    lines: tuple[model.SourceLine, ...] = ()
    place: str = ""

    @property
    def word(self) -> str:
        if report_words.is_marked(self.check):
            return "marked"
        return "to be looked at" if self.check.withheld else STATUS_WORDS[self.check.status]

    @property
    def symbol(self) -> str:
        if report_words.is_marked(self.check):
            return MARKED_SYMBOLS[not report_words.is_marked_down(self.check)]
        return STATUS_SYMBOLS[self.check.status]

    @property
    def mistake(self) -> str:
        """The named mistake, unless the message tells it already."""
        return self.check.mistake if self.check.mistake and self.check.mistake not in self.message else ""

    @property
    def remark(self) -> str:
        return self.check.remark if self.check.remark and self.check.remark not in self.message else ""

    @property
    def has_more(self) -> bool:
        """Whether there is something to open."""
        check = self.check
        told = (self.message, self.mistake, self.remark, check.hint, check.comment, check.chosen, check.code)
        values = (check.expected, check.actual)
        return any(told) or any(value is not None for value in values) or bool(self.figures or self.lines)

    @property
    def is_open(self) -> bool:
        """What passed is folded, unless a person says something about it."""
        return self.check.status not in ("passed", "skipped") or bool(self.check.comment or self.remark)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownExercise:
    exercise: model.ExerciseReport
    checks: tuple[ShownCheck, ...]
    message: str
    """What is said of the exercise, where no check says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReport:
    """A report with what the page says of it, in the order of the page."""

    report: model.Report
    exercises: tuple[ShownExercise, ...] = ()
    not_attempted: tuple[model.ExerciseReport, ...] = ()
    errors: ErrorGroups = field(default_factory=lambda: ErrorGroups(groups=(), provoked=()))
    stopped_at: tuple[model.RunError, ...] = ()
    """Where the run was at a limit."""
    is_stopped: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found that answers an exercise."""
        return not self.report.max_score and all(each.status == "not_attempted" for each in self.report.exercises)


def render(reports: Sequence[model.Report], *, many: bool) -> str:
    size = min(PICTURES_SIZE, PICTURES_OF_ALL // max(len(reports), 1))
    shown = [_shown(report, size) for report in reports]
    return render_page("submissions.html", styles=("submissions.css",), shown=shown, many=many, limit=ERRORS_SHOWN)


def _shown(report: model.Report, size: int) -> ShownReport:
    if report.error is not None:
        return ShownReport(report=report)
    exercises = report_words.shown_exercises(report)
    figures = _Figures(size)
    # What failed is drawn first, because pictures have bounds together.
    for is_worst in (True, False):
        for exercise in exercises:
            for check in exercise.checks:
                if (check.status not in ("passed", "skipped")) is is_worst:
                    figures.draw(check)
    found = group_errors(report.run.errors)
    is_stopped = report.run.outcome in STOPPED
    was_running = report.run.outcome not in (model.Outcome.SANDBOX_ERROR, model.Outcome.NOT_RUN)
    told = tuple(
        group for group in found.groups if group.error.type != STOP or group.followers or not report.run.detail
    )
    return ShownReport(
        report=report,
        exercises=tuple(_exercise(exercise, figures, report.basis) for exercise in exercises),
        not_attempted=tuple(each for each in report.exercises if each not in exercises),
        errors=ErrorGroups(groups=told, provoked=found.provoked),
        stopped_at=tuple(
            error for error in report.run.errors if is_stopped and was_running and error.type == STOP and error.source
        ),
        is_stopped=is_stopped,
    )


class _Figures:
    """Draws the evidence of checks until their size is reached; what is left out then is described."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._misses = 0
        self._drawn: dict[int, tuple[Markup, ...]] = {}

    def draw(self, check: model.CheckReport) -> None:
        if check.evidence is not None:
            self._drawn[id(check)] = tuple(self._fitting(check.evidence))

    def of(self, check: model.CheckReport) -> tuple[Markup, ...]:
        return self._drawn.get(id(check), ())

    def _fitting(self, evidence: model.Evidence) -> Iterator[Markup]:
        graphs = () if evidence.graph is None else (evidence.graph,)
        kinds = (("curve", evidence.curves), ("gradient", evidence.gradients), ("graph", graphs))
        for kind, several in kinds:
            for each in several:
                yield self._drawn_or_described(kind, each)

    def _drawn_or_described(self, kind: str, evidence: object) -> Markup:
        macros: Any = environment().get_template("figures.html").module
        if self._misses < MISSES:
            figure: Markup = getattr(macros, kind)(evidence)
            if (size := len(figure.encode())) <= self._left:
                self._left -= size
                return figure
            self._misses += 1
        described: Markup = macros.left_out(kind, evidence)
        return described


def _exercise(exercise: model.ExerciseReport, figures: _Figures, basis: model.Basis) -> ShownExercise:
    # Of an assignment, an exercise in which nothing was found is one sentence; --exercise shows its checks.
    untouched = basis == "assignment" and exercise.status == "not_attempted"
    is_brief = untouched and not any(check.location for check in exercise.checks)
    checks = () if is_brief else exercise.checks
    said = [check for check in checks if exercise.message and exercise.message in check.message]
    return ShownExercise(
        exercise=exercise,
        # What several checks say because of an error is told once.
        checks=tuple(_check(check, figures, exercise.message if check in said[1:] else "") for check in checks),
        message="" if said else exercise.message,
    )


def _check(check: model.CheckReport, figures: _Figures, told: str) -> ShownCheck:
    message = " ".join(check.message.replace(told, "See above.", 1).split()) if told else check.message
    if check.status == "passed":
        message = ""
    lines = _without_blank_end(check.evidence.lines) if check.evidence is not None else ()
    if not lines and check.source and check.location is not None:
        lines = (model.SourceLine(number=check.location.line, text=check.source.strip(), is_marked=True),)
    place = ""
    if check.location is not None and check.status != "skipped":
        place = (
            check.location.in_words_alone()
            if check.status == "passed"
            else check.location.in_words_beside(check.source)
        )
    return ShownCheck(
        check=check,
        message=message,
        figures=figures.of(check),
        lines=lines if check.status != "skipped" else (),
        place=place,
    )


def _without_blank_end(lines: tuple[model.SourceLine, ...]) -> tuple[model.SourceLine, ...]:
    while lines and not lines[-1].is_marked and not lines[-1].text.strip():
        lines = lines[:-1]
    return lines


FORMAT = ReportFormat(name="html", render=render, suffix="html")
