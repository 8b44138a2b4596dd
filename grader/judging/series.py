"""Judges a series of moments, such as the steps of a training loop: what has to hold at each of them, at none, and at
the end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from grader.judging.checks.yaml_lines import REFERENCE, Expectation
from grader.judging.comparison import Comparison, compare
from grader.judging.tracing.series_notes import Key, SeriesNotes
from grader.judging.trials import Candidate, Trial
from grader.language.closeness import Tolerance
from grader.language.expression import Expression, Role, Undefined
from grader.language.values import Unrecorded, numbers, show
from grader.model import Array, RunPlace
from grader.text import as_sentence

NOT_THERE = Undefined("there is none here")
"""The value of a variable at a moment that does not have it: lines that read it are not about this moment."""
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment of a series with its variables. ``number`` counts from 0; moments of one number belong together, as the
    leaves of one step do. ``noun`` is what it is about: "`w`".
    """

    number: int
    position: int
    place: RunPlace
    variables: Mapping[str, Any]
    noun: str = ""
    called: Mapping[str, str] = field(default_factory=dict)
    """What roles are called in the submission, where they have a name there."""
    part: int = 0
    """Which leaf it is about, of several that have moments of the same number."""
    reference: Mapping[str, Any] | None = None
    """The variables of the same moment of the reference, where something is compared with it."""
    no_reference: str = ""
    """Why there is none, in words for the student."""
    missing: frozenset[str] = frozenset()
    """Attributes that no role has at this moment, since they were not recorded."""

    def has(self, line: Expression) -> bool:
        """Whether there is everything at this moment that a line reads."""
        if any(self.variables.get(name) is NOT_THERE for name in line.names):
            return False
        for path, attribute in line.attributes:
            role = self.variables.get(path)
            if isinstance(role, Role) and (attribute in self.missing or role.parts.get(attribute) is NOT_THERE):
                return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a series: ``expect`` and ``every`` at each moment, ``first`` at the first, ``never`` at none,
    ``holds`` at the last.
    """

    expect: tuple[Expectation, ...] = ()
    first: tuple[Expression, ...] = ()
    every: tuple[Expression, ...] = ()
    never: tuple[Expression, ...] = ()
    holds: tuple[Expression, ...] = ()

    @property
    def lines(self) -> int:
        """The number of lines."""
        return len(self.expect) + len(self.first) + len(self.every) + len(self.never) + len(self.holds)

    def without_end(self) -> Asked:
        """Only the lines about each moment."""
        return replace(self, holds=())

    def reading(self, name: str) -> Asked:
        """Only the lines about each moment that read a variable, or an attribute of this name."""

        def keeps(*lines: Expression) -> bool:
            return any(line.reads(name) for line in lines)

        return Asked(
            expect=tuple(pair for pair in self.expect if keeps(*pair)),
            every=tuple(line for line in self.every if keeps(line)),
            never=tuple(line for line in self.never if keeps(line)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is wrong first in a series. ``line``: that of ``every``, ``never`` or ``holds``."""

    moment: Moment
    message: str
    comparison: Comparison | None = None
    observed: Expression | None = None
    line: Expression | None = None
    at_end: bool = False


