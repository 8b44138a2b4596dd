"""What the values of a decoded frame promise beyond their types: numbers, shapes and counts within their bounds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.model import (
    Array,
    Backward,
    BriefLine,
    BriefPasses,
    ChangedNames,
    Curve,
    Figure,
    FunctionCall,
    ModuleCall,
    Raised,
    RunPlace,
    Statistics,
    SteppedLeaf,
    Structure,
    TrainingStep,
    Value,
)
from grader.runtime.protocol.record import (
    MAX_ARGUMENTS,
    MAX_BRIEF_LINES,
    MAX_DEPTH,
    MAX_DIMENSIONS,
    MAX_ITEMS,
    MAX_LENGTH,
    MAX_METHODS,
    MAX_PARAMETERS,
    MAX_STEP_LEAVES,
    MAX_TORCH_CALLS,
    MAX_UNREGISTERED,
)

MAX_NUMBER = 2**31
"""Line numbers, statement numbers and the like are below it."""
MAX_CUTS = 10
"""Calls that took a tensor out of the graph, of one call of a function."""
MAX_LEAVES = 64
"""Leaves of a pass in brief."""


def is_within_bounds(frame: Any) -> bool:
    """Whether a frame keeps what ``grader.model`` promises: numbers are below MAX_NUMBER, a curve has as many numbers
    in ``x`` as in ``y``, and passes in brief have an entry for each pass in each of their arrays.
    """
    counts: list[int] = []
    if isinstance(frame, ChangedNames) and not all(map(is_small, frame.changed.values())):
        return False
    if isinstance(frame, Backward):
        counts = [frame.order, frame.group, frame.graph]
    elif isinstance(frame, FunctionCall):
        if len(frame.cuts) > MAX_CUTS or max(len(frame.arguments), len(frame.changed)) > MAX_ARGUMENTS:
            return False
        if len(frame.torch_calls or ()) > MAX_TORCH_CALLS:
            return False
        if not all(map(is_small, (frame.output, frame.weights, *(part.after for part in frame.changed)))):
            return False
        counts = [frame.function, frame.input, *(line for _, line in frame.cuts)]
    elif isinstance(frame, ModuleCall):
        if len(frame.torch_calls or ()) > MAX_TORCH_CALLS or not _is_module_call(frame):
            return False
        counts = [frame.module, frame.input]
    elif isinstance(frame, Figure) and not all(map(_has_points, frame.curves)):
        return False
    elif isinstance(frame, BriefPasses):
        if not _are_counted(frame):
            return False
        counts = [line.order for line in frame.lines]
    elif isinstance(frame, TrainingStep):
        if not all(map(_is_step, frame.leaves)) or not 0 < len(frame.leaves) <= min(frame.leaf_count, MAX_STEP_LEAVES):
            return False
        counts = [
            frame.leaf_count,
            frame.unmoved,
            *(leaf.run for leaf in frame.leaves),
            *(leaf.number for leaf in frame.leaves),
        ]
    for place in _places_in(frame):
        counts += [place.cell, place.line, place.statement]
    return all(-MAX_NUMBER < number < MAX_NUMBER for number in counts)


def _is_module_call(call: ModuleCall) -> bool:
    values = (*call.outputs, call.weights, call.buffers, *(part.after for part in call.changed))
    sizes = [size for one in call.parameters for size in one.shape]
    statistics = call.statistics
    return (
        len(call.outputs) <= MAX_METHODS
        and max(len(call.arguments), len(call.changed)) <= MAX_ARGUMENTS
        and len(call.parameters) <= MAX_PARAMETERS
        and len(call.unregistered) <= MAX_UNREGISTERED
        and all(len(one.shape) <= MAX_DIMENSIONS for one in call.parameters)
        and all(0 <= size < MAX_LENGTH for size in (*sizes, call.parameter_count, call.trainable_count))
        and all(map(is_small, values))
        and (statistics is None or _are_statistics(statistics))
    )


def _are_statistics(found: Statistics) -> bool:
    """Whether two calls or more are summed up, in numbers with their values, of which the elements have as many."""
    numbers = (found.average, found.spread, found.width, found.kept, found.kept_spread)
    return (
        2 <= found.calls < MAX_NUMBER
        and all(each.data is not None and each.data.dtype == np.float64 for each in numbers)
        and found.average.shape == found.spread.shape == found.width.shape
        and found.kept.shape == found.kept_spread.shape == ()
        and 0 <= found.units < MAX_NUMBER
    )


def is_small(value: Value | None) -> bool:
    """Whether structures in structures are no deeper, and have together no more items, than the recorder describes.
    Dictionaries and modules have a key for each item.
    """
    return _items_in(value, MAX_DEPTH) <= MAX_ITEMS


def _items_in(value: Value | None, depth: int) -> int:
    """The items of a structure and of those in it; more than MAX_ITEMS where it is malformed."""
    if not isinstance(value, Structure):
        return 0
    is_keyed = len(value.keys) == (len(value.items) if value.kind in ("dict", "module") else 0)
    if not depth or not is_keyed or len(value.items) > MAX_ITEMS:
        return MAX_ITEMS + 1
    return len(value.items) + sum(_items_in(item, depth - 1) for item in value.items)


def brief_leaves_in(frame: Any) -> int:
    """The leaves of all passes that an event has in brief; a pass without leaves counts as one."""
    if not isinstance(frame, BriefPasses):
        return 0
    return sum(line.output_tokens.shape[0] * max(1, len(line.leaves)) for line in frame.lines)


def _places_in(frame: Any) -> Iterator[RunPlace]:
    if isinstance(place := getattr(frame, "place", None), RunPlace):
        yield place
    if isinstance(frame, Backward | FunctionCall | ModuleCall | TrainingStep):
        yield from (hand.place for hand in frame.hands if hand.place is not None)
    if isinstance(error := getattr(frame, "error", None), Raised) and error.raised_at is not None:
        yield error.raised_at
    if isinstance(frame, Figure):
        yield from (curve.place for curve in frame.curves)
    elif isinstance(frame, BriefPasses):
        yield from (line.place for line in frame.lines)
        yield from (hand.place for line in frame.lines for hand in line.hands if hand.place is not None)


def _is_step(leaf: SteppedLeaf) -> bool:
    """Whether its numbers are in order, and all its arrays are of one shape."""
    arrays = (leaf.before, leaf.after, leaf.gradient, leaf.grad)
    if any(array is not None and array.shape != leaf.before.shape for array in arrays):
        return False
    settings = (leaf.lr, leaf.weight_decay, leaf.momentum)
    if not all(setting is None or math.isfinite(setting) for setting in settings):
        return False
    return leaf.number >= 0 and 0 <= leaf.continues < leaf.run and 0 <= leaf.passes < MAX_NUMBER


def _has_points(curve: Curve) -> bool:
    x, y = curve.x.data, curve.y.data
    return x is not None and y is not None and x.ndim == 1 and x.shape == y.shape and x.dtype == y.dtype == np.float64


def _are_counted(passes: BriefPasses) -> bool:
    lines, sequence = passes.lines, passes.sequence.data
    if not 0 < len(lines) <= MAX_BRIEF_LINES or sequence is None or sequence.ndim != 1 or sequence.dtype != np.uint8:
        return False
    counts = np.bincount(sequence, minlength=len(lines))
    return len(counts) == len(lines) and all(map(_is_counted, lines, counts.tolist()))


def _is_counted(line: BriefLine, count: int) -> bool:
    if not _is_column(line.output_tokens, np.int64, count) or not _has_rows(line.outputs, count):
        return False
    return len(line.leaves) <= MAX_LEAVES and all(
        _is_column(leaf.tokens, np.int64, count)
        and _is_column(leaf.states, np.uint8, count)
        and _has_rows(leaf.values, count)
        and _has_rows(leaf.gradients, count)
        for leaf in line.leaves
    )


def _is_column(array: Array, dtype: type[np.generic], count: int) -> bool:
    return array.data is not None and array.data.dtype == dtype and array.data.shape == (count,)


def _has_rows(array: Array | None, count: int) -> bool:
    """Whether an array has a row for each pass, or a single row for all."""
    if array is None:
        return True
    return array.data is not None and array.data.ndim > 0 and array.data.shape[0] in (1, count)
