"""A submission after judging and before marking: verdicts without points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic_core import core_schema

from grader.model.evidence import Evidence
from grader.model.observation import Isolation, Outcome
from grader.model.run_places import RunPlace
from grader.model.submission import Location, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Objects that a check found together, for checks that follow them.

    ``objects`` has their tokens by declared name or role, ``position`` the index in ``Observation.events`` of the event
    at which they were found. Of a function, ``place`` is where it was defined, ``branches`` in how many ways its code
    ran.
    """

    position: int
    objects: Mapping[str, int] = field(default_factory=dict)
    place: RunPlace | None = None
    branches: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one check of an exercise found in one observation.

    A candidate is anything in the run that the check could be about: a backward pass, a figure, a function. The verdict
    is about the best candidate.
    """

    check: str
    """The check's id."""
    status: Literal["passed", "failed", "manual", "error"]
    """``manual``: a person has to mark it. ``error``: the check itself failed, which is never the student's fault."""
    message: str
    """The result, as a sentence for the student."""
    expected: str | None = None
    """The value that was required, as text."""
    actual: str | None = None
    """The value that was observed, as text."""
    place: RunPlace | None = None
    """Where the best candidate is; None if there was no candidate."""
    position: int | None = None
    """Index in ``Observation.events`` of the earliest event for which the check held. A check with ``after`` looks only
    at later events.
    """
    chosen: Mapping[str, str] = field(default_factory=dict)
    """The option that was chosen for each question; empty for checks without choices."""
    share: float = 0.0
    """How much of the check held, from 0.0 to 1.0: the share of its inputs, or of its ``expect`` lines."""
    found: bool = False
    """Whether there was a candidate."""
    candidates: int = 0
    """How many candidates there were."""
    evidence: bool = False
    """Whether the verdict shows that the exercise was attempted; see the check's ``evidence`` field."""
    variables: tuple[Mapping[str, Any], ...] = ()
    """Variables (name to value) on which the rubric's ``mistakes`` are evaluated: those of the best candidate, or, if
    there was no candidate, those of every event of the check's kind, latest first.
    """
    bound: tuple[Found, ...] = ()
    """What the candidates that passed have found. Only used while judging; a gradebook does not store it."""
    best_position: int | None = None
    """Index in ``Observation.events`` of the best candidate's event, whether it passed or not; None if there is none.
    Only used while judging."""
    difference: tuple[str, object, object] | None = None
    """The first line of ``expect`` that failed for the best candidate: the text of its left side, the actual and the
    expected value. Only used while judging."""
    way: int = 0
    """The number of the way that the verdict is about, for a check with ``any-of``. Only used while judging."""
    places: tuple[RunPlace | None, ...] = ()
    """Where each set of ``variables`` is from, if there was no candidate; empty where that is not known."""
    withheld: bool = False
    """It would pass, but something besides torch had a hand in it, or no rule can decide it, so it is ``manual``. It
    counts as not passed until a person has marked it.
    """
    interfered: bool = False
    """It failed, and something besides torch changed the gradients that it asks for: no known mistake explains it."""
    withheld_at: RunPlace | None = None
    """The line that a person has to look at, where it is withheld."""
    withheld_code: str = ""
    """That line with those around it, each with its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedLocation:
    """A location with the student's line at it."""

    location: Location
    source: str | None
    """The line as the student wrote it; None if it is not known."""
    cell: int
    """The index of the cell in ``Submission.cells``, from 0. It sorts locations also where cells have no numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSignals:
    """Signals, besides verdicts, that decide whether the exercise was attempted; see ``grader.marking.attempt``.

    The exercise's section is the cells and prose that are about it; see ``grader.judging.sections``.
    """

    named: bool = False
    """A heading, a tag, a title, the file's name or the caller names the exercise."""
    acted: bool = False
    """Code in the exercise's section did something, and is not the handout's."""
    aside: bool = False
    """That code uses nothing of torch, or only prints."""
    worded: bool = False
    """Prose in the exercise's section is long enough to be an answer."""
    remarked: bool = False
    """Code in the exercise's section was commented out, with a remark beside it."""
    unclaimed: tuple[bool, ...] = ()
    """For each verdict: its place is not in the section of another exercise."""
    live: tuple[bool, ...] = ()
    """For each verdict: its place is in the section of this exercise, in code that is not the handout's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunError:
    """An uncaught exception, or a statement that could not run because it is broken."""

    location: Location | None
    type: str
    """The exception's class name."""
    text: str
    """The exception's message."""
    source: str | None = None
    """The student's line at ``location``."""
    cause: Location | None = None
    """Where the error is that this one follows from: its statement needs a name that the statement there, or one below
    it that did not run, should have bound. None if it follows from no other.
    """
    needs: tuple[str, ...] = ()
    """These names; empty without ``cause``."""
    provoked: bool = False
    """Whether a check that passed asks for this error at this place. Known once the exercises are marked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedExercise:
    """One exercise, judged. With its rubric, it gives the ExerciseReport."""

    exercise: str
    """The exercise's id."""
    verdicts: tuple[Verdict, ...] = ()
    """For each check, in the order of the exercise file."""
    locations: tuple[QuotedLocation | None, ...] = ()
    """For each verdict, its place in the submission; None if it has no place."""
    variable_locations: tuple[tuple[QuotedLocation | None, ...], ...] = ()
    """For each verdict without a candidate, where each set of its variables is from."""
    signals: AttemptSignals = field(default_factory=AttemptSignals)
    words: str = ""
    """What the student wrote about the exercise, for the person who marks it; empty if it passed without a person."""
    words_place: str = ""
    """Where that begins, in words: ``line 17``, ``text below cell 3 (`x = f(2)`)``."""
    errors: tuple[RunError, ...] = ()
    """What was raised or does not parse in the exercise's section, without what a passed check asks for."""
    failure: str = ""
    """Why the exercise could not be judged. This is an error of the grader, never the student's fault."""
    broken_reference: str = ""
    """Why the exercise was not judged: its reference solution fails, which is the course's mistake. In sentences, for
    the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnshownRun:
    """What staff alone read of the further run that is made for checks which students do not see."""

    notices: tuple[str, ...] = ()
    """These are among the notices of the run, too."""
    not_final: str = ""
    """The run's own ``not_final`` ends with it."""
    kept_waiting: float = 0.0
    """As that of ``RunSummary``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """How the run ended. Checks that students do not see may have had a further run: see ``unshown``."""

    outcome: Outcome
    duration_s: float
    """Wall-clock seconds."""
    detail: str = ""
    """The outcome as a sentence; empty if there is nothing to add."""
    errors: tuple[RunError, ...] = ()
    """Broken statements and uncaught exceptions, in the order of the file."""
    notices: tuple[str, ...] = ()
    """What had no effect or was not recorded, in words for the student."""
    kept_waiting: float = 0.0
    """It ran out of time, and for this share of it other programs of the machine kept it waiting; 0: that did not
    happen.
    """
    not_final: str = ""
    """Why it has to be graded again, in sentences; empty where the result is final."""
    unshown: UnshownRun | None = None
    """None where nothing is to be said of such a run, and in a report for a student who does not see all checks."""

    @property
    def most_kept_waiting(self) -> float:
        """The greater share of the two runs."""
        return max(self.kept_waiting, self.unshown.kept_waiting if self.unshown else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedEvidence:
    """What a report can draw of the checks, and the code that it quotes. It is kept in no record of a submission: the
    gradebook keeps the evidence of the report.
    """

    checks: Mapping[tuple[str, str], Evidence]
    """By the ids of exercise and check. Without lines: the rubric may show another line than the verdict."""
    cells: tuple[tuple[int, str], ...]
    """``Cell.first_line`` and ``Cell.source``, in the order of ``Submission.cells``."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[JudgedEvidence], handler: object) -> core_schema.CoreSchema:
        return core_schema.is_instance_schema(cls)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSubmission:
    """A submission that was run and judged. With the rubrics, it gives the Report, without another run."""

    version: str
    """The grader's version."""
    seed: int
    explicit: bool
    """Whether the user named the exercises; otherwise all exercises of the course are looked for."""
    submission: Submission
    """Without cells, prose and companion files."""
    isolation: Isolation
    run: RunSummary
    exercises: tuple[JudgedExercise, ...]
    """In the order of the course."""
    evidence: JudgedEvidence | None = None
    """None for a submission that was judged in an earlier batch."""
