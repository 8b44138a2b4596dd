"""The curves of all figures, with every x that they may have been drawn over, and what each shows by itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import numpy.typing as npt

from grader.judging.observed import Observed
from grader.judging.passes.differentiated_points import leaves_of
from grader.language.closeness import Tolerance
from grader.model import Curve, Figure, RunPlace

Floats = npt.NDArray[np.float64]

CURVE_TOLERANCE = 1e-3
"""Relative to the height of the curve."""
MAX_ABSCISSAS = 20
"""Leaves that are tried as the x of a curve."""
MAX_DRAWN = 2_000
"""Curves that are examined; a curve counts once for every x that is tried."""
MAX_ELEMENTS = 4_000_000
"""Points of all these curves."""
UNITS = (180 / math.pi, 1 / math.pi, 0.5 / math.pi)
"""An x in degrees, in multiples of π, or in turns is that of a leaf times one of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCurve:
    """A curve with a possible x. ``key`` is the number of the figure and of the curve in it.

    ``thing`` is equal for one curve in several figures, as where a figure was saved and then shown.
    """

    position: int
    figure: Figure
    key: tuple[int, int]
    place: RunPlace
    thing: object
    variables: Mapping[str, object]
    noun: str
    tolerance: Tolerance
    shape: tuple[int, ...]
    y: Floats
    """All points, also those that matplotlib does not draw."""


def seen_curves(observed: Observed) -> tuple[SeenCurve, ...]:
    """The curves that are examined."""
    return observed.once(seen_curves, lambda: tuple(_bounded(_seen(observed))))


def _seen(observed: Observed) -> Iterator[SeenCurve]:
    figures = [(position, event) for position, event in enumerate(observed.events) if isinstance(event, Figure)]
    for number, (position, figure) in enumerate(figures):
        for curve_number, curve in enumerate(figure.curves):
            assert curve.y.data is not None  # the decoder rejects curves without data
            for x in _abscissas(curve, observed):
                yield SeenCurve(
                    position=position,
                    figure=figure,
                    key=(number, curve_number),
                    place=curve.place,
                    thing=curve.token or (number, curve_number),
                    variables=_variables(curve, x),
                    noun=f'the curve "{curve.label}"' if curve.label[:1] not in ("", "_") else "the curve",
                    tolerance=_tolerance(curve.y.data),
                    shape=x.shape,
                    y=curve.y.data,
                )


def _bounded(curves: Iterable[SeenCurve]) -> Iterator[SeenCurve]:
    """The first curves, as many as one check examines."""
    room = MAX_ELEMENTS
    for curve in islice(curves, MAX_DRAWN):
        yield curve
        room -= 2 * math.prod(curve.shape)
        if room < 0:
            break


def _abscissas(curve: Curve, observed: Observed) -> Iterator[Floats]:
    """A curve's x, and leaves of backward passes: all of them if it was drawn without x, else those of which its x is
    the same in other units.
    """
    assert curve.x.data is not None  # the decoder rejects curves without data
    yield curve.x.data
    leaves = observed.once(leaves_of, lambda: _by_shape(leaves_of(observed.events)))
    for leaf in leaves.get(curve.x.shape, ()):
        if curve.default_x or any(_is_multiple(curve.x.data, leaf, unit) for unit in UNITS):
            yield leaf


@np.errstate(all="ignore")
def _is_multiple(x: Floats, leaf: Floats, factor: float) -> bool:
    return x.size > 1 and bool((np.abs(x - factor * leaf) <= 1e-5 * np.abs(x).max()).all())


def _by_shape(leaves: Iterable[Floats]) -> dict[tuple[int, ...], list[Floats]]:
    """The first ``MAX_ABSCISSAS`` leaves of each shape."""
    found: dict[tuple[int, ...], list[Floats]] = {}
    for leaf in leaves:
        alike = found.setdefault(leaf.shape, [])
        if len(alike) < MAX_ABSCISSAS:
            alike.append(leaf)
    return found


def _variables(curve: Curve, x: Floats) -> dict[str, object]:
    """The variables of a curve. Points that matplotlib does not draw, such as those of masked arrays, are left out."""
    y = curve.y.data
    assert y is not None  # the decoder rejects curves without data
    there = np.isfinite(x) & np.isfinite(y)
    if there.any() and not there.all():
        x, y = x[there], y[there]
    finite = x[np.isfinite(x)]
    with np.errstate(over="ignore"):
        span = float(finite.max() - finite.min()) if finite.size else 0.0
    return {
        "x": replace(curve.x, data=x, shape=x.shape),
        "y": replace(curve.y, data=y, shape=y.shape),
        "points": int(np.unique(x).size),
        "span": span,
        "source": "other",
        "moved": False,
        "label": curve.label,
        "single": _is_single(y),
    }


@np.errstate(all="ignore")
def _is_single(y: Floats) -> bool:
    """Whether all values are numbers of 32 bits: torch's are, and numpy's are not, where nobody asks for others."""
    return bool((y.astype(np.float32) == y).all())


def _tolerance(y: Floats) -> Tolerance:
    finite = y[np.isfinite(y)]
    with np.errstate(over="ignore"):
        height = float(finite.max() - finite.min()) if finite.size else 0.0
    # An infinite tolerance would accept every curve.
    return Tolerance(rtol=0.0, atol=CURVE_TOLERANCE * height if math.isfinite(height) else 0.0)
