"""The gradients that a run computed, and how the second run changed each of them: what curves are compared with.

The change of an element follows from the line of its pass and from its leaf's value (see
``grader.runtime.record.passes.intervention``). So values and change of a point show from which pass it comes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.judging.curves.computed_gradient import ComputedGradient
from grader.judging.curves.sums_and_norms import sums_and_norms
from grader.model import Array, Backward, BriefLine, BriefPasses, Event, LeafPass, RunPlace
from grader.runtime.protocol.record import (
    SECOND_RUN_CHANGE,
    SECOND_RUN_LEAST,
    SECOND_RUN_SWING,
    second_run_turns,
)

Floats = npt.NDArray[np.float64]

PASS_VARIABLES = frozenset({"leaf", "gradient", "output", "root", "weights", "order", "operations", "affine"})
"""What is known of the pass that computed a gradient."""
MAX_PASSES = 100_000
"""Gradients of leaves that are kept."""
MAX_ELEMENTS = 4_000_000
"""Elements of all these gradients."""
MAX_OF_SIZE = 1_000
"""Gradients of one size that are compared with a curve as a whole."""
MAX_EARLIER = 8
"""Earlier passes through whose gradients a pass of a higher order may go."""
WAYS = 1_000
"""Passes of different orders in one line, as ``functional.hessian`` has them, count as different lines."""
MAX_BENT = 8
"""Passes of a line that answer for those of which it is not known how their gradients change."""
MAX_ALIKE = 4
"""Elements of an earlier gradient that a pass may have differentiated, where they are equal."""
_OF_SUM, _OF_DIRECTION = -1, -2
"""Stand in the place of the number of a change, in ``ComputedGradient.line``."""
DOUBLED = 1 / SECOND_RUN_CHANGE
"""The change, in units, of what hooks see of a pass: see ``grader.runtime.record.passes.intervention``."""


class ComputedGradients:
    """All gradients of a run, and their elements in the order of their values, without zeros.

    Of each element ``owners`` has the number of the gradient, ``changes`` the change, ``orders`` the order of the
    derivative. ``lines`` has for each gradient the position of its line among all lines.
    """

    def __init__(self, events: Sequence[Event], *, of_values: bool = False, with_sums: bool = False) -> None:
        """``of_values``: also what ``.grad`` of a leaf held after several passes, and derivatives of forward mode in a
        direction. ``with_sums``: also sums, means and norms of gradients.
        """
        self.is_incomplete = any(map(_hides_values, events)) or (of_values and any(map(_hides_directions, events)))
        """Whether the record of a pass does not show the values that it computed."""
        self._gradients: list[ComputedGradient] = []
        self._by_size: dict[int, list[int]] = {}
        bent: dict[tuple[int, int], list[ComputedGradient]] = {}
        left = MAX_ELEMENTS
        all_computed = chain(_computed(events), *(_further(events, with_sums) if of_values else ()))
        for number, found in enumerate(islice(all_computed, MAX_PASSES)):
            left -= found.gradient.size
            if left < 0:
                break
            of_line = bent.setdefault(found.line[:2], [])
            if found.bend is not None:
                of_line += [found][: max(0, MAX_BENT - len(of_line))]
            elif of_line:
                found = replace(found, earlier=of_line)
            self._gradients.append(found)
            self._by_size.setdefault(found.gradient.size, []).append(number)
        known = {line: number for number, line in enumerate(dict.fromkeys(one.line for one in self._gradients))}
        self.lines = np.array([known[one.line] for one in self._gradients], np.intp)
        self.coarse = [number for number, one in enumerate(self._gradients) if one.is_coarse]
        """The numbers of the gradients of 16 bits."""
        sizes = [one.gradient.size for one in self._gradients]
        values = np.concatenate([np.zeros(0), *(one.gradient for one in self._gradients)])
        kept = np.flatnonzero(np.isfinite(values) & (values != 0))
        kept = kept[np.argsort(values[kept], kind="stable")]
        self.values = values[kept]
        self.changes = np.concatenate([np.zeros(0), *(one.change for one in self._gradients)])[kept]
        self.owners = np.repeat(np.arange(len(sizes)), sizes)[kept]
        self.orders = np.repeat([one.order for one in self._gradients], sizes)[kept] if sizes else np.zeros(0)

    def __len__(self) -> int:
        return len(self._gradients)

    def __getitem__(self, number: int) -> ComputedGradient:
        return self._gradients[number]

    def of_size(self, size: int) -> Sequence[int]:
        """The numbers of the gradients with so many elements."""
        return self._by_size.get(size, ())[:MAX_OF_SIZE]

    def near(self, values: Floats, distance: float) -> npt.NDArray[np.bool_]:
        """Whether a gradient is within a distance of each value."""
        first = np.searchsorted(self.values, values - distance, "left")
        near: npt.NDArray[np.bool_] = first < np.searchsorted(self.values, values + distance, "right")
        return near


def _hides_values(event: Event) -> bool:
    if isinstance(event, BriefPasses):
        return any(not line.leaves or any(leaf.values is None for leaf in line.leaves) for line in event.lines)
    if not isinstance(event, Backward) or event.error is not None:
        return False
    if event.call == "jvp":
        return not any(_floats(leaf.gradient) is not None for leaf in event.leaves)
    return any(
        leaf.gradient is not None and (leaf.gradient.data is None or leaf.value.data is None) for leaf in event.leaves
    )


def _further(events: Sequence[Event], with_sums: bool) -> tuple[Iterable[ComputedGradient], ...]:
    """What values are compared with besides the gradients of single passes."""
    in_grad = list(_sums_in_grad(events))
    sums = sums_and_norms([*_computed(events), *in_grad]) if with_sums else ()
    return in_grad, _in_directions(events), sums


def _computed(events: Sequence[Event]) -> Iterator[ComputedGradient]:
    earlier: deque[tuple[Floats | None, Floats]] = deque(maxlen=MAX_EARLIER)
    for event in events:
        if isinstance(event, BriefPasses):
            for line in event.lines:
                yield from _brief_line(line)
        if not isinstance(event, Backward) or event.error is not None:
            continue
        found = [(leaf, change) for leaf in event.leaves if (change := _change(event, leaf.value)) is not None]
        for leaf, change in found:
            gradient = _floats(leaf.gradient)
            if gradient is None:
                continue
            changes = [change]
            if event.order > 1:
                known = [total for one in earlier for total in _of_known_elements(event, change, *one)]
                changes = known or [total for _, first in earlier for total in _sums(change, first)]
            if event.group < 0:
                # ``functional.jvp`` computes two passes: its second one differentiates by weights that are all zero.
                at_zero = _units_at_values(np.zeros((), np.float32), event.place)
                changes = [total for one in changes for total in (one, *_sums(one, at_zero))]
            for way, total in enumerate(changes):
                if (spread := _spread(total, gradient)) is not None:
                    yield ComputedGradient(
                        variables=_variables(event, leaf.value, leaf.gradient),
                        gradient=gradient.ravel(),
                        change=spread,
                        order=event.order,
                        line=(event.place.cell, event.place.line, way + WAYS * (event.order - 1)),
                        hands=tuple(hand for hand in event.hands if hand.changed),
                        bend=leaf.curvature if leaf.bend is None else leaf.bend,
                    )
        if event.create_graph:
            earlier.extend((_floats(leaf.gradient), change) for leaf, change in found)


def _sums_in_grad(events: Sequence[Event]) -> Iterator[ComputedGradient]:
    """What passes of first order left in ``.grad`` of leaves on which it held the gradients of others."""
    held: dict[int, tuple[Floats, Floats]] = {}
    for event in events:
        if not isinstance(event, Backward) or event.error is not None or event.call != "backward" or event.order > 1:
            continue
        for leaf in event.leaves:
            before, own, after = (_floats(one) for one in (leaf.grad_before, leaf.gradient, leaf.grad_after))
            change = _change(event, leaf.value)
            known = held.pop(leaf.value.token, None)
            if own is None or after is None or change is None or change.shape != own.shape:
                continue
            if before is None:
                held[leaf.value.token] = own, change
            elif known is not None and np.array_equal(known[0], before) and before.shape == own.shape == after.shape:
                with np.errstate(all="ignore"):
                    total = np.where(after == 0, 0.0, (known[1] * before + change * own) / after)
                held[leaf.value.token] = after, total
                yield ComputedGradient(
                    variables=_variables(event, leaf.value, leaf.grad_after),
                    gradient=after.ravel(),
                    change=total.ravel(),
                    order=1,
                    line=(event.place.cell, event.place.line, _OF_SUM),
                    hands=tuple(hand for hand in event.hands if hand.changed),
                )


def _in_directions(events: Sequence[Event]) -> Iterator[ComputedGradient]:
    """What forward mode computed: derivatives of outputs in the direction of a tangent."""
    for event in events:
        if not isinstance(event, Backward) or event.error is not None or event.call != "jvp" or not event.leaves:
            continue
        values, change = _floats(event.jvp), units_at(event.root, event.place)
        spread = None if values is None or change is None else _spread(change, values)
        if values is not None and spread is not None:
            yield ComputedGradient(
                variables=_variables(event, event.leaves[0].value, event.jvp),
                gradient=values.ravel(),
                change=spread,
                order=event.order,
                line=(event.place.cell, event.place.line, _OF_DIRECTION),
                hands=tuple(hand for hand in event.hands if hand.changed),
            )


def _hides_directions(event: Event) -> bool:
    """Whether an event is about passes of forward mode of which it does not show what they computed, as of ``jacfwd``,
    which takes all directions at once.
    """
    if isinstance(event, BriefPasses):
        return any(line.call == "jvp" for line in event.lines)
    return isinstance(event, Backward) and event.error is None and event.call == "jvp" and _floats(event.jvp) is None


def units_of_first_pass(event: Event) -> list[Floats]:
    """By how many units a pass changed the gradients that can be differentiated again; empty of all other events."""
    if not isinstance(event, Backward) or event.error is not None or not event.create_graph:
        return []
    return [change for leaf in event.leaves if (change := _change(event, leaf.value)) is not None]


def change_of_pass(event: Backward, leaf: LeafPass) -> Floats | None:
    """By how many units the second run changes each element of the gradient of a leaf, in a pass of first order by
    ``backward``; None where the record does not show it.
    """
    gradient, change = _floats(leaf.gradient), _change(event, leaf.value)
    return None if gradient is None or change is None else _spread(change, gradient)


def _change(event: Backward, leaf: Array) -> Floats | None:
    """By how many units each element of a leaf's gradient changes; None where the record does not show it."""
    if event.call == "backward" and not leaf.is_leaf and event.create_graph:
        return np.full(leaf.shape, DOUBLED)
    return units_at(event.output if event.call == "jvp" else leaf, event.place)


