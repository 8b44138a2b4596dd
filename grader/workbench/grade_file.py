"""``GradeFile``: grades a file of a course, or a text in its place, by some of its exercises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from grader import submission as submissions
from grader.errors import SubmissionError
from grader.handin import load_alone
from grader.model import CheckReport, CheckStatus, ExerciseReport, ExerciseStatus, Submission
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


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedExercise:
    """What an exercise said of a file."""

    id: str
    status: ExerciseStatus
    score: float
    max_score: float
    message: str
    checks: tuple[GradedCheck, ...]

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
        report = bench.grade(submission, self.exercises, asked=self.asked, seed=self.seed, timeout_s=self.timeout_s)
        return GradedFile(exercises=tuple(map(_graded, report.exercises)), timed_out=report.run.outcome == "timeout")

    def depends_on(self, keys: ContentKeys) -> Iterator[object]:
        yield keys.of_settings(self.exercises, asked=self.asked, seed=self.seed, timeout_s=self.timeout_s)
        try:
            submission = self.submission()
        except SubmissionError as error:
            yield str(error)
        else:
            yield submission.sha256, submission.folder, submission.path
            yield from (part for file in submission.companions for part in (file.path, file.content))


def _graded(report: ExerciseReport) -> GradedExercise:
    return GradedExercise(
        id=report.id,
        status=report.status,
        score=report.score,
        max_score=report.max_score,
        message=report.message,
        checks=tuple(map(_graded_check, report.checks)),
    )


def _graded_check(report: CheckReport) -> GradedCheck:
    return GradedCheck(
        id=report.id,
        status=report.status,
        message=report.message,
        hint=report.hint,
        mistake=report.mistake,
        withheld=report.withheld,
    )
