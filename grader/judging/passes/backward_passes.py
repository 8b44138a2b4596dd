"""Recorded backward calls as backward passes: calls of one loop over elements are joined, and passes are counted.

The recorder reports every call. This module decides which calls together are one pass, how many passes a leaf's
``.grad`` sums, and whether it was zeroed in between.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.judging.error_families import FAMILIES
from grader.judging.passes.alike_passes import PassResult, SummedPasses
from grader.model import Array, Backward, BriefLine, BriefPasses, Event, Hand
from grader.runtime.protocol.record import GRAD_IS_NONZERO, GRAD_WAS_CHANGED, GRAD_WAS_EMPTY, LEAF_MOVED

_NOT_SCALAR = FAMILIES["nonscalar-backward"]
MAX_HANDS = 20
"""Hands in the passes that one ``.grad`` sums."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackwardPass:
    """The result of one backward pass for one leaf. ``position`` is the event's position in the observation.

    ``passes`` counts the passes that ``grad`` sums after this pass; a value assigned by hand resets it to 0.
    ``was_zeroed``: ``.grad`` was not zero after the previous pass, and was zero or None when this pass began.
    ``cleared`` counts the passes that ``.grad`` summed when it was zeroed last. ``repeats`` counts the passes from the
    very same ``output`` up to this one, ``refusals`` the calls that failed at any time because that is no scalar.
    ``trained``: when the same line ran another pass, the leaf's value was another one. ``alike`` counts the passes that
    are like this one, itself included, among those that ``grad`` sums: from the same output, or over the same function
    computed anew. ``cleared_alike`` counts those among the passes that it summed when it was zeroed last.
    ``curvature``: see ``LeafPass``. ``hands`` are those in this pass, ``grad_hands`` those in all that ``grad`` sums.
    ``is_new_leaf``: an earlier pass reached another tensor of this name. ``tangent``: see ``LeafPass``.
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
    cleared: int
    repeats: int
    refusals: int
    alike: int = 1
    cleared_alike: int = 0
    is_new_leaf: bool = False
    trained: bool = False
    curvature: Array | None = None
    tangent: Array | None = None
    hands: tuple[Hand, ...] = ()
    grad_hands: tuple[Hand, ...] = ()


@dataclass(slots=True)
class _LeafState:
    """A leaf's ``.grad`` and its count of passes, between two passes. ``grad`` is None after a pass in brief."""

    passes: int = 0
    cleared: int = 0
    grad: npt.NDArray[Any] | None = None
    is_nonzero: bool = False
    group: int = 0
    latest: BackwardPass | None = None
    key: tuple[int, int] = (0, 0)
    summed: SummedPasses = field(default_factory=SummedPasses)
    cleared_passes: SummedPasses = field(default_factory=SummedPasses)
    hands: tuple[Hand, ...] = ()

    def clear(self) -> None:
        """Note that ``.grad`` was zeroed."""
        self.cleared, self.cleared_passes = self.passes, self.summed
        self.summed = SummedPasses()


