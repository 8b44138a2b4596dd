"""What a check is given to judge with, and how it chooses among candidates. All of it is data; nothing runs here."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from grader.judging.backward_passes import Pass, find_passes
from grader.judging.checks.base import REFERENCE
from grader.judging.comparison import Comparison, compare
from grader.judging.watched_values import State, states
from grader.judging.written_answers import Passage, passages
from grader.language.closeness import Tolerance
from grader.language.expression import Role
from grader.model import (
    Array,
    Backward,
    Event,
    FunctionCall,
    Observation,
    Probes,
    RunPlace,
    Submission,
    TorchError,
    Verdict,
)

if TYPE_CHECKING:
    from grader.judging.checks.base import Check
    from grader.judging.sections import Scope
    from grader.language.expression import Expression
    from grader.submission.fingerprints import Handout

Sources = Mapping[tuple[int, int], str]
"""For figure number and curve number: ``autograd``, ``other`` or ``unknown``."""

Raising = tuple[int, Backward | TorchError]
"""A call of torch's that raised, with the position of its event."""

T = TypeVar("T")

MAX_CANDIDATES = 1_000
"""So many are looked at by one check. A training loop has more, and shows what it shows at its beginning and end."""
MAX_ELEMENTS = 16_000_000
"""Elements of all arrays of the candidates that are looked at: nine passes of the largest tensors that are recorded."""
MAX_SCOPES = 200
"""Candidates whose variables a rubric's mistakes get to see."""
MAX_SCOPE_ELEMENTS = 1_000_000
"""Elements of all their arrays."""


