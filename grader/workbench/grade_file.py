"""``GradeFile``: grades a file of a course, or a text in its place, by some of its exercises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from grader import submission as submissions
from grader.course.course import CourseExercise
from grader.errors import SubmissionError
from grader.handin import load_alone
from grader.marking.check_scores import rules_tried
from grader.model import (
    CheckReport,
    CheckStatus,
    CheckTrace,
    ExerciseReport,
    ExerciseStatus,
    Submission,
    TracedCandidate,
    Verdict,
)
from grader.pipeline.broken_reference import BrokenReference
from grader.text import shorten
from grader.workbench.work import Work

if TYPE_CHECKING:
    from grader.workbench.bench import Bench
    from grader.workbench.content_keys import ContentKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """A comparison of a check: its line, and the greatest difference as a share of what the tolerance allows."""

    line: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedCheck:
    """What a check said of a file. ``hint``, ``mistake`` and ``remark``: see ``CheckReport``."""

    id: str
    status: CheckStatus
    message: str
    hint: str | None
    mistake: str | None
    withheld: bool
    remark: str | None = None
    expected: str | None = None
    actual: str | None = None
    rules: tuple[str, ...] = ()
    """The conditions of the rubric that hold: of the known mistakes where it failed, of which the first applies; of the
    remarks where it passed."""
    nearest: Margin | None = None
    """Where it passed: the comparison that comes nearest to what its tolerance allows."""
    missed: Margin | None = None
    """Where it failed, and nothing but a larger tolerance is wanting: the comparison that wants most."""

    def in_words(self, length: int) -> str:
        """What it said, with the values that it compared, each in so many characters at most."""
        values = [
            f"{name} {shorten(value, length)}"
            for name, value in (("expected", self.expected), ("found", self.actual))
            if value is not None
        ]
        return shorten(self.message, length) + (f" ({', '.join(values)})" if values else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedExercise:
    """What an exercise said of a file."""

    id: str
    status: ExerciseStatus
    score: float
    max_score: float
    message: str
    checks: tuple[GradedCheck, ...]
    broken: str = ""
    """Why its own reference does not pass, in full; empty where it does."""
    broken_line: int | None = None
    """The line of the reference that this is about."""

    @property
    def has_full_marks(self) -> bool:
        """Whether every check passed, and for none of them a person has to look."""
        return self.status == "graded" and all(check.status == "passed" for check in self.checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedFile:
    """What the exercises said of a file, in the order of the report."""

    exercises: tuple[GradedExercise, ...] = ()
    unreadable: str = ""
    """Why the file could not be read; empty if it could."""
    timed_out: bool = False
    not_final: bool = False
    """The machine was busy: the run, or a reference, was stopped for what other programs took of its time."""

    def of(self, exercise: str) -> GradedExercise | None:
        """What this exercise said; None where it was not asked."""
        return next((one for one in self.exercises if one.id == exercise), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeFile(Work):
    """Grades the file at ``path``; ``text`` is read in the place of its content, as if it stood there.

    The other fields are those of ``settings_for``.
    """

    RESULT: ClassVar[type] = GradedFile

    path: Path
    exercises: tuple[str, ...] = ()
    text: str | None = None
    asked: bool = True
    seed: int = 0
    timeout_s: float | None = None
    threads: Literal[1, 2] = 1

    @property
    def about(self) -> str:
        return self.exercises[0] if len(self.exercises) == 1 else ""

    def submission(self) -> Submission:
        """The submission, with the files beside it that its code names. Raises SubmissionError."""
        if self.text is None:
            return load_alone(str(self.path))
        # Only the code is another: what lies beside the file is there for the text, too.
        read = submissions.read(self.text.encode(), str(self.path))
        try:
            beside = load_alone(str(self.path))
        except SubmissionError:
            return read
        return replace(read, companions=beside.companions, folder=beside.folder)

    def do(self, bench: Bench) -> GradedFile:
        try:
            submission = self.submission()
        except SubmissionError as error:
            return GradedFile(unreadable=str(error))
        grader = bench.grader(self.exercises, **self._asked())
        broken = grader.find_broken_references()
        traces: dict[tuple[str, str], CheckTrace] = {}
        # Of a reference it is proven that it does the same each time that it runs.
        anew = any(self.path == item.solution for item in bench.course.exercises)
        judged = grader.judge(submission, traces=traces, anew=anew)
        report = grader.mark(judged)
        rules = {
            (item.exercise.id, check): held
            for item, one in zip(grader.settings.exercises, judged.exercises, strict=True)
            for check, held in rules_held(item, one.verdicts).items()
        }
        return GradedFile(
            exercises=tuple(graded_exercise(one, broken.get(one.id), rules, traces) for one in report.exercises),
            timed_out=report.run.outcome == "timeout",
            not_final=bool(report.run.not_final) or any(one.timed_out for one in broken.values()),
        )

    def is_lasting(self, result: GradedFile) -> bool:
        return not result.not_final

    def _asked(self) -> dict[str, Any]:
        """The fields that ``settings_for`` has by name."""
        return {"asked": self.asked, "seed": self.seed, "timeout_s": self.timeout_s, "threads": self.threads}

    def depends_on(self, keys: ContentKeys) -> Iterator[object]:
        yield keys.of_settings(self.exercises, **self._asked())
        yield str(self.path), keys.of_file(self.path), self.text


def rules_held(item: CourseExercise, verdicts: Sequence[Verdict]) -> Mapping[str, tuple[str, ...]]:
    """The conditions of the rubric that hold for each check, see ``GradedCheck.rules``."""
    if not verdicts:  # it was not judged
        return {}
    return {
        verdict.check: tuple(rule.when.text for rule, where in tried if where is not None)
        for verdict, tried in rules_tried(item.exercise, item.rubric, verdicts)
    }


def graded_exercise(
    report: ExerciseReport,
    broken: BrokenReference | None = None,
    rules: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType({}),
    traces: Mapping[tuple[str, str], CheckTrace] = MappingProxyType({}),
) -> GradedExercise:
    """What a report says of an exercise. ``broken``: what is wrong with its reference. ``rules`` and ``traces``: the
    conditions of the rubric that hold, and what decided, by the ids of exercise and check.
    """
    return GradedExercise(
        id=report.id,
        status=report.status,
        score=report.score,
        max_score=report.max_score,
        message=report.message,
        checks=tuple(
            _graded_check(check, rules.get((report.id, check.id), ()), traces.get((report.id, check.id)))
            for check in report.checks
        ),
        broken="" if broken is None else broken.details,
        broken_line=None if broken is None else broken.line,
    )


def _graded_check(report: CheckReport, rules: tuple[str, ...], trace: CheckTrace | None) -> GradedCheck:
    return GradedCheck(
        id=report.id,
        status=report.status,
        message=report.message,
        hint=report.hint,
        mistake=report.mistake,
        withheld=report.withheld,
        remark=report.remark,
        expected=report.expected,
        actual=report.actual,
        rules=rules,
        nearest=_nearest(trace) if report.status == "passed" else None,
        missed=_missed(trace) if report.status == "failed" else None,
    )


def _candidates(trace: CheckTrace | None) -> Iterator[TracedCandidate]:
    if trace is not None:
        yield from trace.candidates
        for way in trace.ways:
            yield from way.candidates


def _nearest(trace: CheckTrace | None) -> Margin | None:
    lines = [one.nearest for one in _candidates(trace) if one.is_best or one.status == "passed"]
    shares = [Margin(line=line.text, share=line.share) for line in lines if line is not None and line.share is not None]
    return min(shares, key=lambda one: one.share, default=None)


def _missed(trace: CheckTrace | None) -> Margin | None:
    lines = [one.missed for one in _candidates(trace) if one.status in ("failed", "unmet")]
    shares = [Margin(line=line.text, share=line.share) for line in lines if line is not None and line.share is not None]
    return min(shares, key=lambda one: one.share, default=None)
