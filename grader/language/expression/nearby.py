"""Variables at slightly different values of a leaf, to tell an equality of formulas from a coincidence of numbers.

At ``x = 2`` the numbers ``2 * x`` and ``x ** 2`` are equal, and at 0 almost everything is. Two sides of an equation
that are really the same function of ``x`` also change alike when ``x`` changes. An expression over ``Nearby`` variables
demands this where numbers alone prove nothing: where the leaf's elements are all alike, and where both sides are zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

import numpy as np

from grader.language.closeness import Tolerance, tolerance_for
from grader.language.values import Numbers, Undefined, floats, numbers

CHANGE_TOLERANCE = 1e-3
"""Relative to the greatest rate of change. Recorded rates have the precision of float32, differences about 1e-8."""
COARSEST_CHANGE = 0.2
"""Relative, for dtypes of few digits and for checks with a generous tolerance of their own."""

Values = Mapping[str, object]
Evaluate = Callable[[Values, "Tolerance | None"], object]


class Change(Enum):
    """How two sides of an equation change with a leaf."""

    ALIKE = auto()
    APART = auto()
    NONE = auto()
    """Neither changes."""
    UNKNOWN = auto()
    """It is not known how an observed value changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """The variables while all elements of a leaf are smaller, and larger, by ``step``.

    A variable of which it is not known how it changes is Undefined there. ``alike``: the elements of the leaf are all
    alike, or only 0, 1 and -1, so that equal numbers prove nothing. ``whole``: they are whole numbers, at which
    formulas meet by accident.
    """

    leaf: str
    alike: bool
    whole: bool
    below: Values
    above: Values
    step: float
    further: Further | None = None
    """None where it is not known how the rates of change themselves change."""
    outliers: float = 0.0
    """The share of elements that may change otherwise."""
    others_stay: Direction | None = None
    """The direction in which other recorded values, such as data, are taken for constant. Whether they are is not
    known, so it may confirm that two sides change alike, and never refute it.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """The variables in a direction to the second order. Rates that the record does not have are Undefined."""

    below: Values
    here: Values
    above: Values
    step: float


class MakeDirections(Protocol):
    def __call__(self, *, alike_only: bool) -> Sequence[Direction]: ...


class Nearby(Mapping[str, object]):
    """Variables with their directions, which are made when a comparison first needs them.

    ``zeros_count``: that both sides are zero counts as equality, as in a function's results for one of many inputs.
    """

    def __init__(self, variables: Values, directions: MakeDirections, *, zeros_count: bool = False) -> None:
        self._variables = variables
        self._make = directions
        self._made: dict[bool, Sequence[Direction]] = {}
        self._zeros_count = zeros_count
        self.met_a_coincidence = False
        """Whether an equation of values did not hold because it was one."""
        self.confirmed: set[str] = set()
        """Leaves with which both sides of an equation were seen to change alike, where their value is no whole number:
        no formulas meet there by accident, in value and slope.
        """

    def __getitem__(self, name: str) -> object:
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)

    def directions(self, *, alike_only: bool) -> Sequence[Direction]:
        if alike_only not in self._made:
            self._made[alike_only] = self._make(alike_only=alike_only)
        return self._made[alike_only]

    def is_zero(self, left: object, right: object, tolerance: Tolerance | None) -> bool:
        """Whether two equal values are zero everywhere, as far as numbers of their dtype can tell."""
        if self._zeros_count:
            return False
        ours, theirs = numbers(left), numbers(right)
        if isinstance(ours, Undefined) or isinstance(theirs, Undefined):
            return False
        within = tolerance or tolerance_for((ours[1], theirs[1]))
        if not within.atol:  # whole numbers: counts, sizes
            return False
        return all(bool((np.abs(floats(side)) <= within.atol).all()) for side, _ in (ours, theirs))

    def is_coincidence(self, left: Evaluate, right: Evaluate, tolerance: Tolerance | None) -> bool:
        """Whether two formulas whose values are equal are only equal at these numbers."""
        zero = self.is_zero(left(self, tolerance), right(self, tolerance), tolerance)
        directions = self.directions(alike_only=not zero)
        changes = [compare_change(left, right, direction, tolerance) for direction in directions]
        found = Change.APART in changes or (zero and Change.ALIKE not in changes)
        if not found and not _is_whole(left(self, tolerance)):
            pairs = zip(directions, changes, strict=True)
            self.confirmed |= {direction.leaf for direction, change in pairs if change is Change.ALIKE}
        self.met_a_coincidence = self.met_a_coincidence or found
        return found


def _is_whole(value: object) -> bool:
    found = numbers(value)
    if isinstance(found, Undefined):
        return True
    data = floats(found[0])
    return bool((np.abs(data - np.round(data)) <= 1e-4 * np.maximum(1, np.abs(data))).any())


def compare_change(left: Evaluate, right: Evaluate, direction: Direction, tolerance: Tolerance | None) -> Change:
    """How two formulas change in a direction, by central differences."""
    change = _compare_change(left, right, direction, tolerance)
    if change is not Change.UNKNOWN or direction.others_stay is None:
        return change
    assumed = _compare_change(left, right, direction.others_stay, tolerance)
    return Change.UNKNOWN if assumed is Change.APART else assumed


def _compare_change(left: Evaluate, right: Evaluate, direction: Direction, tolerance: Tolerance | None) -> Change:
    with np.errstate(all="ignore"):
        ours, theirs = _rate(left, direction, tolerance), _rate(right, direction, tolerance)
        if ours is None or theirs is None:
            return Change.UNKNOWN
        try:
            one, other = np.broadcast_arrays(ours.rate, theirs.rate)
        except ValueError:
            return Change.UNKNOWN
        known = np.isfinite(one) & np.isfinite(other)
        if not known.any():
            return Change.UNKNOWN
        one, other = one[known], other[known]
        relative = max(CHANGE_TOLERANCE, min(COARSEST_CHANGE, 10 * _relative(ours, theirs, tolerance)))
        size = max(ours.size, theirs.size)
        scale = _scale(one, other, direction.outliers)
        # The values' own rounding must not look like a change.
        floor = 0.1 * relative * size / (direction.step / STEP)
        if scale > floor and _are_apart(np.abs(one - other) > relative * scale + floor, direction.outliers):
            return Change.APART
        if _bends_apart(left, right, direction, relative, tolerance, scale):
            return Change.APART
        return Change.ALIKE if scale > floor else Change.NONE


STEP = 1e-4
"""The step, relative to the greatest element of the leaf."""
FURTHER_STEP = 1e-3
"""For second differences, which rounding disturbs more."""


def _scale(one: Numbers, other: Numbers, outliers: float) -> float:
    """The greatest of some numbers, without outliers."""
    return float(np.quantile(np.maximum(np.abs(one), np.abs(other)), 1 - outliers))


def _are_apart(apart: Numbers, outliers: float) -> bool:
    return float(np.mean(apart)) > outliers


def _bends_apart(
    left: Evaluate,
    right: Evaluate,
    direction: Direction,
    relative: float,
    tolerance: Tolerance | None,
    rate: float,
) -> bool:
    """Whether the rates of two sides, of which ``rate`` is the greatest, are known to change differently."""
    further = direction.further
    if further is None:
        return False
    bends, size = [], rate if direction.outliers else 0.0
    for side in (left, right):
        values = [numbers(side(where, tolerance)) for where in (further.below, further.here, further.above)]
        low, here, high = (None if isinstance(value, Undefined) else floats(value[0]) for value in values)
        if low is None or here is None or high is None or not low.shape == here.shape == high.shape:
            return False
        if not here.size or "c" in (low.dtype.kind, here.dtype.kind, high.dtype.kind):
            return False
        bends.append((high - 2 * here + low) / further.step**2)
        size = max(size, float(np.abs(here[np.isfinite(here)] if direction.outliers else here).max(initial=0.0)))
    one, other = bends
    if one.shape != other.shape and 1 not in (one.size, other.size):
        return False
    if direction.outliers:  # that what is not known may be most
        one, other = np.broadcast_arrays(one, other)
        known = np.isfinite(one) & np.isfinite(other)
        one, other = one[known], other[known]
        if not one.size:
            return False
    floor = 0.1 * relative * size / (further.step / FURTHER_STEP) ** 2
    scale = _scale(one, other, direction.outliers)
    return _are_apart(np.abs(one - other) > relative * scale + floor, direction.outliers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rate:
    rate: Numbers
    size: float
    """The greatest value on the way."""
    dtype: str


def _rate(side: Evaluate, direction: Direction, tolerance: Tolerance | None) -> _Rate | None:
    below, above = numbers(side(direction.below, tolerance)), numbers(side(direction.above, tolerance))
    if isinstance(below, Undefined) or isinstance(above, Undefined) or below[0].shape != above[0].shape:
        return None
    if "c" in (below[0].dtype.kind, above[0].dtype.kind) or not below[0].size:
        return None
    low, high = floats(below[0]), floats(above[0])
    finite = np.abs(low[np.isfinite(low)])
    return _Rate(
        rate=np.asarray((high - low) / (2 * direction.step)),
        size=float(finite.max()) if finite.size else 0.0,
        dtype=above[1],
    )


def _relative(ours: _Rate, theirs: _Rate, tolerance: Tolerance | None) -> float:
    return (tolerance or tolerance_for((ours.dtype, theirs.dtype))).rtol
