"""Lists and tuples of numbers, such as the losses of a training loop, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from .stream import Json, Stream, is_one_of, is_tensor

KIND = "list"
MAX_LENGTH = 50_000
"""Of a longer list only the length is recorded."""
MAX_TENSORS = 5_000
"""Of a list of more tensors too: reading a tensor takes longer than reading a number."""
MAX_NUMBERS = 2_000_000
"""Numbers of all lists of a run that are read: a list that grows in a loop is read again and again."""
MAX_NESTED = 3
"""How deep lists in lists may be."""
COST_OF_TENSOR = 20
"""As many numbers are read in the time that a tensor takes."""
LONG = 1_000
"""Items from which on a list is known again when no more may be read."""
MAX_KNOWN = 1_000
"""Such lists that are known."""
_SAMPLED = 500
"""Items by which it is known."""
_LOOKED_AT = 20
"""Items at the beginning and at the end of a long list, by which it counts as one of numbers."""


class _Numbers(NamedTuple):
    data: np.ndarray[Any, Any]
    requires_grad: bool


class NumberLists:
    """Describes lists of numbers, within what may be read of them in a run."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._left = MAX_NUMBERS
        self._long: dict[int, tuple[tuple[int, ...], Json]] = {}
        """The long lists that were read, by their identity: a sample, and the description."""

    def described(self, value: object) -> Json | None:
        """A list or tuple of numbers, or of tensors without dimensions, as an array, and rows of these as a matrix;
        None: it is something else.
        """
        kind = type(value)
        if kind is not list and kind is not tuple:
            return None
        items: list[Any] | tuple[Any, ...] = value  # type: ignore[assignment]  # by its type
        if len(items) > MAX_TENSORS or self._left <= 0:
            ends = [*items[:_LOOKED_AT], *items[-_LOOKED_AT:]]
            if not all(map(_is_number, ends)):
                return None
            sample, known = self._long.get(id(value), ((), {}))
            if self._left <= 0 and known and sample == _sample(items):
                return known  # read before, and unchanged as far as the sample shows
            if len(items) > (MAX_TENSORS if any(map(is_tensor, ends)) else MAX_LENGTH) or self._left <= 0:
                return _without_values(len(items))
        try:
            found = self._numbers_in(tuple(items), MAX_NESTED)
        except (OverflowError, RuntimeError, ValueError, TypeError):  # too large a number; a tensor without values
            return None
        if found is None:
            return None
        described = self._stream.array(found.data, KIND)
        described["$array"]["requires_grad"] = found.requires_grad
        if len(items) >= LONG and len(self._long) < MAX_KNOWN:
            self._long[id(value)] = _sample(items), described
        return described

    def _numbers_in(self, items: tuple[Any, ...], depth: int) -> _Numbers | None:
        self._left -= len(items)
        if self._left < 0:
            return None
        if all(type(item) is float for item in items):  # most lists
            return _Numbers(np.array(items, np.float64), False)
        if depth and items and all(is_one_of(type(item), (list, tuple)) for item in items):
            rows = [self._numbers_in(tuple(item), depth - 1) if len(item) < MAX_LENGTH else None for item in items]
            whole = [row for row in rows if row is not None]
            if len(whole) < len(items) or any(row.data.shape != whole[0].data.shape for row in whole):
                return None
            return _Numbers(np.stack([row.data for row in whole]), any(row.requires_grad for row in whole))
        if not all(map(_is_number, items)):
            return None
        tensors = [item for item in items if is_tensor(item)]
        self._left -= COST_OF_TENSOR * len(tensors)
        with torch._C.DisableTorchFunction(), torch.no_grad():
            numbers = [torch.Tensor.item(item) if is_tensor(item) else item for item in items]
            is_whole = all(type(number) is int or issubclass(type(number), np.integer) for number in numbers)
            is_single = any(item.dtype.is_floating_point and item.dtype.itemsize <= 4 for item in tensors)
            needs_grad = any(bool(item.requires_grad) for item in tensors)
        dtype = np.float32 if is_single else np.int64 if is_whole and items else np.float64
        return _Numbers(np.array(numbers, dtype), needs_grad)


def _sample(items: Sequence[Any]) -> tuple[int, ...]:
    """The length of a list, and the identities of some of its items, with the first and the last."""
    step = max(1, len(items) // _SAMPLED)
    return len(items), id(items[-1]), *map(id, items[::step])


def _is_number(item: object) -> bool:
    kind = type(item)
    if is_one_of(kind, (int, float)):
        return True
    if is_tensor(item):
        return item.dim() == 0 and not item.dtype.is_complex and item.dtype is not torch.bool
    return issubclass(kind, np.integer | np.floating)


def _without_values(length: int) -> Json:
    return {"$array": {"kind": KIND, "dtype": "float64", "shape": [length], "blob": None}}
