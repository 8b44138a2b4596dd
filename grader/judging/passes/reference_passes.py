"""The passes of the reference solution with which a ``backward`` check compares, where it wants ``reference``.

A pass of a submission is compared with the reference's pass that meets the same ``given`` over equal leaves, role by
role. Passes of the reference over equal leaves that agree in everything that is compared count as one.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.judging.checks.base import Check
from grader.judging.checks.yaml_lines import REFERENCE
from grader.judging.comparison import Comparison, compare
from grader.judging.context import Subject
from grader.judging.locations import location_of
from grader.judging.trials import Candidate, meets_given, tolerance_of
from grader.language.closeness import close, tolerance_for
from grader.language.expression import Role
from grader.model import Array, RunPlace

Leaves = Mapping[str, Array]
"""The leaves of a candidate by role; ``leaf`` where there are no roles."""


@dataclass(slots=True, kw_only=True)
class _Point:
    """The reference's passes over equal leaves. Of one pass, several assignments to the roles may have them."""

    leaves: Leaves
    alternatives: list[Candidate]


class ReferencePasses:
    """The reference's passes by the values of their leaves."""

    def __init__(self, check: Check, candidates: Iterable[Candidate]) -> None:
        """``candidates`` are those of the reference."""
        self._check = check
        self._points: list[_Point] = []
        self._sums: list[float] = []
        self.ambiguous: tuple[RunPlace, RunPlace] | None = None
        """The places of two passes over equal leaves that differ in what is compared: the course's mistake."""
        for candidate in candidates:
            if meets_given(check, candidate):
                self._add(candidate)

    @property
    def is_empty(self) -> bool:
        return not self._points

    def _add(self, candidate: Candidate) -> None:
        leaves = leaves_of(candidate)
        point = next(self._equal(leaves), None)
        if point is None:
            total = _sum(leaves)
            number = bisect.bisect(self._sums, total)
            self._sums.insert(number, total)
            self._points.insert(number, _Point(leaves=leaves, alternatives=[candidate]))
        elif point.alternatives[0].position == candidate.position:
            point.alternatives.append(candidate)
        elif self.ambiguous is None and not any(self._agree(candidate, other) for other in point.alternatives):
            self.ambiguous = point.alternatives[0].place, candidate.place

    def _equal(self, leaves: Leaves) -> Iterator[_Point]:
        """The points with equal leaves. Sums tell most apart, so that a long loop is not compared with a long loop."""
        total = _sum(leaves)
        if any(leaf.data is None for leaf in leaves.values()):
            points: Sequence[_Point] = self._points
        else:
            first = bisect.bisect_left(self._sums, total - _room(leaves))
            points = self._points[first : bisect.bisect_right(self._sums, total + _room(leaves))]
        return (
            point for point in points if all(_is_equal(leaf, point.leaves.get(role)) for role, leaf in leaves.items())
        )

    def _agree(self, one: Candidate, other: Candidate) -> bool:
        return self._agreeing(one, other.variables) == len(self._lines)

    def _agreeing(self, candidate: Candidate, reference: Mapping[str, Any]) -> int:
        """How many of the lines that want ``reference`` are met."""
        tolerance = tolerance_of(self._check, candidate)
        return sum(
            compare(
                seen.evaluate(candidate.variables, tolerance=tolerance),
                seen.evaluate(reference, tolerance=tolerance),
                tolerance=tolerance,
            ).equal
            for seen in self._lines
        )

    @property
    def _lines(self) -> list[Any]:
        return [seen for seen, wanted in self._check.expect if wanted.name == REFERENCE]

    # ----------------------------------------------------------------------------------------------------------------

    def beside(self, candidate: Candidate) -> Candidate:
        """A candidate of a submission with what it is compared with."""
        leaves = leaves_of(candidate)
        point = next(self._equal(leaves), None)
        if point is not None:
            reference = max(point.alternatives, key=lambda other: self._agreeing(candidate, other.variables))
            return replace(candidate, reference=reference.variables)
        if not self._points:
            return candidate
        other = self._of_another_point(candidate, leaves)
        return replace(candidate, compared={seen.text: other for seen in self._lines})

    def _of_another_point(self, candidate: Candidate, leaves: Leaves) -> Comparison:
        """Says that the leaves are not those of the exercise, by the leaf that differs from the nearest point."""

        def alike(point: _Point) -> tuple[int, int]:
            pairs = [(leaf, point.leaves[role]) for role, leaf in leaves.items()]
            return sum(_is_equal(*pair) for pair in pairs), sum(one.shape == other.shape for one, other in pairs)

        nearest = max(self._points, key=alike)
        role, leaf = next((role, leaf) for role, leaf in leaves.items() if not _is_equal(leaf, nearest.leaves[role]))
        wanted = nearest.leaves[role]
        several = len(leaves) > 1
        name = f"the leaf of shape {leaf.shape}, `{role}` of the exercise," if several else "the leaf"
        name = f"`{candidate.called[role]}`" if role in candidate.called else name
        how = "has other values here than in the exercise"
        if leaf.shape != wanted.shape:
            how = f"has the shape {leaf.shape} here and {wanted.shape} in the exercise"
        return Comparison(
            equal=False,
            kind="data",
            message=f"cannot be compared: {name} {how}. Take the data that the exercise gives",
            share=0.0,
            values=(leaf, wanted),
        )


