"""What is known of a submission before any points: its verdicts, and what tells whether it was attempted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from grader.model.observation import Isolation, Outcome, RunPlace
from grader.model.submission import Location, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one check says about one observation, before any points.

    ``share`` is how much of it held (inputs, or lines of ``expect``), 1.0 where it passed. ``scopes`` are the
    variables that a rubric's mistakes may look at: those of the best candidate, or, where there was none, those
    of every event of the kind, latest first.
    """

    check: str
    status: Literal["passed", "failed", "manual", "error"]
    message: str
    expected: str | None = None
    actual: str | None = None
    place: RunPlace | None = None
    position: int | None = None
    """Of the earliest event for which the check held: other checks may ask for what came after it."""
    share: float = 0.0
    found: bool = False
    candidates: int = 0
    evidence: bool = False
    scopes: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedLocation:
    """A place as a student finds it, with their own line there. ``cell`` is its position, from 0, for the order."""

    location: Location
    source: str | None
    cell: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSignals:
    """What tells an attempt at an exercise from none, apart from the verdicts; see ``attempt``.

    ``unclaimed`` and ``live`` have an entry for each verdict: its place is not in another exercise's cells; it was
    found in the exercise's own part, in code that was not handed out.
    """

    named: bool = False
    """Something names the exercise: a heading, a tag, a title, the file, or the caller."""
    acted: bool = False
    """Code did something in the part that names it."""
    worded: bool = False
    """Something of some length was written there."""
    unclaimed: tuple[bool, ...] = ()
    live: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedExercise:
    """One exercise, judged and not yet marked: its points and its report follow from this and from the rubric.

    ``spots`` has the place of each verdict. ``words`` is what a person who marks it has to read: what the student
    wrote about the exercise. ``failure`` says why it could not be judged, which is no fault of the submission's.
    """

    exercise: str
    verdicts: tuple[Verdict, ...] = ()
    locations: tuple[QuotedLocation | None, ...] = ()
    traces: AttemptSignals = field(default_factory=AttemptSignals)
    words: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunError:
    """An exception that the submission left uncaught, or a cell that does not parse."""

    location: Location | None
    type: str
    text: str
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """How the run ended, in one word and in a sentence; what went uncaught; what did nothing."""

    outcome: Outcome
    duration_s: float
    detail: str = ""
    errors: tuple[RunError, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSubmission:
    """A submission that was run and judged. With the rubrics it gives the Report; nothing has to run again for that.

    ``explicit``: its exercises were asked for by name. The cells of ``submission`` are not kept.
    """

    version: str
    seed: int
    explicit: bool
    submission: Submission
    isolation: Isolation
    run: RunSummary
    exercises: tuple[JudgedExercise, ...]