def _of_known_elements(event: Backward, change: Floats, gradient: Floats | None, first: Floats) -> list[Floats]:
    """The change by a pass that differentiates elements of an earlier gradient, one by one, as for the rows of a
    Hessian: all that it computes changes by that of the element; empty where these elements are not known.

    ``first``: by how many units the earlier pass changed each element. A pass over several elements at once has
    further dimensions in front.
    """
    output, weights = _floats(event.output), _floats(event.weights)
    if output is None or gradient is None or first.shape != gradient.shape:
        return []
    if output.size == 1:
        found = np.flatnonzero(gradient.ravel() == output.ravel())
        return [change + first.ravel()[number] for number in found[:MAX_ALIKE].tolist()]
    if weights is None or gradient.shape != output.shape or not np.array_equal(gradient, output, equal_nan=True):
        return []
    if weights.ndim < first.ndim or weights.shape[weights.ndim - first.ndim :] != first.shape:
        return []
    rows = weights.reshape(-1, first.size)
    if (np.count_nonzero(rows, axis=1) != 1).any():
        return []
    of_rows = first.ravel()[np.argmax(rows != 0, axis=1)]
    batch = weights.shape[: weights.ndim - first.ndim]
    return [change + of_rows.reshape((*batch, *(1,) * change.ndim))]


