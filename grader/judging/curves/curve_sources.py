"""The sources of curves: whether autograd computed the plotted values.

The values do not show it: ``torch.cos(x)`` equals autograd's derivative of the sine bit for bit. Therefore the
submission runs a second time with equal seeds and every result of autograd changed a little, each element by another
factor. A curve comes from autograd if its points have the values of gradients, and change as these do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from grader.judging.curves.computed_gradient import ComputedGradient
from grader.judging.curves.explained_curves import NEAR_CHANGE, NEAR_RATIO, explain, is_changed_with_a_pass
from grader.judging.curves.plotted_gradients import DOUBLED, MAX_OF_SIZE, ComputedGradients
from grader.judging.passes.differentiated_points import gradients_of
from grader.model import Backward, BriefPasses, Event, Figure, Hand, Observation
from grader.runtime.protocol.record import SECOND_RUN_CHANGE, SECOND_RUN_LEAST, SECOND_RUN_SWING

Floats = npt.NDArray[np.float64]

CurveChanges = Mapping[tuple[int, int], Floats | None]
"""By how many units each point of a curve changed in the second run; None where that is not known. The keys are the
numbers of the figure and of the curve in it.
"""

SIGNIFICANT = 0.1
"""Points below this share of the greatest value are left out: rounding errors would hide their change."""
MOST = 0.9
"""The share of the significant points that has to agree."""
FEW = 0.25
"""The share of the significant points that may change where a curve as a whole does not."""
MOVED = 0.5 * SECOND_RUN_LEAST
"""Units from which on a point counts as changed."""
MAX_ORDER = 3
"""A derivative of order n is changed n times. Higher orders than this are not recognized."""
MAX_CURVES = 20_000
"""Curves whose source is decided: a hundred figures with two hundred curves."""
MAX_ASKED = 20_000
"""Gradients of a run about which it is asked whether a curve may show them."""
COARSE = 2.0**-6
"""How far the ratios of a curve and a gradient, both of 16 bits, may be from each other, as a share."""
BITS = 11, 8
"""Binary digits of floats of 16 bits."""
DECIMALS = range(1, 6)
"""Values that were rounded to so many decimals hide a change."""


def figures_of(observation: Observation) -> tuple[Figure, ...]:
    return tuple(event for event in observation.events if isinstance(event, Figure))


def curve_values(figures: Sequence[Figure]) -> dict[tuple[int, int], Floats | None]:
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


def find_changes(observation: Observation, second_run: Sequence[Figure]) -> CurveChanges:
    """Compare a run's figures with those of its second run."""
    second = curve_values(second_run)
    curves = islice(curve_values(figures_of(observation)).items(), MAX_CURVES)
    return {key: change_of(values, second.get(key)) for key, values in curves}


def change_of(values: Floats | None, second: Floats | None) -> Floats | None:
    """By how many units each number changed; None where that cannot be told."""
    if values is None or second is None or values.shape != second.shape:
        return None
    with np.errstate(all="ignore"):
        return (second - values) / values / SECOND_RUN_CHANGE


