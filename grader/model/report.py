"""What people and programs read about one submission. Its JSON form is docs/result.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.model.judgement import RunSummary
from grader.model.observation import Isolation
from grader.model.submission import Location, Submission

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