def _sums(one: Floats, other: Floats) -> list[Floats]:
    """The change by two passes, where they fit together."""
    return [one + other] if 1 in (one.size, other.size) or one.shape == other.shape else []


def units_at(point: Array, place: RunPlace) -> Floats | None:
    """By how many units a pass at a place changes what belongs to each element of a point."""
    if point.data is None or point.data.dtype.kind != "f":
        return None
    return _units_at_values(point.data, place)


def _units_at_values(point: npt.NDArray[Any], place: RunPlace) -> Floats:
    factor, start = second_run_turns(place.cell, place.line)
    kind = point.dtype.type
    with np.errstate(all="ignore"):
        # In the dtype of the point, as torch computes it.
        turns = point * kind(factor) + kind(start)
        side = (2 * (turns - np.floor(turns)) - 1).astype(np.float64)
        changes: Floats = SECOND_RUN_SWING * side + SECOND_RUN_LEAST * np.sign(side)
        return changes


def _spread(change: Floats, gradient: Floats) -> Floats | None:
    """The changes of all elements; a gradient may have further dimensions in front."""
    try:
        return np.broadcast_to(change, gradient.shape).ravel()
    except ValueError:
        return None


def _floats(array: Array | None) -> Floats | None:
    if array is None or array.data is None or array.data.dtype.kind != "f":
        return None
    data: Floats = array.data.astype(np.float64)
    return data


