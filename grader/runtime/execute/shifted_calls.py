"""A function at inputs close to the one it is judged at: what numerical differentiation needs, and no more.

The judge makes derivatives of it, in ``grader.judging.numeric_gradient``.
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
"""Inputs of up to so many elements are moved element by element, larger ones along directions drawn at random."""
DIRECTIONS = 4
_STEPS = {"float64": 1e-6, "float32": 5e-3}
"""Relative to the input: about the cube root of the rounding error, where central differences are most precise."""
_SMALLEST = 1e-3
"""What an input's elements are taken for, at least, when steps are made."""

Numbers = np.ndarray[Any, Any]


class Point(NamedTuple):
    """What one call gave: the sum of its output, and of its gradient where that was asked for; the way it took."""

    output: float
    slope: float
    way: str
    gradient: torch.Tensor | None = None
    second: torch.Tensor | None = None


NOWHERE = Point(math.nan, math.nan, "")
"""Where the function raised, or gave no number."""

Evaluate = Callable[[Numbers], Point]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """What was evaluated along some steps: ``points`` are those below, at and above the argument, step by step."""

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
            "steps": stream.array(np.array(self.steps)),
            "outputs": stream.array(np.array([[each.output for each in three] for three in self.points])),
            "slopes": stream.array(np.array([[each.slope for each in three] for three in self.points])),
            "steady": stream.array(np.array(self.steady)),
        }


def measure(evaluate: Evaluate, evaluate_near: Evaluate, argument: Numbers, way: str, *, seed: int) -> Shifts:
    """Evaluate at an argument, and below and above it along some steps. ``way`` is what the call to be judged took.

    Both functions get arrays of the argument's shape, in float64 where the function can take that, else in float32.
    They give ``NOWHERE`` where there is no sum; what they raise ends the whole.
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
        # As far as it really went, in numbers of this dtype.
        measured.steps.append((high.astype(np.float64) - low.astype(np.float64)).ravel() / 2)
        measured.points.append((below, at, above))
        measured.steady.append(way == below.way == at.way == above.way)
    return measured


def _steps(centre: Numbers, seed: int) -> list[Numbers]:
    """How far to move: one element at a time, or all of them at once, up and down at random."""
    wide = centre.astype(np.float64)
    typical = max(float(np.sqrt(np.mean(wide**2))), _SMALLEST)
    sizes = _STEPS[centre.dtype.name] * np.maximum(np.abs(wide), typical)
    if wide.size <= EACH_ELEMENT:
        return [row.reshape(wide.shape) for row in np.diag(sizes.ravel())]
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(DIRECTIONS, *wide.shape))
    return [sign * sizes for sign in signs]
