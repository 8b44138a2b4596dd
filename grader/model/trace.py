"""What decided about each candidate of a check, line by line: for the instructor who writes the check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from grader.model.judgement import QuotedLocation, RunSummary
from grader.model.report import ExerciseReport

CandidateStatus = Literal["passed", "failed", "unmet", "chance", "left_out", "withheld", "unrecorded"]
"""``unmet``: it does not meet ``given``. ``chance``: it meets ``given``, but only by a coincidence of numbers.
``left_out``: something else than a line keeps it from counting. ``withheld``: it passes, but for a person.
``unrecorded``: it may pass, since values were not recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedValue:
    """A part of a line, or a variable, with its value as text."""

    text: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedLine:
    """A line of a check at one candidate.

    ``part`` is the field that it stands in, such as ``given``; ``text`` the line as it is written. ``held`` is None
    where it could not be judged. ``values`` are those of its sides, ``said`` how they differ. ``share`` is the greatest
    difference of numbers that it compares, as a share of what the tolerance allows; None where it compares none.
    """

    part: str
    text: str
    held: bool | None
    values: tuple[TracedValue, ...] = ()
    said: str = ""
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedCandidate:
    """A candidate with what decided about it.

    ``what`` says what it is: "pass to `x`", "`f`". ``why`` is the reason where no line decided. ``values`` are what it
    was given, such as the arguments of a call. ``parts`` are the calls of a function, or the steps of a loop, of which
    ``unshown`` more are not among them. ``is_best``: the verdict is about it. ``nearest`` is the line that holds, of it
    and of all its parts, which comes nearest to what its tolerance allows; ``missed`` that which does not hold and is
    farthest from it, None where one of these compares no numbers.
    """

    what: str
    status: CandidateStatus
    location: QuotedLocation | None = None
    why: str = ""
    values: tuple[TracedValue, ...] = ()
    lines: tuple[TracedLine, ...] = ()
    parts: tuple[TracedCandidate, ...] = ()
    unshown: int = 0
    is_best: bool = False
    nearest: TracedLine | None = None
    missed: TracedLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTrace:
    """All candidates of a check with what decided, in the order of the run. ``ways`` are those of ``any-of``, which
    have the candidates then; ``best_way`` is the number of the way that the verdict is about.
    """

    check: str
    title: str
    kind: str
    status: Literal["passed", "failed", "manual", "error"]
    message: str
    location: QuotedLocation | None = None
    expected: str | None = None
    actual: str | None = None
    proves_attempt: bool = False
    """Whether it proves an attempt at the exercise, by its `evidence`."""
    candidates: tuple[TracedCandidate, ...] = ()
    unshown: int = 0
    """How many more candidates there were."""
    ways: tuple[CheckTrace, ...] = ()
    best_way: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedExercise:
    """What happened when a submission was graded by one exercise: its report, and what decided about each check."""

    path: str
    exercise: ExerciseReport
    run: RunSummary
    traces: tuple[CheckTrace, ...]
    """In the order of the exercise; of an exercise that could not be judged, none."""
    mistakes: Mapping[str, tuple[TracedLine, ...]]
    """The mistakes of the rubric for checks that failed, and the remarks for those that passed, by the ids of checks.
    Of the mistakes, the first one that held applies."""