@np.errstate(all="ignore")
def find_backward_passes(events: Sequence[Event]) -> tuple[BackwardPass, ...]:
    """The passes that raised no error, in order; an entry for each leaf that a pass reached."""
    states: dict[int, _LeafState] = {}
    by_name: dict[str, int] = {}
    found: dict[tuple[int, int], BackwardPass] = {}
    refusals = _refusals(events)
    repeats: Counter[tuple[int, int]] = Counter()
    moved: set[tuple[int, int, int]] = set()
    for position, event in enumerate(events):
        if isinstance(event, BriefPasses):
            _count_brief(event, states, repeats, moved)
        if not isinstance(event, Backward) or event.error is not None:
            continue
        for number, leaf in enumerate(event.leaves):
            state = states.setdefault(leaf.value.token, _LeafState())
            before = _data(leaf.grad_before)
            empty = before is None or not np.any(before)
            was_zeroed = empty and state.is_nonzero
            unchanged = _is_unchanged(before, state.grad) if leaf.unchanged is None else leaf.unchanged
            by_hand = not empty and not unchanged
            latest = state.latest
            whole = None
            if event.group and event.group == state.group and latest is not None:
                is_part = (latest.event.order, latest.event.output.shape) == (event.order, event.output.shape)
                whole = _joined(latest, leaf.gradient, event.weights) if is_part else None
            if was_zeroed:
                state.clear()
            elif by_hand:
                state.summed = SummedPasses()
            if empty or by_hand:
                state.passes, state.hands = 0, ()
            state.hands = _joined_hands(state.hands, event.hands)
            accumulates = event.call == "backward"
            if accumulates and (whole is None or state.passes == 0):
                state.passes += 1
            token = event.output.token
            if whole is None and token and token != leaf.value.token:
                repeats[token, leaf.value.token] += 1
            result = PassResult.of(event.output, event.weights, leaf.gradient, leaf=leaf.value.token)
            entry = BackwardPass(
                position=position,
                event=event,
                names=leaf.names,
                leaf=leaf.value,
                gradient=leaf.gradient,
                grad=leaf.grad_after,
                grad_before=leaf.grad_before,
                weights=event.weights,
                passes=state.passes,
                was_zeroed=was_zeroed,
                cleared=state.cleared,
                repeats=max(1, repeats[token, leaf.value.token]),
                refusals=refusals[token] if token else 0,
                alike=state.summed.count_like(result) + 1,
                cleared_alike=state.cleared_passes.count_like(result),
                is_new_leaf=any(by_name.get(name, leaf.value.token) != leaf.value.token for name in leaf.names),
                curvature=leaf.curvature,
                tangent=leaf.tangent,
                hands=event.hands,
                grad_hands=state.hands,
            )
            by_name |= dict.fromkeys(leaf.names, leaf.value.token)
            if whole is not None and latest is not None:
                # The joined pass replaces its parts.
                del found[state.key]
                entry = replace(
                    entry,
                    gradient=whole[0],
                    weights=whole[1],
                    grad_before=latest.grad_before,
                    was_zeroed=latest.was_zeroed,
                    cleared=latest.cleared,
                    alike=latest.alike,
                    cleared_alike=latest.cleared_alike,
                    curvature=_sum(latest.curvature, leaf.curvature),
                    hands=_joined_hands(latest.hands, event.hands),
                )
            elif accumulates:
                state.summed.add(result, entry.alike)
            state.key = position, number
            found[state.key] = state.latest = entry
            state.group, state.grad = event.group, _data(leaf.grad_after)
            state.is_nonzero = state.grad is not None and bool(np.any(state.grad))
    return _with_training(_with_curvatures([found[key] for key in sorted(found)]), moved)


def _with_curvatures(passes: Sequence[BackwardPass]) -> Sequence[BackwardPass]:
    """The passes, with curvatures where the recorder could not compute them, as in forward mode: that of a pass is
    the gradient that a later pass has computed of its gradient.
    """
    wanted = {
        (entry.event.order + 1, *key): number
        for number, entry in enumerate(passes)
        if entry.curvature is None and (key := _key(entry.leaf, entry.gradient))
    }
    filled = list(passes)
    for entry in passes if wanted else ():
        key = _key(entry.leaf, entry.event.output)
        number = wanted.get((entry.event.order, *key), -1) if key else -1
        weights = _data(entry.weights)
        data = _data(entry.gradient)
        if number < 0 or entry.gradient is None or data is None or weights is None or not (weights == 1).all():
            continue
        leaf = filled[number].leaf
        if data.size == math.prod(leaf.shape):
            curvature = replace(entry.gradient, data=data.reshape(leaf.shape), shape=leaf.shape)
            filled[number] = replace(filled[number], curvature=curvature)
    return filled


def _key(leaf: Array, values: Array | None) -> tuple[bytes, bytes] | None:
    """The numbers of a leaf and of something at it, by which passes at one point are recognized."""
    point, data = _data(leaf), _data(values)
    return None if point is None or data is None or point.size > 1 else (point.tobytes(), data.tobytes())


def _joined_hands(some: tuple[Hand, ...], others: tuple[Hand, ...]) -> tuple[Hand, ...]:
    return tuple(dict.fromkeys((*some, *others)))[:MAX_HANDS] if others else some


