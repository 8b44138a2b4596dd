"""Backward events as the passes that a check speaks of: pieces joined, and counted for each leaf.

The recorder reports every call as it was. Here it is decided what a learner would call *one pass*, how many of them a
leaf's ``.grad`` sums, and whether it was zeroed in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.model import Array, Backward, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one pass did for one leaf. ``position`` is the event's position in the observation.

    ``passes`` counts the passes that ``grad`` now sums (a value assigned by hand sets it back to 0), ``was_zeroed``
    says that ``.grad`` held something after the pass before and was zero or None when this one began.
    """

    position: int
    event: Backward
    names: tuple[str, ...]
    leaf: Array
    gradient: Array | None
    grad: Array | None
    grad_before: Array | None
    weights: Array | None
    passes: int
    was_zeroed: bool


@dataclass(slots=True)
class _Account:
    """What is known of one leaf's ``.grad`` between two passes."""

    passes: int = 0
    grad: npt.NDArray[Any] | None = None
    group: int = 0
    latest: Pass | None = None
    key: tuple[int, int] = (0, 0)


@np.errstate(all="ignore")
def find_passes(events: Sequence[Event]) -> tuple[Pass, ...]:
    """Every pass that worked, one entry for each leaf that it reached, in order."""
    accounts: dict[int, _Account] = {}
    found: dict[tuple[int, int], Pass] = {}
    for position, event in enumerate(events):
        if not isinstance(event, Backward) or event.error is not None:
            continue
        for number, leaf in enumerate(event.leaves):
            account = accounts.setdefault(leaf.value.token, _Account())
            before = _data(leaf.grad_before)
            empty = before is None or not np.any(before)
            was_zeroed = empty and account.grad is not None and bool(np.any(account.grad))
            by_hand = not empty and not _same(before, account.grad)
            latest = account.latest
            whole = None
            if event.group and event.group == account.group and latest is not None:
                whole = _joined(latest, leaf.gradient, event.weights)
            if empty or by_hand:
                account.passes = 0
            accumulates = event.call == "backward"
            if accumulates and (whole is None or account.passes == 0):
                account.passes += 1
            entry = Pass(
                position=position,
                event=event,
                names=leaf.names,
                leaf=leaf.value,
                gradient=leaf.gradient,
                grad=leaf.grad_after,
                grad_before=leaf.grad_before,
                weights=event.weights,
                passes=account.passes,
                was_zeroed=was_zeroed,
            )
            if whole is not None and latest is not None:
                # The whole pass takes the place of its pieces.
                del found[account.key]
                entry = replace(
                    entry,
                    gradient=whole[0],
                    weights=whole[1],
                    grad_before=latest.grad_before,
                    was_zeroed=latest.was_zeroed,
                )
            account.key = position, number
            found[account.key] = account.latest = entry
            account.group, account.grad = event.group, _data(leaf.grad_after)
    return tuple(found[key] for key in sorted(found))


def _joined(latest: Pass, gradient: Array | None, weights: Array | None) -> tuple[Array, Array | None] | None:
    """The sums of gradient and weights over the pieces so far; None where this piece begins another pass."""
    if latest.gradient is None or gradient is None:
        return None
    first, second = _data(latest.gradient), _data(gradient)
    if first is None or second is None or first.shape != second.shape:
        return None
    summed = replace(latest.gradient, data=first + second, token=0)
    one, other = _data(latest.weights), _data(weights)
    if one is None or other is None or one.shape != other.shape:
        return summed, latest.weights
    if np.any((one != 0) & (other != 0)):
        return None  # the same element again: the loop has come round
    assert latest.weights is not None
    return summed, replace(latest.weights, data=one + other, token=0)


def _data(array: Array | None) -> npt.NDArray[Any] | None:
    return None if array is None else array.data


def _same(before: npt.NDArray[Any] | None, after: npt.NDArray[Any] | None) -> bool:
    """Bit for bit the same: whatever is not was changed by hand."""
    if before is None or after is None or before.shape != after.shape:
        return before is after
    return bool(np.array_equal(before, after, equal_nan=before.dtype.kind in "fc"))


def leaves_of(events: Sequence[Event]) -> Iterator[npt.NDArray[Any]]:
    """The points at which gradients were computed, as one-dimensional arrays: what a curve without x was drawn over.

    Leaves of several elements as they are; leaves of one element, a loop over the points, put together in order.
    """
    singles: list[float] = []
    seen: set[bytes] = set()
    for event in events:
        for leaf in event.leaves if isinstance(event, Backward) else ():
            data = leaf.value.data
            if data is None or data.dtype.kind not in "fiu":
                continue
            if data.size == 1:
                singles.append(float(data.item()))
            elif data.ndim == 1 and (key := data.tobytes()) not in seen:
                seen.add(key)
                with np.errstate(invalid="ignore"):
                    yield data.astype(np.float64)
    if singles:
        yield np.array(singles)
