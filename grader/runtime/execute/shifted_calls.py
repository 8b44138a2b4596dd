"""Evaluates a function at arguments close to those of a call.

``grader.judging.functions.numeric_gradient`` computes derivatives from the results.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

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
_AGREES = 1e-6
"""Where autograd and a slope differ by more than this share of the greatest slope, steps of half the size are taken as
well. Whether an argument's gradient is right is not decided here, so this is less than any usual tolerance."""

Precision = Literal["float64", "all float64", "own"]
"""``float64``: floating arguments are made float64. ``all float64``: so are the function's own float32 tensors.
``own``: all have their own precision."""

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
    """Calls the function. ``moved`` gets other numbers. ``near``: a gradient is needed only to differentiate it
    numerically.
    """

    def __call__(self, *, precision: Precision, moved: Moved | None, near: bool) -> Point: ...


@dataclass(frozen=True, slots=True)
class Rows:
    """Steps of some sizes, with the points below, at and above the argument, and the slopes there, for each."""

    steps: list[Numbers]
    points: list[tuple[Point, Point, Point]]
    slopes: list[tuple[float, float, float]]
    steady: list[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """The evaluated steps of one argument, and steps of half the size where autograd says something else."""

    path: str
    dtype: str
    at: Point
    rows: Rows
    half: Rows | None

    def described(self, stream: Stream) -> Json:
        """As the data of ``grader.model.Shifts``."""
        found = self.at.gradients.get(self.path, _NONE)
        described = {
            "dtype": self.dtype,
            "gradient": stream.maybe_tensor(found.gradient),
            "second": stream.maybe_tensor(found.second),
            "weighed": stream.maybe_tensor(found.weighed),
            "steady": stream.array(np.array(self.rows.steady)),
        }
        for prefix, rows in (("", self.rows), ("half_", self.half)):
            if rows is not None:
                described |= {
                    f"{prefix}steps": stream.array(np.array(rows.steps)),
                    f"{prefix}outputs": stream.array(_sums(rows, weighed=False)),
                    f"{prefix}weighed_outputs": stream.array(_sums(rows, weighed=True)),
                    f"{prefix}slopes": stream.array(np.array(rows.slopes)),
                }
        return described


def _sums(rows: Rows, *, weighed: bool) -> Numbers:
    return np.array([[point.weighed_output if weighed else point.output for point in three] for three in rows.points])


def measure(evaluate: Evaluate, centres: Iterable[Moved], branches: str, *, seed: int) -> dict[str, Shifts]:
    """Evaluate at the arguments of a call, and below and above each of ``centres`` along some steps; by their paths.

    ``branches`` are the code branches that the call to be judged took. The function gets float64 where it accepts that,
    also in the place of its own float32 tensors, otherwise the arguments' own dtypes. ``evaluate`` returns ``NOWHERE``
    where there is no sum. Its exceptions are not caught.
    """
    precision: Precision = "float64"
    centres = tuple(centres)
    at = evaluate(precision=precision, moved=None, near=False)
    if at is NOWHERE:
        precision = "all float64"
        at = evaluate(precision=precision, moved=None, near=False)
    if at is NOWHERE and any(data.dtype == np.float32 for _, data in centres):
        precision = "own"
        at = evaluate(precision=precision, moved=None, near=False)
    return {centre.path: _measured(evaluate, centre, branches, at, precision, seed=seed) for centre in centres}


def _measured(
    evaluate: Evaluate, centre: Moved, branches: str, at: Point, precision: Precision, *, seed: int
) -> Shifts:
    dtype = centre.data.dtype.name if precision == "own" else "float64"
    path, data = centre.path, centre.data.astype(dtype)
    steps = _steps(data, seed) if at is not NOWHERE else []

    def rows_of(size: float) -> Rows:
        rows = Rows([], [], [], [])
        slope = at.slope(path)
        for step in steps:
            low, high = (np.asarray(moved, dtype) for moved in (data - size * step, data + size * step))
            below, above = (evaluate(precision=precision, moved=Moved(path, moved), near=True) for moved in (low, high))
            # The distance after rounding to this dtype.
            rows.steps.append((high.astype(np.float64) - low.astype(np.float64)).ravel() / 2)
            rows.points.append((below, at, above))
            rows.slopes.append((below.slope(path), slope, above.slope(path)))
            rows.steady.append(branches == below.branches == at.branches == above.branches)
        return rows

    rows = rows_of(1.0)
    half = None if _agrees(rows, at.gradients.get(path, _NONE)) else rows_of(0.5)
    return Shifts(path=path, dtype=dtype, at=at, rows=rows, half=half)


@np.errstate(all="ignore")
def _agrees(rows: Rows, found: Gradients) -> bool:
    """Whether autograd's gradients are so close to the slopes that nobody needs to know how precise these are."""
    if not rows.steps:
        return True
    steps = np.array(rows.steps)
    lengths = np.linalg.norm(steps, axis=1)
    pairs = (
        (found.gradient, _sums(rows, weighed=False)),
        (found.weighed, _sums(rows, weighed=True)),
        (found.second, np.array(rows.slopes)),
    )
    for gradient, sums in pairs:
        if gradient is None or gradient.numel() != steps.shape[1] or not gradient.is_floating_point():
            continue
        slopes = (sums[:, 2] - sums[:, 0]) / (2 * lengths)
        flat = gradient.detach().double().numpy().ravel()
        known = np.isfinite(slopes)
        greatest = float(np.abs(slopes[known]).max(initial=0.0))
        # NaN agrees with nothing.
        if not (np.abs(steps @ flat / lengths - slopes)[known] <= _AGREES * greatest).all():
            return False
    return True


def _steps(centre: Numbers, seed: int) -> list[Numbers]:
    """How far to shift: one element at a time, or all elements at once with random signs."""
    wide = centre.astype(np.float64)
    typical = max(float(np.sqrt(np.mean(wide**2))), _SMALLEST)
    sizes = _STEPS[centre.dtype.name] * np.maximum(np.abs(wide), typical)
    if wide.size <= EACH_ELEMENT:
        return [row.reshape(wide.shape) for row in np.diag(sizes.ravel())]
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(DIRECTIONS, *wide.shape))
    return [sign * sizes for sign in signs]