def _count_brief(
    event: BriefPasses,
    states: dict[int, _LeafState],
    repeats: Counter[tuple[int, int]],
    moved: set[tuple[int, int, int]],
) -> None:
    """Count the passes of an event in the states of their leaves. ``moved``: leaves whose value changed, by place."""
    rows = [iter(_rows(line)) for line in event.lines]
    for number in [] if event.sequence.data is None else event.sequence.data.tolist():
        line, (output, leaves) = event.lines[number], next(rows[number])
        for token, bits in leaves:
            state = states.setdefault(token, _LeafState())
            empty = bool(bits & GRAD_WAS_EMPTY)
            if empty and state.is_nonzero:
                state.clear()
            elif bits & GRAD_WAS_CHANGED:
                state.summed = SummedPasses()
            if empty or bits & GRAD_WAS_CHANGED:
                state.passes, state.hands = 0, ()
            state.hands = _joined_hands(state.hands, line.hands)
            state.passes += line.call == "backward"
            if output and output != token:
                repeats[output, token] += 1
                state.summed.add_unknown()
            if bits & LEAF_MOVED:
                moved.add((token, line.place.cell, line.place.line))
            state.is_nonzero = bool(bits & GRAD_IS_NONZERO)
            state.grad, state.group, state.latest = None, 0, None


def _rows(line: BriefLine) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """For each pass the token of its output, and the token and state of each leaf."""
    columns = [zip(_listed(leaf.tokens), _listed(leaf.states), strict=True) for leaf in line.leaves]
    for output in output_tokens(line):
        yield output, [next(column) for column in columns]


def output_tokens(line: BriefLine) -> list[int]:
    """The token of the tensor that each pass in brief started from."""
    return _listed(line.output_tokens)


def _listed(column: Array) -> list[int]:
    found: list[int] = [] if column.data is None else column.data.tolist()
    return found


def _with_training(passes: Sequence[BackwardPass], moved: Iterable[tuple[int, int, int]]) -> tuple[BackwardPass, ...]:
    """The passes, with what is known of their leaves' values at other turns of a loop. ``moved``: leaves and places
    where passes in brief show that the value changed.
    """
    at_place: dict[tuple[int, int, int], list[BackwardPass]] = {}
    for entry in passes:
        at_place.setdefault(_leaf_and_place(entry), []).append(entry)
    trained = set(moved) | {
        key
        for key, turns in at_place.items()
        if not all(_is_unchanged(_data(turns[0].leaf), _data(turn.leaf)) for turn in turns)
    }
    return tuple(replace(entry, trained=True) if _leaf_and_place(entry) in trained else entry for entry in passes)


def _leaf_and_place(entry: BackwardPass) -> tuple[int, int, int]:
    place = entry.event.place
    return entry.leaf.token, place.cell, place.line


def _refused_by_torch(event: Backward) -> bool:
    return event.error is not None and event.error.origin == "torch" and _NOT_SCALAR.matches(event.error)


def _refusals(events: Sequence[Event]) -> Counter[int]:
    """How often a backward from each tensor failed because that is no scalar, by the tensor's token."""
    return Counter(event.output.token for event in events if isinstance(event, Backward) and _refused_by_torch(event))


def _joined(latest: BackwardPass, gradient: Array | None, weights: Array | None) -> tuple[Array, Array | None] | None:
    """The sums of gradients and of weights over the parts so far; None if this part begins another pass."""
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
        return None  # this element has a gradient already: the loop starts again
    assert latest.weights is not None
    return summed, replace(latest.weights, data=one + other, token=0)


def _sum(one: Array | None, other: Array | None) -> Array | None:
    first, second = _data(one), _data(other)
    if one is None or first is None or second is None or first.shape != second.shape:
        return None
    return replace(one, data=first + second)


def _data(array: Array | None) -> npt.NDArray[Any] | None:
    return None if array is None else array.data


def _is_unchanged(before: npt.NDArray[Any] | None, after: npt.NDArray[Any] | None) -> bool:
    """Whether both are identical bit for bit; otherwise the student changed ``.grad`` by hand."""
    if before is None or after is None or before.shape != after.shape:
        return before is after
    return bool(np.array_equal(before, after, equal_nan=before.dtype.kind in "fc"))
