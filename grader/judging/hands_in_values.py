"""What had a hand in named values and in curves: they come from the gradients of passes that had one."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from grader.judging.curves.curve_sources import are_among, recorded_gradients
from grader.judging.observed import Observed
from grader.model import Backward, BriefPasses, Event, Hand, Value
from grader.model.values import arrays_in

MAX_CURVE_PASSES = 1_000
"""Passes with hands whose gradients are compared with a curve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _ChangedPasses:
    """The passes of a run in which a hand changed something.

    ``gradients`` are the hands by the token of a gradient, ``leaves`` those in a leaf's ``.grad`` from a position on.
    """

    gradients: Mapping[int, tuple[Hand, ...]] = field(default_factory=dict)
    leaves: Mapping[int, Sequence[tuple[int, tuple[Hand, ...]]]] = field(default_factory=dict)
    events: tuple[Backward | BriefPasses, ...] = ()


def hands_in_values(
    observed: Observed, values: Mapping[str, Value], *, with_grad: Iterable[str], position: int
) -> tuple[Hand, ...]:
    """The hands in values at a position of the run: in those that are gradients, and in ``.grad`` of some of them."""
    changed = _changed_passes(observed)
    if not changed.events:
        return ()
    found: list[Hand] = []
    for name, value in values.items():
        for part in arrays_in(value):
            if part.token:
                found += changed.gradients.get(part.token, ())
                if name in with_grad and part.grad is not None:
                    found += _at(changed.leaves.get(part.token, ()), position)
    return tuple(dict.fromkeys(found))


def hands_in_curve(observed: Observed, y: npt.NDArray[np.float64] | None) -> tuple[Hand, ...]:
    """The hands in a curve whose values are among the gradients of passes, but not among those of passes without."""
    changed = _changed_passes(observed)
    if not changed.events or y is None or _are_without_hands(observed, y, changed):
        return ()
    values = np.unique(y)
    found: list[Hand] = []
    for event in changed.events[:MAX_CURVE_PASSES]:
        if np.isin(values, recorded_gradients([event])).any():
            hands = [event.hands] if isinstance(event, Backward) else [line.hands for line in event.lines]
            found += itertools.chain.from_iterable(hands)
    return tuple(dict.fromkeys(found))


def _are_without_hands(observed: Observed, y: npt.NDArray[np.float64], changed: _ChangedPasses) -> bool:
    changed_events = {id(event) for event in changed.events if isinstance(event, Backward)}

    def without_hands() -> npt.NDArray[np.float64]:
        events: list[Event] = [event for event in observed.events if id(event) not in changed_events]
        return recorded_gradients([_without_changed_lines(event) for event in events])

    return are_among(y, observed.once(_are_without_hands, without_hands))


def _without_changed_lines(event: Event) -> Event:
    """Passes in brief without those of lines in which a hand changed something."""
    if not isinstance(event, BriefPasses):
        return event
    return replace(event, lines=tuple(line for line in event.lines if not _changed(line.hands)))


def _changed_passes(observed: Observed) -> _ChangedPasses:
    return observed.once(_ChangedPasses, lambda: _find_changed_passes(observed))


def _find_changed_passes(observed: Observed) -> _ChangedPasses:
    events = tuple(
        event
        for event in observed.events
        if (isinstance(event, Backward) and _changed(event.hands))
        or (isinstance(event, BriefPasses) and any(_changed(line.hands) for line in event.lines))
    )
    if not events:
        return _ChangedPasses()
    gradients: dict[int, tuple[Hand, ...]] = {}
    leaves: dict[int, list[tuple[int, tuple[Hand, ...]]]] = {}
    for entry in observed.backward_passes:
        leaves.setdefault(entry.leaf.token, []).append((entry.position, entry.grad_hands))
        for gradient, hands in ((entry.gradient, entry.hands), (entry.grad, entry.grad_hands)):
            if gradient is not None and gradient.token:
                gradients[gradient.token] = hands
    return _ChangedPasses(gradients=gradients, leaves=leaves, events=events)


def _changed(hands: Iterable[Hand]) -> bool:
    return any(hand.changed for hand in hands)


def _at(known: Sequence[tuple[int, tuple[Hand, ...]]], position: int) -> tuple[Hand, ...]:
    """The hands in the latest entry up to a position."""
    count = bisect.bisect_right(known, position, key=lambda entry: entry[0])
    return known[count - 1][1] if count else ()
