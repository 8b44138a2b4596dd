"""The steps of the reference solution with which a check compares, where it wants ``reference``.

A leaf of a submission's loop is compared, step by step, with the leaf of a loop of the reference that begins with the
same values. Of several the one that agrees most counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.judging.checks.yaml_lines import REFERENCE, Expectation
from grader.judging.comparison import compare
from grader.judging.series import Moment, without_ones
from grader.language.closeness import Tolerance, close, tolerance_for
from grader.language.expression import Role
from grader.language.values import Undefined, numbers
from grader.model import Array

MAX_SERIES = 200
"""Leaves of the reference's loops."""
_OTHER_START = "it begins with other values, or in another shape, than in the exercise"
_NO_SUCH_STEP = "the loop of the exercise has no such step"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    """A leaf of a loop, or several with their roles: the variables of its steps by their numbers."""

    start: tuple[Array, ...]
    steps: Mapping[int, Mapping[str, Any]]


class ReferenceSteps:
    """The leaves of the reference's loops."""

    def __init__(self, loops: Iterable[Sequence[Moment]], expect: Sequence[Expectation]) -> None:
        self._lines = [observed for observed, wanted in expect if wanted.name == REFERENCE]
        self._series = [
            series
            for moments in loops
            for part in _by_part(moments).values()
            if (series := _series_of(part)) is not None
        ][:MAX_SERIES]

    def beside(self, moments: Sequence[Moment], tolerance: Tolerance | None) -> list[Moment]:
        """The moments of a submission's loop, each with what it is compared with."""
        found: list[Moment] = []
        for part in _by_part(moments).values():
            series = self._best(part, tolerance)
            for moment in part:
                known = None if series is None else series.steps.get(moment.number)
                why = _OTHER_START if series is None else _NO_SUCH_STEP
                found.append(replace(moment, reference=known, no_reference="" if known is not None else why))
        return sorted(found, key=lambda moment: moment.number)

    def _best(self, moments: Sequence[Moment], tolerance: Tolerance | None) -> _Series | None:
        own = _series_of(moments)
        if own is None:
            return None
        equal = [series for series in self._series if _begin_alike(own, series)]
        if len(equal) < 2:
            return next(iter(equal), None)
        return max(equal, key=lambda series: self._agreeing(own, series, tolerance))

    def _agreeing(self, own: _Series, series: _Series, tolerance: Tolerance | None) -> int:
        return sum(
            compare(
                line.evaluate(variables, tolerance=tolerance),
                line.evaluate(series.steps[number], tolerance=tolerance),
                tolerance=tolerance,
            ).equal
            for number, variables in own.steps.items()
            if number in series.steps
            for line in self._lines
        )


def _by_part(moments: Iterable[Moment]) -> dict[int, list[Moment]]:
    parts: dict[int, list[Moment]] = {}
    for moment in moments:
        parts.setdefault(moment.part, []).append(moment)
    return parts


def _series_of(moments: Sequence[Moment]) -> _Series | None:
    """None where the first step was not recorded."""
    if not moments or moments[0].number != 0:
        return None
    roles = [value.value for value in moments[0].variables.values() if isinstance(value, Role)]
    start = tuple(value for value in roles or [moments[0].variables.get("leaf")] if isinstance(value, Array))
    return _Series(start=start, steps={moment.number: moment.variables for moment in moments})


@np.errstate(all="ignore")
def _begin_alike(one: _Series, other: _Series) -> bool:
    for ours, theirs in zip(one.start, other.start, strict=False):
        left, right = numbers(ours), numbers(theirs)
        if isinstance(left, Undefined) or isinstance(right, Undefined):
            return False
        if without_ones(left[0].shape) != without_ones(right[0].shape):
            return False
        if not close(left[0].ravel(), right[0].ravel(), tolerance_for((ours.dtype, theirs.dtype))).all():
            return False
    return len(one.start) == len(other.start) > 0
