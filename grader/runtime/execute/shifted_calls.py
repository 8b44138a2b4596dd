"""Evaluates a function at inputs close to the input of a call.

``grader.judging.functions.numeric_gradient`` computes derivatives from the results.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch

from ..record.stream import Json, Stream

EACH_ELEMENT = 16
"""Inputs of up to this many elements are shifted one element at a time, larger inputs along random directions."""
DIRECTIONS = 4
_STEPS = {"float64": 1e-6, "float32": 5e-3}
"""Relative to the input. Central differences are most precise near the
cube root of the rounding error."""
_SMALLEST = 1e-3
"""Elements smaller than this are shifted as if they were this large."""

Numbers = np.ndarray[Any, Any]


class Point(NamedTuple):
    """Result of one call: the sum of its output, the sum of its weighed output, the sum of its gradient (NaN: not asked
    for), and the code branches taken.
    """

    output: float
    weighed_output: float
    slope: float
    branches: str
    gradient: torch.Tensor | None = None
    second: torch.Tensor | None = None
    weighed: torch.Tensor | None = None


NOWHERE = Point(math.nan, math.nan, math.nan, "")
"""The function raised, or returned no number."""

Evaluate = Callable[[Numbers], Point]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """The evaluated steps. ``points`` has, for each step, the points below, at and above the argument."""

    dtype: str
    at: Point
    steps: list[Numbers]
    points: list[tuple[Point, Point, Point]]
    steady: list[bool]

    def described(self, stream: Stream) -> Json:
        """As the data of ``grader.model.Shifts``."""
        return {
            "dtype": self.dtype,
            "gradient": stream.maybe_tensor(self.at.gradient),
            "second": stream.maybe_tensor(self.at.second),
            "weighed": stream.maybe_tensor(self.at.weighed),
            "steps": stream.array(np.array(self.steps)),
            "outputs": stream.array(np.array([[point.output for point in three] for three in self.points])),
            "weighed_outputs": stream.array(
                np.array([[point.weighed_output for point in three] for three in self.points])
            ),
            "slopes": stream.array(np.array([[point.slope for point in three] for three in self.points])),
            "steady": stream.array(np.array(self.steady)),
        }


def measure(evaluate: Evaluate, evaluate_near: Evaluate, argument: Numbers, branches: str, *, seed: int) -> Shifts:
    """Evaluate at an argument, and below and above it along some steps.

    ``branches`` are the code branches that the call to be judged took. Both functions get arrays of the argument's
    shape, in float64 where the student's function accepts that, otherwise in float32. They return ``NOWHERE`` where
    there is no sum. Their exceptions are not caught.
    """
    dtype = "float64"
    at = evaluate(argument.astype(dtype))
    if at is NOWHERE and argument.dtype == np.float32:
        dtype = "float32"
        at = evaluate(argument)
    measured = Shifts(dtype=dtype, at=at, steps=[], points=[], steady=[])
    centre = argument.astype(dtype)
    for step in _steps(centre, seed) if at is not NOWHERE else ():
        low, high = (np.asarray(moved, dtype) for moved in (centre - step, centre + step))
        below, above = evaluate_near(low), evaluate_near(high)
        # The distance after rounding to this dtype.
        measured.steps.append((high.astype(np.float64) - low.astype(np.float64)).ravel() / 2)
        measured.points.append((below, at, above))
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
