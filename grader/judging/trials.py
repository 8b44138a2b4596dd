"""Examines candidates of a check: whether one meets ``given``, and how many lines of ``expect`` and ``holds``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from grader.judging.checks.base import Check
from grader.judging.checks.yaml_lines import REFERENCE
from grader.judging.coincidence import Room, agrees_with_itself, doubt_beside_reference, doubt_of, nearby
from grader.judging.comparison import NOT_SEEN, Comparison, compare, happened_in
from grader.judging.tracing.notes import CandidateNotes
from grader.language.closeness import Tolerance
from grader.language.expression import Expression, Nearby
from grader.model import Found, Hand, RunPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An event, moment or curve that a check may be about, with the variables of the check's expressions."""

    position: int
    place: RunPlace
    variables: Mapping[str, Any]
    noun: str = ""
    """The name in messages, if it has a name: "`a`", "`f`"."""
    tolerance: Tolerance | None = None
    """For comparisons with this candidate; None: by the dtypes involved."""
    thing: object = None
    """What the candidate is about, where several may be about one and the same: a curve with each x that is tried."""
    is_own: bool | None = None
    """Whether it has something of the student's own; None: where its place is in the student's own code."""
    hands: tuple[Hand, ...] = ()
    """What had a hand in it besides torch."""
    bound: tuple[Found, ...] = ()
    """The objects that it is about, for later checks; several where objects of equal values were seen."""
    shown_as: str = ""
    """What an instructor reads of it, where ``noun`` does not say which one it is."""
    called: Mapping[str, str] = field(default_factory=dict)
    """The student's names for roles, and for ``leaf``; without those that have no name."""
    reference: Mapping[str, Any] | None = None
    """The reference's variables, for lines that want ``reference``."""
    compared: Mapping[str, Comparison] = field(default_factory=dict)
    """The results of lines that the kind compared itself, by the text of what they observe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A candidate after its examination: how many lines of ``expect`` and ``holds`` it meets, and what failed first."""

    candidate: Candidate
    met: int
    lines: int
    comparison: Comparison | None = None
    """The result of the first line of ``expect`` that failed."""
    observed: Expression | None = None
    """The left side of that line."""
    broken: Expression | None = None
    """The first line of ``holds`` that failed."""
    by_chance: bool = False
    """That line holds for these numbers, but proves nothing."""
    named: int = 0
    """How many of the things in roles have the role's name: in `leaves: [w, b]`, whether the student's `w` is `w`."""
    error: float = 0.0
    is_derivative: bool = True
    """The gradient that is asked for tells how the function that is asked for changes; see ``agrees_with_itself``."""
    doubtful: bool = False
    """It meets ``given``, but at its numbers other functions do as well."""
    said: str = ""
    """What a kind that examines its candidates itself says of this one, in the place of what is said of one line."""

    @property
    def passed(self) -> bool:
        return self.met == self.lines


def examine_alone(
    check: Check, candidate: Candidate, room: Room, notes: CandidateNotes | None = None
) -> tuple[Trial | None, bool]:
    """The trial of a candidate; without one, whether it only meets ``given`` by a coincidence of numbers."""
    tolerance = tolerance_of(check, candidate)
    if any(hand.changed for hand in candidate.hands):
        # What autograd alone would have computed says nothing about what a hand has changed.
        variables = nearby(candidate.variables, is_derivative=False)
        fits_given = hold_for(check.given, variables, tolerance, notes)
        return (examine(check, candidate, variables=variables, notes=notes) if fits_given else None), False
    variables = nearby(candidate.variables, room=room)
    if hold_for(check.given, variables, tolerance, notes):
        return examine(check, candidate, variables=variables, notes=notes), False
    if not variables.met_a_coincidence or not hold_for(check.given, candidate.variables, tolerance, notes):
        return None, False
    # Where a part of the function is to be held constant, its gradient does not tell how its values change.
    is_derivative = agrees_with_itself(
        check.given, check.expect, candidate.variables, tolerance, room, candidate.reference
    )
    variables = nearby(candidate.variables, is_derivative=is_derivative, room=room)
    if not is_derivative and hold_for(check.given, variables, tolerance):
        return replace(examine(check, candidate, variables=variables, notes=notes), is_derivative=False), False
    # A value that fits beside a gradient that does not: a mistake in the right function, or another function.
    if not hold_for(check.given, nearby(candidate.variables, only_zeros=True, room=room), tolerance):
        return None, True
    trial = examine(check, candidate, variables=variables, notes=notes)
    return (None, True) if trial.passed else (replace(trial, doubtful=True), False)


