"""Whether a function returns the same again for the same input, and something else under another seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..protocol.record import MAX_ELEMENTS
from ..record.stream import is_one_of, is_tensor, to_numpy

Numbers = np.ndarray[Any, Any]


class Seen(NamedTuple):
    """What a call returned, bit by bit, and which code branches it took."""

    value: tuple[object, ...]
    branches: str


def seen(output: object, branches: str) -> Seen:
    """What tells the result of a call from that of another one."""
    if is_tensor(output):
        data = to_numpy(output) if output.numel() <= MAX_ELEMENTS else None
        return Seen(("tensor", tuple(output.shape), None if data is None else data.tobytes()), branches)
    kind = type(output)
    if kind is np.ndarray:
        return Seen(("array", output.shape, output.tobytes()), branches)  # type: ignore[attr-defined]  # by its type
    known = is_one_of(kind, (int, float, complex, bool, str)) or issubclass(kind, np.number)
    return Seen((kind.__name__, repr(output) if known else ""), branches)


class Repeats:
    """Calls one function again. ``call`` returns what was seen of a call with an input; it may raise.

    A function whose calls go on from one to the next, or that draws numbers that nobody seeds, is none whose way
    depends on its input.
    """

    def __init__(self, call: Callable[[Numbers], Seen]) -> None:
        self._call = call
        self._first: tuple[Numbers, Seen] | None = None
        self._turns = 0

    def is_steady(self, data: Numbers, result: Seen) -> bool:
        """Whether the same input gives the same again; at every fourth input, whether the first input of all does."""
        self._first = self._first or (data, result)
        self._turns += 1
        if self._turns % 4 == 0 and self._call(self._first[0]) != self._first[1]:
            return False
        return self._call(data) == result