def _variables(event: Backward, leaf: Array, gradient: Array | None) -> dict[str, object]:
    return {
        "leaf": leaf,
        "gradient": gradient,
        "output": event.output,
        "root": event.root,
        "weights": event.weights,
        "order": event.order,
        "operations": event.operations,
        "affine": event.affine,
    }


# --------------------------------------------------------------------------------------------------------------------
# Passes in brief
# --------------------------------------------------------------------------------------------------------------------


def _brief_line(line: BriefLine) -> Iterator[ComputedGradient]:
    count = line.output_tokens.shape[0]
    for leaf in line.leaves:
        if leaf.values is None or leaf.gradients is None or line.outputs is None or line.order != 1:
            continue
        values, gradients, outputs = (_row_by_row(one, count) for one in (leaf.values, leaf.gradients, line.outputs))
        if values is None or gradients is None or outputs is None:
            continue
        for value, gradient, output in zip(values, gradients, outputs, strict=True):
            point = _row(leaf.values, value)
            change = units_at(_row(line.outputs, output) if line.call == "jvp" else point, line.place)
            spread = None if change is None else _spread(change, gradient)
            if spread is not None:
                started = _row(line.outputs, output)
                yield ComputedGradient(
                    variables={
                        "leaf": point,
                        "gradient": _row(leaf.gradients, gradient),
                        "output": started,
                        "root": started,
                        "weights": None,
                        "order": line.order,
                        "operations": (),
                        "affine": False,
                    },
                    gradient=gradient.astype(np.float64).ravel(),
                    change=spread,
                    order=1,
                    line=(line.place.cell, line.place.line, 0),
                    hands=tuple(hand for hand in line.hands if hand.changed),
                )


def _row_by_row(array: Array, count: int) -> npt.NDArray[Any] | None:
    """The rows of all passes; a single row stands for all."""
    data = array.data
    if data is None or not data.ndim or data.shape[0] not in (1, count) or data.dtype.kind != "f":
        return None
    return np.broadcast_to(data, (count, *data.shape[1:]))


def _row(array: Array, data: npt.NDArray[Any]) -> Array:
    return replace(array, data=data, shape=data.shape)