def leaves_of(candidate: Candidate) -> Leaves:
    """The leaves that a candidate of a ``backward`` check is about, by role."""
    roles = {
        name: value.value
        for name, value in candidate.variables.items()
        if isinstance(value, Role) and isinstance(value.value, Array)
    }
    leaf = candidate.variables.get("leaf")
    return roles or ({"leaf": leaf} if isinstance(leaf, Array) else {})


def mistake_in_words(passes: ReferencePasses, check: Check, subject: Subject) -> tuple[str, RunPlace | None]:
    """What the author has to mend, where the reference has no pass to compare with, or passes that contradict each
    other; with the place of the pass. Empty where nothing has to be mended.
    """
    if passes.ambiguous is not None:
        one, other = passes.ambiguous
        where = [location_of(place, subject.submission) for place in (one, other)]
        lines = " and ".join(place.in_words_alone() for place in where if place is not None)
        values = " or ".join(f"`{seen.text}`" for seen, wanted in check.expect if wanted.name == REFERENCE)
        return (
            f"Two passes of the reference meet `given` over equal leaves and differ in {values}"
            f"{f' ({lines})' if lines else ''}, so `reference` could be either. Add a line to `given` that only the "
            "one meets which is meant, such as a condition on `output`, `order` or `passes`.",
            other,
        )
    if passes.is_empty:
        return (
            "No pass of the reference reaches such leaves and meets `given`, so `reference` stands for nothing. Let "
            "the reference solution compute it, or change `given`.",
            None,
        )
    return "", None


def _sum(leaves: Leaves) -> float:
    with np.errstate(all="ignore"):
        total = sum(float(np.sum(_real(leaf))) for leaf in leaves.values() if leaf.data is not None)
    return total if np.isfinite(total) else 0.0


def _room(leaves: Leaves) -> float:
    """By how much the sums of equal leaves may differ."""
    room = 1e-12
    with np.errstate(all="ignore"):
        for leaf in leaves.values():
            within, data = tolerance_for((leaf.dtype, "float32")), _real(leaf)
            room += 2 * float(within.rtol * np.abs(data).sum() + within.atol * data.size)
    return room if np.isfinite(room) else np.inf


def _real(leaf: Array) -> Any:
    data = np.asarray(leaf.data)
    return np.abs(data).astype(np.float64) if data.dtype.kind == "c" else data.astype(np.float64)


def _is_equal(leaf: Array, other: Array | None) -> bool:
    """Whether two leaves have equal values; where values were not recorded, equal shapes count."""
    if other is None or leaf.shape != other.shape:
        return False
    if leaf.data is None or other.data is None:
        return True
    return bool(close(leaf.data, other.data, tolerance_for((leaf.dtype, other.dtype))).all())