@dataclass(slots=True)
class SeriesResult:
    """What came of a series. ``looked_at`` are the numbers of the moments that could be judged."""

    wrong: list[Wrong] = field(default_factory=list)
    looked_at: set[int] = field(default_factory=set)
    wrong_numbers: set[int] = field(default_factory=set)
    unrecorded: set[int] = field(default_factory=set)
    """The numbers of moments at which some line could not be judged."""
    apart: list[float] = field(default_factory=list)
    """How far what was compared is from what was wanted, from 0 to 1 each: it tells which way to assign leaves to roles
    was meant, where none is right.
    """
    met: int = 0
    judged: int = 0
    unknown: bool = False
    """Some line could be judged at no moment, since the values were not recorded."""
    unasked: Expression | None = None
    """A line of which no moment has what it reads."""

    def add(self, other: SeriesResult) -> None:
        """Add what came of moments of the same numbers, which lines without values of their own may leave out."""
        self.wrong = sorted([*self.wrong, *other.wrong], key=lambda wrong: (wrong.at_end, wrong.moment.number))
        self.looked_at |= other.looked_at
        self.wrong_numbers |= other.wrong_numbers
        self.unrecorded |= other.unrecorded
        self.apart += other.apart
        self.met += other.met
        self.judged += other.judged

    @property
    def right(self) -> int:
        """How many moments are right."""
        return len(self.looked_at) - len(self.wrong_numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSeries:
    """A series that was judged, as a candidate. ``trial`` is None where no moment meets ``given``."""

    candidate: Candidate
    trial: Trial | None
    may_pass: bool
    result: SeriesResult
    doubt: str = ""
    """Why a person has to look though nothing is wrong; empty: nobody has to."""
    count: int
    """How many moments there were."""
    recorded: int
    """How many of them were recorded."""

    def passed(self, thing: str, things: str) -> str:
        """What is said where it passes."""
        looked_at = len(self.result.looked_at)
        if looked_at == 1:
            return f"The {thing} is right."
        if not looked_at:
            return f"The {self.count:,} {things} are as they should be."
        of = f" that were recorded, of {self.count:,}," if self.recorded < self.count else ""
        return f"All {looked_at:,} {things}{of} are right."


class JudgedSeriesExaminer:
    """The series by their candidates, as an ``Examiner``."""

    def __init__(self, judged: Iterable[JudgedSeries]) -> None:
        self._by_id = {id(one.candidate): one for one in judged}

    def of(self, candidate: Candidate) -> JudgedSeries:
        return self._by_id[id(candidate)]

    def examine(self, candidate: Candidate) -> Trial | None:
        return self.of(candidate).trial

    def may_pass(self, candidate: Candidate) -> bool:
        return self.of(candidate).may_pass


Explain = Callable[[Moment, Expression, Expression, Comparison], str | None]
"""Says of a comparison that failed in which way it did, where a kind knows more than the comparison."""


def judge_series(
    moments: Sequence[Moment],
    asked: Asked,
    tolerance: Tolerance | None,
    explain: Explain | None = None,
    notes: SeriesNotes | None = None,
) -> SeriesResult:
    """Judge every line of what is asked at every moment that has what it reads."""
    result = SeriesResult()
    seen_lines: set[object] = set()
    judged_lines: set[object] = set()
    at_end = None
    begins = min((moment.number for moment in moments), default=0)
    for moment in moments:
        noted = None if notes is None else notes.begin(moment)
        for key, line, verdict in _verdicts(moment, asked, tolerance, explain, is_first=moment.number == begins):
            if not moment.has(line):
                continue
            if notes is not None and noted is not None:
                lines = asked.expect[key[1]] if key[0] == "expect" else (line,)
                wrong = verdict if isinstance(verdict, Wrong) else None
                held = None if verdict is None else wrong is None
                compared = None if wrong is None else wrong.comparison
                said = "" if wrong is None or compared is not None else wrong.message
                notes.line(noted, key, lines, tolerance, held=held, comparison=compared, said=said)
            seen_lines.add(key)
            if verdict is None:
                result.unrecorded.add(moment.number)
                continue
            judged_lines.add(key)
            result.looked_at.add(moment.number)
            result.judged += 1
            if isinstance(verdict, Wrong):
                result.apart.append(1.0 if verdict.comparison is None else _distance(verdict.comparison))
                result.wrong.append(verdict)
                result.wrong_numbers.add(moment.number)
            else:
                result.met += 1
    last = max((moment.number for moment in moments), default=0)
    for index, line in enumerate(asked.holds):
        for moment in moments:
            if moment.number == last and moment.has(line):
                held = _judge_end(moment, ("holds", index), line, tolerance, result, seen_lines, judged_lines)
                if notes is not None:
                    at_end = at_end or notes.begin(moment)
                    at_end.what = "at the end"
                    notes.line(at_end, ("holds", index), (line,), tolerance, held=held)
    keys = [*((key, line) for key, line in _keys(asked))]
    result.unknown = any(key in seen_lines and key not in judged_lines for key, _ in keys)
    result.unasked = next((line for key, line in keys if key not in seen_lines), None)
    return result


def _judge_end(
    moment: Moment,
    key: object,
    line: Expression,
    tolerance: Tolerance | None,
    result: SeriesResult,
    seen_lines: set[object],
    judged_lines: set[object],
) -> bool | None:
    """Judge a line about the end. Returns whether it holds; None: values are missing."""
    seen_lines.add(key)
    if line.is_unrecorded(moment.variables, tolerance=tolerance):
        return None
    judged_lines.add(key)
    result.judged += 1
    if line.holds(moment.variables, tolerance=tolerance):
        result.met += 1
        return True
    message = f"`{line.text}` does not hold{_instead(line, moment)}"
    result.wrong.append(Wrong(moment=moment, message=message, line=line, at_end=True))
    return False


def _keys(asked: Asked) -> Iterator[tuple[object, Expression]]:
    yield from ((("expect", index), observed) for index, (observed, _) in enumerate(asked.expect))
    for what, lines in (("first", asked.first), ("every", asked.every), ("never", asked.never), ("holds", asked.holds)):
        yield from (((what, index), line) for index, line in enumerate(lines))


def _verdicts(
    moment: Moment, asked: Asked, tolerance: Tolerance | None, explain: Explain | None, *, is_first: bool
) -> Iterator[tuple[Key, Expression, bool | Wrong | None]]:
    """The verdict on each line but those about the end: True, what is wrong, or None where values are missing."""
    variables = moment.variables
    for index, (observed, wanted) in enumerate(asked.expect):
        key: Key = ("expect", index)
        of_what = f" of {moment.noun}" if moment.noun else ""
        if not moment.has(wanted):
            yield key, wanted, None
            continue
        if wanted.name == REFERENCE and moment.no_reference:
            message = f"`{observed.text}`{of_what} cannot be compared: {moment.no_reference}"
            yield key, observed, Wrong(moment=moment, message=message, line=observed)
            continue
        ours = observed.evaluate(variables, tolerance=tolerance)
        if wanted.name == REFERENCE and moment.reference is not None:
            theirs = _in_shape_of(ours, observed.evaluate(moment.reference, tolerance=tolerance))
        else:
            theirs = wanted.evaluate(variables, tolerance=tolerance)
        if isinstance(numbers(ours), Unrecorded) or isinstance(numbers(theirs), Unrecorded):
            yield key, observed, None
            continue
        comparison = compare(ours, theirs, tolerance=tolerance)
        if comparison.equal:
            yield key, observed, True
            continue
        said = None if explain is None else explain(moment, observed, wanted, comparison)
        message = said or f"`{observed.text}`{of_what} {comparison.message}"
        yield (
            key,
            observed,
            Wrong(moment=moment, message=message, comparison=comparison, observed=observed),
        )
    of_first = asked.first if is_first else ()
    lines_of = (("first", of_first, True), ("every", asked.every, True), ("never", asked.never, False))
    for what, lines, wanted_truth in lines_of:
        for index, line in enumerate(lines):
            if line.is_unrecorded(variables, tolerance=tolerance):
                yield (what, index), line, None
            elif line.holds(variables, tolerance=tolerance) is wanted_truth:
                yield (what, index), line, True
            else:
                is_wrong = "does not hold there" if wanted_truth else "holds there, and should not"
                message = f"`{line.text}` {is_wrong}{_instead(line, moment)}"
                yield (what, index), line, Wrong(moment=moment, message=message, line=line)


def _in_shape_of(ours: object, theirs: object) -> object:
    """A value of the reference in the shape of the submission's, where they differ by dimensions of one element."""
    if (
        not isinstance(ours, Array)
        or not isinstance(theirs, Array)
        or theirs.data is None
        or ours.shape == theirs.shape
    ):
        return theirs
    if without_ones(ours.shape) != without_ones(theirs.shape):
        return theirs
    return replace(theirs, shape=ours.shape, data=theirs.data.reshape(ours.shape))


def without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape without its dimensions of one element: a weight of a ``Linear`` is a row where others have a vector."""
    return tuple(size for size in shape if size != 1)


def _instead(line: Expression, moment: Moment) -> str:
    """The value of the variable that a line compares with a constant: ": `passes` is 3"."""
    if line.equation is None or line.equation[0] not in moment.variables:
        return ""
    value = moment.variables[line.equation[0]]
    return "" if isinstance(value, Role | Undefined) else f": `{line.equation[0]}` is {show(value)}"


@np.errstate(all="ignore")
def _distance(comparison: Comparison) -> float:
    """How far two values are from each other, from 0 to 1."""
    ours, theirs = (numbers(value) for value in comparison.values)
    if isinstance(ours, Undefined) or isinstance(theirs, Undefined):
        return 1.0
    try:
        apart = float(np.linalg.norm(np.asarray(ours[0] - theirs[0]).ravel()))
    except ValueError:  # shapes that do not fit each other
        return 1.0
    whole = float(np.linalg.norm(ours[0].ravel()) + np.linalg.norm(theirs[0].ravel()))
    distance = apart / whole if whole else 1.0
    return min(1.0, distance) if math.isfinite(distance) else 1.0


def trial_of(candidate: Candidate, result: SeriesResult, asked: Asked, said: str, *, named: int = 0) -> Trial:
    """The result as the trial of a candidate. ``said``: why it did not pass; empty: it passed."""
    first = result.wrong[0] if result.wrong else None
    lines = max(1, result.judged, asked.lines)
    return Trial(
        candidate=candidate,
        met=min(result.met, lines - 1) if said else lines,
        lines=lines,
        comparison=None if first is None else first.comparison,
        observed=None if first is None else first.observed,
        broken=None if first is None else first.line,
        named=named,
        error=sum(result.apart) / max(1, result.judged),
        said=as_sentence(said) if said else "",
    )


def ordinal(number: int, thing: str) -> str:
    """ "the third step" of the number 2, "step 57" of the number 56."""
    return f"the {_ORDINALS[number]} {thing}" if number < len(_ORDINALS) else f"{thing} {number + 1:,}"