def is_clear(change: Floats | None) -> bool:
    """Whether a curve changed by nothing but what the second run changes, so that no other run could tell more."""
    if change is None:
        return False
    known = np.abs(change[np.isfinite(change)])
    if not known.size:
        return True
    highest = MAX_ORDER * (SECOND_RUN_LEAST + SECOND_RUN_SWING + NEAR_CHANGE)
    within = (known < highest) | (np.abs(known - DOUBLED) < MOVED)
    moved = float((known > MOVED).mean())
    # Changes of two passes may add up to none at some points.
    return float(within.mean()) > MOST and (moved < 1 - MOST or moved > 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveSource:
    """Where a curve's values come from. ``moved``: they changed with results of autograd."""

    source: str
    """``autograd``, ``other`` or ``unknown``."""
    moved: bool = False
    reason: str = ""
    """Why a person has to decide; empty where that is not so."""
    hands: tuple[Hand, ...] = ()
    """What changed something in the passes that the values come from."""


OTHER = CurveSource(source="other")
_DIFFERENT = CurveSource(source="unknown", reason="it came out differently when the code ran again")
ROUNDED = CurveSource(source="unknown", reason="its values were rounded before they were drawn")
_COARSE = CurveSource(
    source="unknown",
    reason="its values have 16 bits, as the gradients do, which is too coarse to show where they come from",
)
_FORMULA = CurveSource(source="other", moved=True)
MIXED = CurveSource(
    source="unknown",
    moved=True,
    reason="its values were computed from gradients and are none of them",
)
_TWO_PASSES = CurveSource(
    source="unknown", moved=True, reason="one line computed the same values from this function and from another one"
)
UNSEEN = CurveSource(
    source="unknown", moved=True, reason="it comes from a pass of which the record of the run does not show the values"
)


def source_of(
    values: Floats,
    change: Floats | None,
    computed: ComputedGradients,
    is_meant: Callable[[ComputedGradient], bool],
) -> CurveSource:
    """The source of a curve. ``is_meant`` tells the gradients that it may show: those of the function that is asked
    for.
    """
    if change is None or change.shape != values.shape:
        return _DIFFERENT
    chosen = _significant(values, change)
    if not chosen.any():
        return _DIFFERENT
    moved = np.abs(change[chosen]) > MOVED
    if moved.mean() < FEW:
        if _is_coarse(values, chosen, computed):
            return _COARSE
        return ROUNDED if _is_rounded(values[chosen], computed) else OTHER
    source = _source_of_moved(values, change, chosen, computed, is_meant)
    return source if source.source == "autograd" or moved.mean() > MOST else _DIFFERENT


def _source_of_moved(
    values: Floats,
    change: Floats,
    chosen: npt.NDArray[np.bool_],
    computed: ComputedGradients,
    is_meant: Callable[[ComputedGradient], bool],
) -> CurveSource:
    meant = _Meant(computed, is_meant)
    found = explain(values, change, chosen, computed)
    owners = {number: computed[number] for number in np.unique(found.numbers).tolist()}
    is_right = np.array([meant[number] for number in found.numbers.tolist()], bool)
    by_hand = np.array([bool(owners[number].hands) for number in found.numbers.tolist()], bool)
    if _share(found.points[is_right & ~found.by_chance], chosen) > MOST:
        if _share(found.points[~is_right & ~found.by_chance], chosen) > MOST:
            return _TWO_PASSES
        if _share(found.points[is_right & ~found.by_chance & ~by_hand], chosen) > MOST:
            return CurveSource(source="autograd", moved=True)
        used = np.unique(found.numbers[is_right & ~found.by_chance & by_hand]).tolist()
        hands = dict.fromkeys(hand for number in used for hand in owners[number].hands)
        return CurveSource(source="autograd", moved=True, hands=tuple(hands))
    # Gradients of something else, or a formula of which every point was multiplied by one gradient.
    if _share(found.points[~is_right], chosen) > MOST or _is_formula(values, change, chosen, computed):
        return _FORMULA
    if any(meant[number] for number in range(len(computed))):
        return MIXED
    return UNSEEN if computed.is_incomplete else _FORMULA


def _is_formula(values: Floats, change: Floats, chosen: npt.NDArray[np.bool_], computed: ComputedGradients) -> bool:
    """Whether all points changed by one gradient, or point by point by those of one pass, which have other values."""
    typical = float(np.median(change[chosen]))
    alike = float(np.mean(np.abs(change[chosen] - typical) < NEAR_CHANGE))
    return (alike > MOST and abs(typical - DOUBLED) > MOVED) or is_changed_with_a_pass(values, change, chosen, computed)


def _share(points: npt.NDArray[np.intp], chosen: npt.NDArray[np.bool_]) -> float:
    """The share of the chosen points that are among some points."""
    return float(np.unique(points).size) / max(1, int(np.count_nonzero(chosen)))


class _Meant:
    """Which gradients are those that a curve may show; asked once for each, and not for too many."""

    def __init__(self, computed: ComputedGradients, is_meant: Callable[[ComputedGradient], bool]) -> None:
        self._computed = computed
        self._is_meant = is_meant
        self._known: dict[int, bool] = {}

    def __getitem__(self, number: int) -> bool:
        known = self._known.get(number)
        if known is None:
            known = len(self._known) < MAX_ASKED and self._is_meant(self._computed[number])
            self._known[number] = known
        return known


def _significant(values: Floats, change: Floats) -> npt.NDArray[np.bool_]:
    finite = np.isfinite(values) & np.isfinite(change)
    size = np.abs(np.where(finite, values, 0.0))
    chosen: npt.NDArray[np.bool_] = finite & (size > SIGNIFICANT * size.max(initial=0.0))
    return chosen


def _is_coarse(values: Floats, chosen: npt.NDArray[np.bool_], computed: ComputedGradients) -> bool:
    """Whether the values are those of gradients of 16 bits, or a multiple of such a gradient as a whole. The second run
    changes these by less than the distance to the next number.
    """
    gradients = [computed[number].gradient for number in computed.coarse]
    if not gradients:
        return False
    shown = values[chosen]
    if np.isin(shown, np.concatenate(gradients)).mean() > MOST:
        return True
    with np.errstate(all="ignore"):
        near = COARSE if _has_bits(shown, BITS[0]) else NEAR_RATIO
        ratios = [shown / one[chosen] for one in gradients[:MAX_OF_SIZE] if one.size == values.size]
        return any(float(np.mean(np.abs(ratio / np.median(ratio) - 1) < near)) > MOST for ratio in ratios)


def _is_rounded(values: Floats, computed: ComputedGradients) -> bool:
    """Whether the values are those of gradients to some digits, which hide what the second run changes."""
    for decimals in DECIMALS:
        steps = values * 10.0**decimals
        if np.abs(steps - np.rint(steps)).max() < 0.01:
            return bool(computed.near(values, 0.51 * 10.0**-decimals).mean() > MOST)
    greatest = float(np.abs(values).max())
    return any(
        _has_bits(values, bits) and bool(computed.near(values, greatest * 0.51 * 2.0 ** (1 - bits)).mean() > MOST)
        for bits in BITS
    )


def _has_bits(values: Floats, bits: int) -> bool:
    return bool((np.mod(np.frexp(values)[0] * 2.0**bits, 1) == 0).all())


def recorded_gradients(events: Sequence[Event]) -> Floats:
    """All recorded gradients, sorted."""
    computed = [data for data in gradients_of(events) if data.dtype.kind == "f"]
    if not computed:
        return np.zeros(0)
    with np.errstate(invalid="ignore"):
        # Not `np.unique`, which imports `numpy.ma` when it is first called.
        return np.sort(np.concatenate([data.ravel() for data in computed], dtype=np.float64))


def are_among(values: Floats, ordered: Floats) -> bool:
    """Whether every value is among those that are given in order."""
    if not ordered.size:
        return False
    places = np.minimum(np.searchsorted(ordered, values), ordered.size - 1)
    return bool((ordered[places] == values).all())
