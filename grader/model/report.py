"""What people and programs read about one submission. Its JSON form is docs/result.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from grader import __version__
from grader.model.judgement import RunSummary
from grader.model.observation import Isolation, Level, Outcome
from grader.model.submission import Format, Location, Submission

CheckStatus = Literal["passed", "failed", "skipped", "manual", "error"]
ExerciseStatus = Literal["graded", "not_attempted", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """One check of one exercise, with its points. ``score`` is None where a person still has to mark it."""

    id: str
    kind: str
    title: str
    status: CheckStatus
    score: float | None
    max_score: float
    message: str
    expected: str | None = None
    actual: str | None = None
    hint: str | None = None
    location: Location | None = None
    source: str | None = None
    """The student's line at ``location``."""
    candidates: int = 0
    """How many things in the submission could have been meant; the best of them is the one at ``location``."""
    mistake: str | None = None
    """The rubric's sentence for the named mistake that was made; None where it names none for this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseReport:
    """One exercise: its checks in the order of the YAML. ``message`` explains a status other than graded."""

    id: str
    title: str
    status: ExerciseStatus
    score: float
    max_score: float
    checks: tuple[CheckReport, ...]
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything about one submission, whose cells are not kept. ``passed`` follows from the checks alone."""

    version: str
    seed: int
    submission: Submission
    isolation: Isolation
    run: RunSummary
    score: float
    max_score: float
    complete: bool
    exercises: tuple[ExerciseReport, ...]
    passed: bool
    error: str | None = None
    """Why the submission could not be read, in words. Nothing of it was graded then, which is not a zero."""

    @classmethod
    def of_unreadable(cls, path: str, reason: str, *, seed: int) -> Self:
        """The report of a submission that could not be read, so that it does not vanish from a list of reports."""
        kind: Format = "ipynb" if path.endswith(".ipynb") else "py"
        return cls(
            version=__version__,
            seed=seed,
            submission=Submission(path=path, format=kind, sha256="", cells=()),
            isolation=Isolation(level=Level.NONE, mechanisms=(), missing=("Nothing was run.",)),
            run=RunSummary(outcome=Outcome.FAILED, duration_s=0.0, detail=reason),
            score=0.0,
            max_score=0.0,
            complete=False,
            exercises=(),
            passed=False,
            error=reason,
        )