def meets_given(check: Check, candidate: Candidate) -> bool:
    """Whether a candidate that is judged alone meets ``given``, and not by a coincidence of numbers."""
    trial, _ = examine_alone(check, candidate, Room())
    return trial is not None


def would_pass(check: Check, variables: Mapping[str, Any]) -> bool:
    """Whether a candidate with these variables, judged alone, would pass a check."""
    candidate = Candidate(position=0, place=RunPlace(cell=0, line=1, statement=0), variables=variables)
    trial, _ = examine_alone(check, candidate, Room())
    return trial is not None and trial.passed


def fits(check: Check, candidate: Candidate, notes: CandidateNotes | None = None) -> bool:
    """Whether every line of ``given`` holds for a candidate."""
    return hold_for(check.given, candidate.variables, tolerance_of(check, candidate), notes)


def all_hold(lines: Iterable[Expression], candidate: Candidate, tolerance: Tolerance | None) -> bool:
    """Whether every line holds for a candidate."""
    return hold_for(lines, candidate.variables, tolerance)


def hold_for(
    lines: Iterable[Expression],
    variables: Mapping[str, Any],
    tolerance: Tolerance | None,
    notes: CandidateNotes | None = None,
) -> bool:
    if notes is not None:
        return notes.meets(lines, variables, tolerance)
    return all(line.holds(variables, tolerance=tolerance) for line in lines)


def examine(
    check: Check,
    candidate: Candidate,
    reference: Mapping[str, Any] | None = None,
    compared: Mapping[str, Comparison] | None = None,
    variables: Nearby | None = None,
    notes: CandidateNotes | None = None,
) -> Trial:
    """Examine a candidate by every line of ``expect`` and ``holds``.

    Where a line wants ``reference``, its expression is also evaluated over the variables in ``reference``, else over
    those in ``candidate.reference``. ``compared`` is that of the candidate where it is not given. ``variables`` are
    those of a candidate that is judged alone, with their changes; else a coincidence of numbers at one of many inputs
    counts.
    """
    tolerance = tolerance_of(check, candidate)
    reference = reference or candidate.reference
    compared = candidate.compared if compared is None else compared
    values: Mapping[str, Any] = candidate.variables if variables is None else variables
    untouched = not any(hand.changed for hand in candidate.hands)
    met = 0
    error = 0.0
    first: Comparison | None = None
    observed: Expression | None = None
    broken: Expression | None = None
    for seen, wanted in check.expect:
        source, theirs = (seen, reference) if wanted.name == REFERENCE and reference else (wanted, candidate.variables)
        comparison = compared.get(seen.text) or compare(
            seen.evaluate(candidate.variables, tolerance=tolerance),
            source.evaluate(theirs, tolerance=tolerance),
            tolerance=tolerance,
            happened=happened_in(candidate.variables, accumulates=seen.reads("grad")) if untouched else NOT_SEEN,
        )
        if comparison.equal and variables is not None:
            if source is wanted:
                doubt = doubt_of(seen, wanted, comparison.values, variables, tolerance)
            else:
                doubt = doubt_beside_reference(seen, variables, nearby(theirs), tolerance)
            comparison = replace(comparison, equal=False, kind="chance", message=doubt) if doubt else comparison
        if notes is not None:
            notes.compared(seen, wanted, comparison)
        met += comparison.equal
        error += 1 - comparison.share
        if not comparison.equal and first is None:
            first, observed = comparison, seen
    for line in check.holds:
        holds = line.holds(values, tolerance=tolerance)
        if notes is not None:
            notes.asked("holds", line, candidate.variables, tolerance, held=holds)
        met += holds
        if not holds and broken is None:
            broken = line
    lines = len(check.expect) + len(check.holds)
    return Trial(
        candidate=candidate,
        met=met if lines else 1,
        lines=lines or 1,
        comparison=first,
        observed=observed,
        broken=broken,
        by_chance=broken is not None
        and variables is not None
        and variables.met_a_coincidence
        and broken.holds(candidate.variables, tolerance=tolerance),
        error=error,
    )


def difference_of(trial: Trial) -> tuple[str, object, object] | None:
    """As ``Verdict.difference``."""
    if trial.observed is None or trial.comparison is None or trial.comparison.kind in ("chance", "data"):
        return None
    return trial.observed.text + trial.comparison.item, *trial.comparison.values


def tolerance_of(check: Check, candidate: Candidate) -> Tolerance | None:
    """The check's own tolerance, else the candidate's; None: by the dtypes involved."""
    if check.tolerance is not None:
        return Tolerance(rtol=check.tolerance, atol=check.tolerance)
    return candidate.tolerance
