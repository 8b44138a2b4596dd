"""The result of one submission, for people and programs. docs/result.md describes its JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Self

from grader import __version__
from grader.model.assignment import Basis
from grader.model.evidence import Evidence
from grader.model.judgement import RunSummary
from grader.model.judging_course import JudgingCourse
from grader.model.observation import Isolation, Level, Outcome
from grader.model.submission import Format, Location, Submission
from grader.text_bounds import REASON, bounded

CheckStatus = Literal["passed", "failed", "skipped", "manual", "error"]
"""``skipped``: a prerequisite failed. ``manual``: a person has to mark it. ``error``: the check itself failed."""
ExerciseStatus = Literal["graded", "not_attempted", "error"]
"""``error``: the exercise could not be graded, because of an error of the grader or of the course."""
Visibility = Literal["public", "hidden", "after-due"]
"""Who sees a check: everybody; only staff; or everybody once the assignment is due."""
_FROM_PUBLIC_TO_HIDDEN: tuple[Visibility, ...] = ("public", "after-due", "hidden")
Audience = Literal["student", "staff"]
"""Whom a report is for. Students do not see what ``Visibility`` keeps from them."""


def is_at_least_as_visible(one: Visibility, other: Visibility) -> bool:
    """Whether everybody who sees a check of the visibility ``other`` sees those of ``one``, too."""
    return _FROM_PUBLIC_TO_HIDDEN.index(one) <= _FROM_PUBLIC_TO_HIDDEN.index(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """One check of one exercise, with its points."""

    id: str
    kind: str
    title: str
    status: CheckStatus
    score: float | None
    """Points; None until a person has marked it."""
    max_score: float
    message: str
    """The result, as a sentence for the student."""
    expected: str | None = None
    """The value that was required, as text. Given for failed checks only."""
    actual: str | None = None
    """The value that was observed, as text. Given for failed checks only."""
    hint: str | None = None
    """What to try: the hint of the known mistake, else that of the check. Given for failed checks only."""
    location: Location | None = None
    """Where the best candidate is."""
    source: str | None = None
    """The student's line at ``location``."""
    candidates: int = 0
    """How many things in the submission the check could have been about; ``location`` is that of the best one."""
    mistake: str | None = None
    """What the rubric says about the known mistake that was made; None if no known mistake was recognized."""
    remark: str | None = None
    """What the rubric says although the check passed. Given for passed checks only."""
    chosen: Mapping[str, str] = field(default_factory=dict)
    """The option that was chosen for each question; empty for checks without choices."""
    withheld: bool = False
    """It would have passed, but a person has to look at it first: until then, the submission has not passed."""
    code: str = ""
    """The lines that a person has to look at, where it is withheld; else empty."""
    visibility: Visibility = "public"
    reveal: bool = True
    """False where students read neither ``message`` nor values; see ``report.audience``."""
    comment: str = ""
    """What the person wrote who marked it by hand; empty if nobody did."""
    evidence: Evidence | None = None
    """What can be drawn of it; None if nothing was recorded."""

    @property
    def is_right(self) -> bool:
        """Whether it passed. What a person marks counts as passed, but what was withheld only with full points."""
        if self.withheld:
            return self.score is not None and self.score >= self.max_score
        return self.status in ("passed", "manual")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the student wrote about an exercise in words."""

    text: str
    place: str
    """Where it begins: ``line 17``, ``text below cell 3 (`x = f(2)`)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseReport:
    """One exercise with its points."""

    id: str
    title: str
    status: ExerciseStatus
    score: float
    """Sum over the checks; a check that a person has to mark counts as 0 until then."""
    max_score: float
    checks: tuple[CheckReport, ...]
    """In the order of the exercise file; empty if ``status`` is ``error``."""
    message: str = ""
    """Why the status is not ``graded``, or what still has to be done; usually empty."""
    number: str = ""
    """The number that the assignment's sheet gives it; empty without an assignment, or if editions differ."""
    bonus: bool = False
    """Its points are added to the report's score and not to its maximum."""
    broken_reference: bool = False
    """The status is ``error`` because the course's reference solution fails. The exercise counts in no total."""
    words: Words | None = None
    """What was written about it, for a person to read; None if nothing was, or if every check passed."""
    named: bool = False
    """Something in the submission names the exercise. Only told where its reference is broken."""
    max_scores: Mapping[Visibility, float] = field(default_factory=dict)
    """What can be won by its checks of each visibility that it has, also where ``checks`` is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything about one submission."""

    version: str
    """The grader's version."""
    seed: int
    submission: Submission
    """Without cells, prose and companion files."""
    isolation: Isolation
    run: RunSummary
    score: float
    """Sum over the exercises that count: those of the assignment, or those that the user named, or else those that
    were attempted.
    """
    max_score: float
    """Sum over the exercises that count and are no bonus."""
    complete: bool
    """False while a check waits for a person, if something could not be graded, or if the run ran out of time while
    other programs kept it waiting: the score is provisional.
    """
    exercises: tuple[ExerciseReport, ...]
    """With an assignment in its order; else attempted exercises in the order of the submission, then the others in the
    order of the course.
    """
    passed: bool
    """Every exercise that counts and is no bonus was graded, and each of its checks passed or waits for a person, but
    is not withheld.
    """
    basis: Basis = "found"
    """What ``score`` and ``max_score`` are of."""
    assignment: str = ""
    """The id of the assignment; empty without one."""
    assignment_title: str = ""
    course: JudgingCourse | None = None
    """The course that judged; None if nothing was judged, or by a program that does not say it."""
    due: datetime | None = None
    """When the assignment is due, with its zone; None if it is not due, or without an assignment."""
    audience: Audience = "staff"
    """Whom it is for. For a student, it has only what a student may see."""
    more_points: bool = False
    """Further points are decided by checks that it does not show: it is for a student, or was made with a pack."""
    error: str | None = None
    """Why the submission could not be read. Nothing was graded then, which is not the same as a score of 0."""

    @classmethod
    def of_unreadable(cls, path: str, reason: str, *, seed: int) -> Self:
        """The report of a submission that could not be read, so that it does not vanish from a list of reports."""
        reason = bounded(reason, REASON)
        kind: Format = "ipynb" if path.endswith(".ipynb") else "py"
        return cls(
            version=__version__,
            seed=seed,
            submission=Submission(path=path, format=kind, sha256="", cells=()),
            isolation=Isolation(level=Level.NONE, mechanisms=(), missing=("Nothing was run.",)),
            run=RunSummary(outcome=Outcome.NOT_RUN, duration_s=0.0, detail=reason),
            score=0.0,
            max_score=0.0,
            complete=False,
            exercises=(),
            passed=False,
            error=reason,
        )
