"""Which gradients the points of a curve are: those that have their values, and change as they do in the second run.

A change alone may fit by chance, about once in forty times. So passes count together. A *run* is some successive passes
of one line with each point of the curve once: a single pass over all points, or a loop over them. Of a run most has to
fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grader.judging.curves.plotted_gradients import ComputedGradients

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

NEAR_VALUE = 1.2e-7
"""How far a plotted value may be from a gradient, as a share of the curve's greatest value: one step in 32 bits."""
NEAR_CHANGE = 0.2
"""How far its change may be from the gradient's, in units. Rounding makes up to 0.125 of that in 32 bits."""
NEAR_RATIO = 1e-5
"""How far the ratios of a curve and a gradient may be from each other where the curve is a multiple of the gradient."""
FITTING = 0.6
"""The share of a run that has to fit."""
LONG = 20
FITTING_OF_LONG = 0.4
"""Of a run of so many gradients, of which half may be at other points: every second point of a cosine over a range that
is symmetric about 0 has the value of a point that is not drawn.
"""
SHORT = 4
"""Gradients of a run from which on it cannot fit by chance."""
MAX_SHORT = 8
"""So many short runs may have the value of a point. Of more, one would fit by chance."""
MAX_ALIKE = 64
"""Points of one value that are compared with a gradient of this value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Pairs of a point and the number of a gradient. ``by_chance``: the pair may fit by chance."""

    points: Indices
    numbers: Indices
    by_chance: Mask


def explain(values: Floats, changes: Floats, chosen: Mask, computed: ComputedGradients) -> Explanation:
    """The gradients that the chosen points of a curve are."""
    parts = [_multiples(values, changes, chosen, computed)]
    if computed.values.size and chosen.any():
        parts.append(_by_runs(_Groups(values, changes, np.flatnonzero(chosen)), computed))
    points, numbers, by_chance = (np.concatenate(one) for one in zip(*parts, strict=True))
    return Explanation(points=points, numbers=numbers, by_chance=by_chance)


class _Groups:
    """The points of a curve by their values: those of one group have the same value, or nearly so."""

    def __init__(self, values: Floats, changes: Floats, points: Indices) -> None:
        self.points = points[np.argsort(values[points], kind="stable")]
        self.changes = changes[self.points]
        values = values[self.points]
        self.near = NEAR_VALUE * float(np.abs(values).max())
        self.starts = np.flatnonzero(np.diff(values, prepend=-np.inf) > self.near)
        self.sizes = np.diff(self.starts, append=values.size)
        self.lowest, self.highest = values[self.starts], values[self.starts + self.sizes - 1]


def _by_runs(groups: _Groups, computed: ComputedGradients) -> tuple[Indices, Indices, Mask]:
    nothing = np.zeros(0, np.intp)
    first = np.searchsorted(computed.values, groups.lowest - groups.near, "left")
    last = np.searchsorted(computed.values, groups.highest + groups.near, "right")
    entries = np.concatenate([nothing, *map(np.arange, first, last)])
    if not entries.size:
        return nothing, nothing, np.zeros(0, bool)
    group = np.repeat(np.arange(first.size), last - first)
    order = np.lexsort((computed.owners[entries], computed.lines[computed.owners[entries]]))
    entries, group = entries[order], group[order]
    owners, changes, orders = (one[entries] for one in (computed.owners, computed.changes, computed.orders))
    fits, hits = np.zeros(entries.size, bool), []
    for offset in range(min(MAX_ALIKE, int(groups.sizes.max()))):
        there = np.flatnonzero(offset < groups.sizes[group])
        points = groups.starts[group[there]] + offset
        fitting = np.abs(groups.changes[points] - changes[there]) < NEAR_CHANGE * orders[there]
        fits[there[fitting]] = True
        hits.append((there[fitting], points[fitting]))
    runs = _runs(owners, computed.lines, group, groups.sizes)
    length = np.bincount(runs)
    is_short = length[runs] < SHORT
    counts = np.bincount(group[is_short], minlength=first.size)
    needed = np.where(length < LONG, FITTING, FITTING_OF_LONG)
    accepted = (np.bincount(runs, weights=fits) / length >= needed)[runs]
    by_chance = is_short & (counts[group] > MAX_SHORT)
    entry, point = (np.concatenate(one) for one in zip(*hits, strict=True))
    kept = accepted[entry]
    return groups.points[point[kept]], owners[entry[kept]], by_chance[entry[kept]]


def _runs(owners: Indices, lines: Indices, group: Indices, sizes: Indices) -> Indices:
    """The number of the run that each gradient belongs to. A run ends with its line, or where a pass comes back to a
    point.
    """
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    runs = np.zeros(owners.size, np.intp)
    visits: dict[int, int] = {}
    limits = sizes.tolist()
    number = before = 0
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), owners.size], strict=True):
        visited, counts = np.unique(group[start:end], return_counts=True)
        seen = list(zip(visited.tolist(), counts.tolist(), strict=True))
        line = int(lines[owners[start]])
        if line != before or any(visits.get(one, 0) + count > limits[one] for one, count in seen):
            number += bool(visits)
            visits, before = {}, line
        for one, count in seen:
            visits[one] = visits.get(one, 0) + count
        runs[start:end] = number
    return runs


@np.errstate(all="ignore")
def _multiples(
    values: Floats, changes: Floats, chosen: Mask, computed: ComputedGradients
) -> tuple[Indices, Indices, Mask]:
    """Gradients of which the curve as a whole is a multiple, such as n times that of a mean of n elements."""
    points = np.flatnonzero(chosen)
    found: list[int] = []
    for number in _changed_alike(points, values.size, changes, computed):
        ratio = values[points] / computed[number].gradient[points]
        typical = np.median(ratio)
        if np.mean(np.abs(ratio - typical) <= NEAR_RATIO * np.abs(typical)) >= FITTING:
            found.append(number)
    return (
        np.tile(points, len(found)),
        np.repeat(_indices(found), points.size),
        np.zeros(points.size * len(found), bool),
    )


def is_changed_with_a_pass(values: Floats, changes: Floats, chosen: Mask, computed: ComputedGradients) -> bool:
    """Whether a curve changed, point by point, as the gradient of some pass, whatever its values are."""
    return any(True for _ in _changed_alike(np.flatnonzero(chosen), values.size, changes, computed))


def _changed_alike(points: Indices, size: int, changes: Floats, computed: ComputedGradients) -> Iterator[int]:
    numbers = computed.of_size(size)
    # Of few points, one of many gradients would fit by chance.
    is_sure = points.size >= SHORT or (points.size > 1 and len(numbers) <= MAX_SHORT)
    for number in numbers if is_sure else ():
        one = computed[number]
        if np.mean(np.abs(one.change[points] - changes[points]) < NEAR_CHANGE * one.order) >= FITTING:
            yield number


def _indices(numbers: Sequence[int]) -> Indices:
    return np.array(numbers, np.intp)
