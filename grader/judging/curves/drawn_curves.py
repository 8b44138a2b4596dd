"""What a drawn curve has to do with autograd, and with the other curves: no curve shows that by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grader.judging.curves.curve_sources import are_among, figures_of, recorded_gradients
from grader.judging.observed import Observed
from grader.judging.passes.backward_passes import BackwardPass
from grader.model import Array, Backward, Event

Floats = npt.NDArray[np.float64]

MIN_POINTS = 10
"""Fewer points show no curve."""
MAX_POINTS = 10_000
"""Points of a curve that is looked at."""
MAX_CURVES = 24
"""Curves that are compared with each other, and values that backward passes started from."""
NEAR = 0.05
"""How far the differences between neighbouring points may be from a curve, as a share of its height."""
EXACT = 1e-5
"""How far values may be apart that torch and numpy computed, as a share of the greatest."""


def is_gradient(observed: Observed, y: Floats) -> bool:
    """Whether all values of a curve are among the gradients that autograd computed."""
    return are_among(y, observed.once(recorded_gradients, lambda: recorded_gradients(observed.events)))


def is_differentiated(observed: Observed, x: Floats, y: Floats) -> bool:
    """Whether a backward pass went from the values of a curve's y to those of its x."""
    started = observed.once(_differentiated, lambda: tuple(_differentiated(observed.events)))
    return any(_are_equal(x, leaf) and _are_equal(y, output) for leaf, output in started)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPass:
    """The pass whose gradient, or whose ``.grad``, a curve shows: its points, and how many passes it sums."""

    leaf: Floats
    summed: int
    position: int
    """Of the event; of a loop over single points, of its last pass."""


def shown_pass(observed: Observed, y: Floats) -> ShownPass | None:
    """The latest pass whose gradients are a curve's values in their order; a loop over single points counts as one."""
    known = observed.once(shown_pass, lambda: _passes_by_values(observed.backward_passes))
    return known.get(y.tobytes())


def _passes_by_values(passes: Sequence[BackwardPass]) -> dict[bytes, ShownPass]:
    found: dict[bytes, ShownPass] = {}
    singles: list[tuple[float, float, float, int]] = []
    last = -1
    for entry in passes:
        leaf, gradient, grad = (_flat(one) for one in (entry.leaf, entry.gradient, entry.grad))
        if leaf is None or gradient is None or leaf.size != gradient.size:
            continue
        if leaf.size == 1:
            total = gradient if grad is None else grad
            singles.append((leaf[0], gradient[0], total[0], entry.passes))
            last = entry.position
            continue
        if grad is not None and grad.size == leaf.size:
            found[grad.tobytes()] = ShownPass(leaf=leaf, summed=entry.passes, position=entry.position)
        found[gradient.tobytes()] = ShownPass(leaf=leaf, summed=min(1, entry.passes), position=entry.position)
    if singles:
        leaves, gradients, totals, counts = (np.array(one, np.float64) for one in zip(*singles, strict=True))
        found[totals.tobytes()] = ShownPass(leaf=leaves, summed=int(counts.max()), position=last)
        found[gradients.tobytes()] = ShownPass(leaf=leaves, summed=1, position=last)
    return found


def _flat(array: Array | None) -> Floats | None:
    if array is None or array.data is None or array.data.dtype.kind != "f":
        return None
    flat: Floats = array.data.ravel().astype(np.float64)
    return flat


def slope_of(observed: Observed, x: Floats, y: Floats) -> int:
    """How many curves, in any figure, have a slope that this curve comes close to, where both have an x."""
    curves = observed.once(_curves, lambda: tuple(_curves(observed)))
    return sum(_is_near_slope(x, y, curve) for curve in curves)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Curve:
    """A curve in the order of its x, and its slope."""

    x: Floats
    slope: Floats


def _differentiated(events: Sequence[Event]) -> Iterator[tuple[Floats, Floats]]:
    """The values of leaves and outputs of the first passes from as many elements as the leaf has."""
    left = MAX_CURVES
    for event in events:
        if not isinstance(event, Backward) or event.error is not None:
            continue
        output = event.output.data
        for leaf in event.leaves:
            data = leaf.value.data
            if data is None or output is None or not MIN_POINTS <= data.size == output.size <= MAX_POINTS or left == 0:
                continue
            if data.dtype.kind == output.dtype.kind == "f":
                left -= 1
                yield data.ravel().astype(np.float64), output.ravel().astype(np.float64)


def _curves(observed: Observed) -> Iterator[_Curve]:
    left = MAX_CURVES
    for figure in figures_of(observed.observation):
        for curve in figure.curves:
            x, y = curve.x.data, curve.y.data
            if x is None or y is None or left == 0 or not MIN_POINTS <= x.size == y.size <= MAX_POINTS:
                continue
            x, order = np.unique(x, return_index=True)
            y = y[order]
            if x.size >= MIN_POINTS and np.isfinite(x).all() and np.isfinite(y).all():
                left -= 1
                with np.errstate(all="ignore"):
                    yield _Curve(x=x, slope=np.gradient(y, x))


@np.errstate(all="ignore")
def _is_near_slope(x: Floats, y: Floats, curve: _Curve) -> bool:
    if not MIN_POINTS <= x.size == y.size <= MAX_POINTS:
        return False
    inside = (x >= curve.x[0]) & (x <= curve.x[-1]) & np.isfinite(y)
    if inside.sum() < max(MIN_POINTS, 0.9 * x.size):
        return False
    height = float(np.ptp(y[inside]))
    apart = np.abs(np.interp(x[inside], curve.x, curve.slope) - y[inside])
    # At the ends the slope is measured on a single side.
    return height > 0 and bool(np.quantile(apart, 0.9) <= NEAR * height)


@np.errstate(all="ignore")
def _are_equal(one: Floats, other: Floats) -> bool:
    if one.shape != other.shape:
        return False
    return bool(np.abs(one - other).max() <= EXACT * max(1.0, float(np.abs(other).max())))
