"""Evaluates a function at arguments close to those of a call.

``grader.judging.functions.numeric_gradient`` computes derivatives from the results.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from ..record.stream import Json, Stream
from .call_arguments import Moved
from .call_gradients import Gradients

EACH_ELEMENT = 16
"""Arguments of up to this many elements are shifted one element at a time, larger ones along random directions."""
DIRECTIONS = 4
_STEPS = {"float64": 1e-6, "float32": 5e-3}
"""Relative to the argument. Central differences are most precise near the
cube root of the rounding error."""
_SMALLEST = 1e-3
"""Elements smaller than this are shifted as if they were this large."""

Numbers = np.ndarray[Any, Any]


class Point(NamedTuple):
    """Result of one call: the sum of its output, the sum of its weighed output, the code branches taken, and the
    gradients by the paths of the arguments, where they were asked for.
    """

    output: float
    weighed_output: float
    branches: str
    gradients: dict[str, Gradients]

    def slope(self, path: str) -> float:
        """The sum of the gradient for an argument; NaN: there is none."""
        gradient = self.gradients[path].gradient if path in self.gradients else None
        return math.nan if gradient is None else float(gradient.detach().double().sum())


_NONE = Gradients()
NOWHERE = Point(math.nan, math.nan, "", {})
"""The function raised, or returned no number."""


class Evaluate(Protocol):
    """Calls the function. ``wide``: with float64 in the place of all floating arguments. ``moved`` gets other numbers.
    ``near``: a gradient is needed only to differentiate it numerically.
    """

    def __call__(self, *, wide: bool, moved: Moved | None, near: bool) -> Point: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """The evaluated steps of one argument. ``points`` has the points below, at and above it, for each step."""

    path: str
    dtype: str
    at: Point
    steps: list[Numbers]
    points: list[tuple[Point, Point, Point]]
    slopes: list[tuple[float, float, float]]
    steady: list[bool]

    def described(self, stream: Stream) -> Json:
        """As the data of ``grader.model.Shifts``."""
        found = self.at.gradients.get(self.path, _NONE)
        return {
            "dtype": self.dtype,
            "gradient": stream.maybe_tensor(found.gradient),
            "second": stream.maybe_tensor(found.second),
            "weighed": stream.maybe_tensor(found.weighed),
            "steps": stream.array(np.array(self.steps)),
            "outputs": stream.array(np.array([[point.output for point in three] for three in self.points])),
            "weighed_outputs": stream.array(
                np.array([[point.weighed_output for point in three] for three in self.points])
            ),
            "slopes": stream.array(np.array(self.slopes)),
            "steady": stream.array(np.array(self.steady)),
        }


def measure(evaluate: Evaluate, centres: Iterable[Moved], branches: str, *, seed: int) -> dict[str, Shifts]:
    """Evaluate at the arguments of a call, and below and above each of ``centres`` along some steps; by their paths.

    ``branches`` are the code branches that the call to be judged took. The function gets float64 where it accepts that,
    otherwise the arguments' own dtypes. ``evaluate`` returns ``NOWHERE`` where there is no sum. Its exceptions are not
    caught.
    """
    wide, centres = True, tuple(centres)
    at = evaluate(wide=True, moved=None, near=False)
    if at is NOWHERE and any(data.dtype == np.float32 for _, data in centres):
        wide = False
        at = evaluate(wide=False, moved=None, near=False)
    return {centre.path: _measured(evaluate, centre, branches, at, wide=wide, seed=seed) for centre in centres}


def _measured(evaluate: Evaluate, centre: Moved, branches: str, at: Point, *, wide: bool, seed: int) -> Shifts:
    dtype = "float64" if wide else centre.data.dtype.name
    path, data = centre.path, centre.data.astype(dtype)
    measured = Shifts(path=path, dtype=dtype, at=at, steps=[], points=[], slopes=[], steady=[])
    slope = at.slope(path)
    for step in _steps(data, seed) if at is not NOWHERE else ():
        low, high = (np.asarray(moved, dtype) for moved in (data - step, data + step))
        below, above = (evaluate(wide=wide, moved=Moved(path, moved), near=True) for moved in (low, high))
        # The distance after rounding to this dtype.
        measured.steps.append((high.astype(np.float64) - low.astype(np.float64)).ravel() / 2)
        measured.points.append((below, at, above))
        measured.slopes.append((below.slope(path), slope, above.slope(path)))
        measured.steady.append(branches == below.branches == at.branches == above.branches)
    return measured


def _steps(centre: Numbers, seed: int) -> list[Numbers]:
    """How far to shift: one element at a time, or all elements at once with random signs."""
    wide = centre.astype(np.float64)
    typical = max(float(np.sqrt(np.mean(wide**2))), _SMALLEST)
    sizes = _STEPS[centre.dtype.name] * np.maximum(np.abs(wide), typical)
    if wide.size <= EACH_ELEMENT:
        return [row.reshape(wide.shape) for row in np.diag(sizes.ravel())]
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(DIRECTIONS, *wide.shape))
    return [sign * sizes for sign in signs]
