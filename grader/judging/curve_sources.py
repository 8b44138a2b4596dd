"""Where plotted values came from, decided by intervention.

Values cannot tell: ``torch.cos(x)`` equals autograd's derivative of the sine bit for bit. So the submission runs a
second time, same seeds, with every result of autograd scaled by 1 + 2**-20. The curves that change by
that factor come from autograd.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt

from grader.model import Backward, Event, Figure, Observation
from grader.runtime.protocol.record import SECOND_RUN_CHANGE

CurveSources = Mapping[tuple[int, int], str]
"""For the number of a figure and of a curve in it: ``autograd``, ``other`` or ``unknown``."""

SCALE = 2**-20
CurveSources = Mapping[tuple[int, int], str]
"""For the number of a figure and of a curve in it: ``autograd``, ``other`` or ``unknown``."""

SIGNIFICANT = 0.1
"""Points whose value is below this share of the greatest are left out: rounding would drown the response."""
MAX_ORDER = 3
MAX_CURVES = 20_000
"""So many are told apart by their source: a hundred figures of two hundred curves."""


def figures_of(observation: Observation) -> tuple[Figure, ...]:
    return tuple(event for event in observation.events if isinstance(event, Figure))


def curves(figures: Sequence[Figure]) -> dict[tuple[int, int], npt.NDArray[np.float64] | None]:
    """The values of every curve, by number of figure and of curve."""
    return {
        (number, position): curve.y.data
        for number, figure in enumerate(figures)
        for position, curve in enumerate(figure.curves)
    }


def used_autograd(observation: Observation) -> bool:
    """Whether any pass worked at all. Where none did, nothing that was plotted is autograd's."""
    return any(isinstance(event, Backward) and event.error is None for event in observation.events)


def find_sources(observation: Observation, twin: Sequence[Figure]) -> CurveSources:
    """Compare a run's figures with those of its intervened twin. A curve that changed in another way, or is gone, is
    ``unknown``, unless each of its values is one that autograd was seen to compute.
    """
    second = curves(second_run)
    sources: dict[tuple[int, int], str] = {}
    computed: npt.NDArray[np.float64] | None = None
    for key, values in islice(curves(figures_of(observation)).items(), MAX_CURVES):
        source = respond(values, second.get(key))
        if source == "unknown" and values is not None:
            computed = _gradients(observation.events) if computed is None else computed
            source = "autograd" if _are_among(values, computed) else source
        sources[key] = source
    return sources


def respond(values: npt.NDArray[np.float64] | None, second: npt.NDArray[np.float64] | None) -> str:
    """``autograd``, ``other`` or ``unknown`` for one curve, of shape (points,) in both runs."""
    if values is None or second is None or values.shape != second.shape:
        return "unknown"
    with np.errstate(all="ignore"):
        return _respond(values, second)


def _respond(values: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> str:
    finite = np.isfinite(values) & np.isfinite(second)
    if not finite.any():
        return "unknown"
    size = np.abs(np.where(finite, values, 0.0))
    chosen = finite & (size > SIGNIFICANT * size.max())
    if not chosen.any():
        return "unknown"
    response = float(np.median((second[chosen] - values[chosen]) / values[chosen])) / SECOND_RUN_CHANGE
    if abs(response) < 0.25:
        # Unmoved; a curve of which only some points moved is neither.
        moved = np.abs(second[chosen] - values[chosen]) > 0.5 * SECOND_RUN_CHANGE * size[chosen]
        return "other" if moved.mean() < 0.25 else "unknown"
    return "autograd" if 0.5 < response < MAX_ORDER + 0.5 else "unknown"


def _gradients(events: tuple[Event, ...]) -> npt.NDArray[np.float64]:
    """Every number that autograd computed, in order."""
    computed = [
        leaf.gradient.data
        for event in events
        if isinstance(event, Backward)
        for leaf in event.leaves
        if leaf.gradient is not None and leaf.gradient.data is not None and leaf.gradient.data.dtype.kind == "f"
    ]
    if not computed:
        return np.zeros(0)
    with np.errstate(invalid="ignore"):
        return np.unique(np.concatenate([data.ravel() for data in computed], dtype=np.float64))


def _are_among(values: npt.NDArray[np.float64], ordered: npt.NDArray[np.float64]) -> bool:
    if not ordered.size:
        return False
    places = np.minimum(np.searchsorted(ordered, values), ordered.size - 1)
    return bool((ordered[places] == values).all())
