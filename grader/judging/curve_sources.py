"""The sources of curves: whether autograd computed the plotted values.

The values do not show it: ``torch.cos(x)`` equals autograd's derivative of the sine bit for bit. Therefore the
submission runs a second time with equal seeds and every result of autograd scaled by 1 + 2**-20. Curves that change by
that factor come from autograd.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt

from grader.judging.differentiated_points import gradients_of
from grader.model import Backward, BriefPasses, Event, Figure, Observation
from grader.runtime.protocol.record import SECOND_RUN_CHANGE

CurveSources = Mapping[tuple[int, int], str]
"""``autograd``, ``other`` or ``unknown``, by the number of the figure and of the curve in it."""

SIGNIFICANT = 0.1
"""Points below this share of the greatest value are left out: rounding errors would hide their change."""
MAX_ORDER = 3
"""A derivative of order n is scaled n times. Higher orders than this are not recognized."""
MAX_CURVES = 20_000
"""Curves whose source is decided: a hundred figures with two hundred curves."""


def figures_of(observation: Observation) -> tuple[Figure, ...]:
    return tuple(event for event in observation.events if isinstance(event, Figure))


def curve_values(figures: Sequence[Figure]) -> dict[tuple[int, int], npt.NDArray[np.float64] | None]:
    """The y values of all curves, by the number of the figure and of the curve in it."""
    return {
        (number, position): curve.y.data
        for number, figure in enumerate(figures)
        for position, curve in enumerate(figure.curves)
    }


def used_autograd(observation: Observation) -> bool:
    """Whether any backward pass worked. If none did, no curve comes from autograd."""
    return any(
        isinstance(event, BriefPasses) or (isinstance(event, Backward) and event.error is None)
        for event in observation.events
    )


def find_sources(observation: Observation, second_run: Sequence[Figure]) -> CurveSources:
    """Compare a run's figures with those of its second run.

    A curve that changed in another way than autograd's, or that is missing in the second run, is ``unknown``, unless
    all its values are among the gradients that were recorded.
    """
    second = curve_values(second_run)
    sources: dict[tuple[int, int], str] = {}
    computed: npt.NDArray[np.float64] | None = None
    for key, values in islice(curve_values(figures_of(observation)).items(), MAX_CURVES):
        source = source_by_change(values, second.get(key))
        if source == "unknown" and values is not None:
            computed = recorded_gradients(observation.events) if computed is None else computed
            source = "autograd" if are_among(values, computed) else source
        sources[key] = source
    return sources


def source_by_change(values: npt.NDArray[np.float64] | None, second: npt.NDArray[np.float64] | None) -> str:
    """The source of a curve from its values in both runs, of shape (points,)."""
    if values is None or second is None or values.shape != second.shape:
        return "unknown"
    with np.errstate(all="ignore"):
        return _source_by_change(values, second)


def _source_by_change(values: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> str:
    finite = np.isfinite(values) & np.isfinite(second)
    if not finite.any():
        return "unknown"
    size = np.abs(np.where(finite, values, 0.0))
    chosen = finite & (size > SIGNIFICANT * size.max())
    if not chosen.any():
        return "unknown"
    response = float(np.median((second[chosen] - values[chosen]) / values[chosen])) / SECOND_RUN_CHANGE
    if abs(response) < 0.25:
        # The typical point did not change; if many others did, the source is unknown.
        moved = np.abs(second[chosen] - values[chosen]) > 0.5 * SECOND_RUN_CHANGE * size[chosen]
        return "other" if moved.mean() < 0.25 else "unknown"
    return "autograd" if 0.5 < response < MAX_ORDER + 0.5 else "unknown"


def recorded_gradients(events: Sequence[Event]) -> npt.NDArray[np.float64]:
    """All recorded gradients, sorted."""
    computed = [data for data in gradients_of(events) if data.dtype.kind == "f"]
    if not computed:
        return np.zeros(0)
    with np.errstate(invalid="ignore"):
        return np.unique(np.concatenate([data.ravel() for data in computed], dtype=np.float64))


def are_among(values: npt.NDArray[np.float64], ordered: npt.NDArray[np.float64]) -> bool:
    """Whether every value is among those that are given in order."""
    if not ordered.size:
        return False
    places = np.minimum(np.searchsorted(ordered, values), ordered.size - 1)
    return bool((ordered[places] == values).all())