@dataclass(frozen=True, eq=False)
class Observed:
    """An observation, with all that is read off it once and asked for by many checks of many exercises."""

    observation: Observation
    _kept: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def events(self) -> tuple[Event, ...]:
        return self.observation.events

    @cached_property
    def passes(self) -> tuple[Pass, ...]:
        return find_passes(self.events)

    @cached_property
    def typical_passes(self) -> tuple[Pass, ...]:
        """As many of the passes as a check looks at (see ``typical``), without those that are stale."""
        fresh = [entry for entry in self.passes if not entry.event.stale]
        return tuple(typical_passes(fresh))

    @cached_property
    def raising(self) -> tuple[Raising, ...]:
        """Every call of torch's that raised."""
        return tuple(
            (position, event)
            for position, event in enumerate(self.events)
            if isinstance(event, TorchError) or (isinstance(event, Backward) and event.error and not event.stale)
        )

    @cached_property
    def states(self) -> tuple[State, ...]:
        return tuple(states(self.events))

    @cached_property
    def _state_positions(self) -> list[int]:
        return [state.position for state in self.states]

    @cached_property
    def function_calls(self) -> Mapping[str, Sequence[tuple[int, FunctionCall]]]:
        """The calls of the student's functions with their positions, by the probe that asked for them."""
        calls: dict[str, list[tuple[int, FunctionCall]]] = {}
        for position, event in enumerate(self.events):
            if isinstance(event, FunctionCall):
                calls.setdefault(event.probe, []).append((position, event))
        return calls

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` reads off this observation, made for the first who asks. ``key`` is the same for the same
        question only, whatever the exercise.
        """
        if key not in self._kept:
            self._kept[key] = make()
        kept: T = self._kept[key]
        return kept

    def names_at(self, position: int) -> Mapping[str, Any]:
        """The watched names as they were at an event."""
        count = bisect.bisect_right(self._state_positions, position)
        return self.states[count - 1].values if count else {}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A submission and what was observed of it, as one exercise looks at them.

    ``scope`` tells which of its parts are about the exercise, and which are as they were handed out.
    """

    observed: Observed
    submission: Submission
    scope: Scope
    handout: Handout

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        return tuple(passages(self.submission, self.scope, self.handout))


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything that one check may look at.

    ``probes`` are what the check asked to be recorded, ``earlier`` the verdicts of the checks above it.
    """

    exercise: str
    probes: Probes
    subject: Subject
    reference: Observed | None
    earlier: Mapping[str, Verdict]
    sources: Sources | None

    def position_of(self, check: str) -> int | None:
        """Of the event that an earlier check settled on; None where it did not hold."""
        verdict = self.earlier.get(check)
        return None if verdict is None else verdict.position


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One thing that a check may be about: an event, a moment, a curve, with the variables that expressions see."""

    position: int
    place: RunPlace
    scope: Mapping[str, Any]
    noun: str = ""
    """What to call it, where it has a name: "`a`", "`f`"."""
    tolerance: Tolerance | None = None
    """How close is close for this one; None: by the dtypes involved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How a candidate fared: the lines of ``expect`` and ``holds`` that it meets, and the first that it does not."""

    candidate: Candidate
    met: int
    lines: int
    comparison: Comparison | None = None
    """The first line of ``expect`` that failed."""
    observed: str = ""
    broken: str = ""
    """The first line of ``holds`` that failed."""
    error: float = 0.0

    @property
    def passed(self) -> bool:
        return self.met == self.lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A kind's phrases. ``thing`` and ``things`` are what it looks for; ``nothing`` is said where there was none."""

    thing: str
    things: str
    nothing: str
    passed: Callable[[Trial], str]
    broken: Callable[[Trial], str]


def decide(
    check: Check,
    context: Context,
    candidates: Sequence[Candidate],
    words: Words,
    others: Sequence[Candidate] = (),
) -> Verdict:
    """Choose the best candidate and say what it shows.

    Those that pass come first, then those in the exercise's own cells, those that meet more lines, those with the
    smaller error, the later ones. Where there is none, a rubric's mistakes get to see what else there was, ``others``
    included, latest first.
    """
    after = context.position_of(check.after) if check.after else None
    if check.after and after is None:
        eligible: Sequence[Candidate] = []
    else:
        eligible = [candidate for candidate in candidates if after is None or candidate.position > after]
    # However many there are: they are told apart by where they are, and by how much there is to compute with.
    eligible = typical(eligible, lambda candidate: candidate.place, lambda candidate: size_of(candidate.scope.values()))
    found = [candidate for candidate in eligible if meets(check, candidate)]
    if not found:
        rest = sorted([*eligible, *others], key=lambda candidate: -candidate.position)
        scopes = bounded(candidate.scope for candidate in rest)
        return Verdict(check=check.id, status="failed", message=_nothing(words, eligible), scopes=scopes)
    trials = [examine(check, candidate) for candidate in found]
    best = max(trials, key=lambda t: (t.passed, not context.subject.scope.is_given(t.candidate.place),
                                      t.candidate.place in context.subject.scope, t.met, -t.error,
                                      t.candidate.position))  # fmt: skip
    return Verdict(
        check=check.id,
        status="passed" if best.passed else "failed",
        message=words.passed(best) if best.passed else _failure(best, words),
        expected=None if best.comparison is None else best.comparison.expected,
        actual=None if best.comparison is None else best.comparison.actual,
        place=best.candidate.place,
        position=min((trial.candidate.position for trial in trials if trial.passed), default=None),
        share=best.met / best.lines,
        found=True,
        candidates=len(found),
        evidence=evidence(check, context, best.candidate.place, passed=best.passed),
        scopes=(best.candidate.scope,),
    )


def typical(
    items: Sequence[T], place: Callable[[T], RunPlace], weight: Callable[[T], int] = lambda item: 0
) -> Sequence[T]:
    """All items, or, where there are more than can be looked at, some from every statement: its first and last ones.

    ``weight`` counts the elements of an item's arrays. The order stays.
    """
    if len(items) <= MAX_CANDIDATES and sum(map(weight, items)) <= MAX_ELEMENTS:
        return items
    counts: Counter[object] = Counter()
    keys = []
    for item in items:
        where = place(item)
        key = where.cell, where.statement
        keys.append((key, counts[key]))
        counts[key] += 1
    # The outermost of every statement first: 0 and 1 for its first and last one, 2 and 3 for those next to them.
    ranks = [min(2 * number, 2 * (counts[key] - 1 - number) + 1) for key, number in keys]
    chosen: list[int] = []
    room = MAX_ELEMENTS
    # Of as many statements as that, the outermost as well.
    order = sorted(range(len(items)), key=lambda index: (ranks[index], min(index, len(items) - 1 - index)))
    for index in order:
        needed = weight(items[index])
        if needed <= room:
            chosen.append(index)
            room -= needed
            if len(chosen) == MAX_CANDIDATES:
                break
    return [items[index] for index in sorted(chosen)]


def size_of(values: Iterable[object]) -> int:
    """How many elements the arrays among some variables have, all together."""
    count = 0
    for value in values:
        if isinstance(value, Array):
            count += 0 if value.data is None else value.data.size
        elif isinstance(value, Role):
            count += size_of((value.value, value.gradient, value.grad))
    return count


def bounded(scopes: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """As many of the scopes, the first ones, as a rubric's mistakes are held against."""
    kept: list[Mapping[str, Any]] = []
    room = MAX_SCOPE_ELEMENTS
    for scope in islice(scopes, MAX_SCOPES):
        room -= size_of(scope.values())
        if room < 0 and kept:
            break
        kept.append(scope)
    return tuple(kept)


def typical_passes(passes: Sequence[Pass]) -> Sequence[Pass]:
    """As many of the passes as a check looks at."""
    return typical(passes, lambda entry: entry.event.place, _weight_of)


def _weight_of(entry: Pass) -> int:
    event = entry.event
    arrays = (entry.leaf, entry.gradient, entry.grad, entry.grad_before, event.root, event.output, entry.weights)
    return size_of(arrays)


def meets(check: Check, candidate: Candidate) -> bool:
    """Whether a candidate is one: every line of ``given`` holds for it."""
    return all_hold(check.given, candidate, tolerance_of(check, candidate))


def all_hold(lines: Iterable[Expression], candidate: Candidate, tolerance: Tolerance | None) -> bool:
    """Whether every line holds for a candidate, where so close is equal."""
    return all(line.holds(candidate.scope, tolerance=tolerance) for line in lines)


def examine(
    check: Check,
    candidate: Candidate,
    reference: Mapping[str, Any] | None = None,
    compared: Mapping[str, Comparison] | None = None,
) -> Trial:
    """Hold a candidate against every line of ``expect`` and ``holds``.

    Where a line wants ``reference``, it is compared with the same expression over the reference's variables.
    ``compared`` are the lines that the kind compares in a way of its own, by what they observe.
    """
    tolerance = tolerance_of(check, candidate)
    met, first, observed, broken = 0, None, "", ""
    error = 0.0
    for seen, wanted in check.expect:
        source, theirs = (seen, reference) if wanted.text == REFERENCE and reference else (wanted, candidate.scope)
        comparison = (compared or {}).get(seen.text) or compare(
            seen.evaluate(candidate.scope, tolerance=tolerance),
            source.evaluate(theirs, tolerance=tolerance),
            tolerance=tolerance,
            accumulates=seen.text == "grad" or seen.text.endswith(".grad"),
        )
        met += comparison.equal
        error += 1 - comparison.share
        if not comparison.equal and first is None:
            first, observed = comparison, seen.text
    for line in check.holds:
        holds = line.holds(candidate.scope, tolerance=tolerance)
        met += holds
        if not holds and not broken:
            broken = line.text
    lines = len(check.expect) + len(check.holds)
    return Trial(
        candidate=candidate,
        met=met if lines else 1,
        lines=lines or 1,
        comparison=first,
        observed=observed,
        broken=broken,
        error=error,
    )


def tolerance_of(check: Check, candidate: Candidate) -> Tolerance | None:
    """The check's own tolerance, else the candidate's; None: by the dtypes involved."""
    if check.tolerance is not None:
        return Tolerance(rtol=check.tolerance, atol=check.tolerance)
    return candidate.tolerance


def evidence(check: Check, context: Context, place: RunPlace, *, passed: bool) -> bool:
    """Whether what was found at a place proves that the exercise was attempted. A cell as handed out proves nothing."""
    return {"passed": passed, "seen": True, "never": False}[check.evidence] and not context.subject.scope.is_given(
        place
    )


def _nothing(words: Words, eligible: Iterable[Candidate]) -> str:
    count = len(list(eligible))
    if count == 0:
        return words.nothing
    if count == 1:
        return f"{words.nothing} One {words.thing} was seen, but it is not what is asked for here."
    return f"{words.nothing} {count} {words.things} were seen, but none is what is asked for here."


def _failure(best: Trial, words: Words) -> str:
    if best.comparison is None:
        return words.broken(best)
    of_what = f" of {best.candidate.noun}" if best.candidate.noun else ""
    if best.observed.isidentifier():
        return f"The {best.observed}{of_what} {best.comparison.message}"
    return f"`{best.observed}`{of_what} {best.comparison.message}"
