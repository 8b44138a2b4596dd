"""``GradeFile``: grades a file of a course, or a text in its place, by some of its exercises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from grader import submission as submissions
from grader.errors import SubmissionError
from grader.handin import load_alone
from grader.model import CheckReport, CheckStatus, ExerciseReport, ExerciseStatus, Submission
from grader.pipeline.broken_reference import BrokenReference
from grader.text import shorten
from grader.workbench.work import Work

if TYPE_CHECKING:
    from grader.workbench.bench import Bench
    from grader.workbench.content_keys import ContentKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedCheck:
    """What a check said of a file. ``hint`` and ``mistake``: see ``CheckReport``."""

    id: str
    status: CheckStatus
    message: str
    hint: str | None
    mistake: str | None
    withheld: bool
    expected: str | None = None
    actual: str | None = None

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
        report = grader.grade(submission)
        return GradedFile(
            exercises=tuple(graded_exercise(one, broken.get(one.id)) for one in report.exercises),
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


def graded_exercise(report: ExerciseReport, broken: BrokenReference | None = None) -> GradedExercise:
    """What a report says of an exercise. ``broken``: what is wrong with its reference."""
    return GradedExercise(
        id=report.id,
        status=report.status,
        score=report.score,
        max_score=report.max_score,
        message=report.message,
        checks=tuple(map(_graded_check, report.checks)),
        broken="" if broken is None else broken.details,
        broken_line=None if broken is None else broken.line,
    )


def _graded_check(report: CheckReport) -> GradedCheck:
    return GradedCheck(
        id=report.id,
        status=report.status,
        message=report.message,
        hint=report.hint,
        mistake=report.mistake,
        withheld=report.withheld,
        expected=report.expected,
        actual=report.actual,
    )
