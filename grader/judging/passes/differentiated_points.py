"""The points at which backward passes computed gradients, and these gradients; passes in brief are included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.model import Array, Backward, BriefPasses, Event

Data = npt.NDArray[Any]


def leaves_of(events: Sequence[Event]) -> Iterator[Data]:
    """The points at which gradients were computed, as one-dimensional arrays: the x of curves drawn without x.

    One-dimensional leaves are taken as they are. Leaves with a single element come from a loop over points and are
    joined in order.
    """
    singles: list[Data] = []
    seen: set[bytes] = set()
    for data in _values(events):
        if data.dtype.kind not in "fiu":
            continue
        if data.shape[1:] == () or data[0].size == 1:
            singles.append(_as_floats(data.ravel()))
            continue
        for row in data if data.ndim == 2 else ():
            if (key := row.tobytes()) not in seen:
                seen.add(key)
                yield _as_floats(row)
    if singles:
        yield np.concatenate(singles)


def gradients_of(events: Sequence[Event]) -> Iterator[Data]:
    """What each pass computed for each leaf, of any shape. Gradients of several passes may be in one array."""
    for event in events:
        if isinstance(event, Backward):
            arrays: list[Array | None] = [leaf.gradient for leaf in event.leaves]
        elif isinstance(event, BriefPasses):
            arrays = [leaf.gradients for line in event.lines for leaf in line.leaves]
        else:
            continue
        yield from (array.data for array in arrays if array is not None and array.data is not None)


def _values(events: Sequence[Event]) -> Iterator[Data]:
    """The values of all leaves in the order of the passes. The first dimension counts the passes."""
    for event in events:
        if isinstance(event, Backward):
            yield from (leaf.value.data[np.newaxis] for leaf in event.leaves if leaf.value.data is not None)
        elif isinstance(event, BriefPasses):
            yield from _brief_values(event)


def _brief_values(event: BriefPasses) -> Iterator[Data]:
    sequence = event.sequence.data
    columns = [[_rows(leaf.values, line.output_tokens) for leaf in line.leaves] for line in event.lines]
    if sequence is None or not sequence.size:
        return
    if len(columns) == 1 and len(columns[0]) == 1:
        yield from (data for data in columns[0] if data is not None)
        return
    rows = [0] * len(columns)
    for number in sequence.tolist():
        row = rows[number]
        rows[number] += 1
        yield from (data[row : row + 1] for data in columns[number] if data is not None)


def _rows(values: Array | None, passes: Array) -> Data | None:
    """The values of a leaf with a row for each pass."""
    if values is None or values.data is None:
        return None
    return np.broadcast_to(values.data, (passes.shape[0], *values.data.shape[1:]))


def _as_floats(data: Data) -> npt.NDArray[np.float64]:
    with np.errstate(invalid="ignore"):
        return data.astype(np.float64)
