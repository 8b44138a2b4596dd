"""Whether a function returns the same again for the same arguments, and something else under another seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from ..protocol.record import MAX_ELEMENTS
from ..record.stream import Json, is_one_of, is_tensor, to_numpy
from ..record.structures import described_by

Arguments = TypeVar("Arguments")


class Seen(NamedTuple):
    """What a call returned, and changed of its arguments, bit by bit, and which code branches it took."""

    value: tuple[object, ...]
    branches: str


def seen(output: object, branches: str, changed: tuple[object, ...] = ()) -> Seen:
    """What tells the result of a call from that of another one. ``changed``: what it changed of its arguments."""
    parts: list[object] = []

    def note(value: object) -> Json:
        parts.append(_seen(value))
        return {}

    structure = described_by(note, output)
    return Seen((repr(structure), *parts, *changed), branches)


def _seen(value: object) -> tuple[object, ...]:
    """What is seen of a value that is no structure."""
    if is_tensor(value):
        data = to_numpy(value) if value.numel() <= MAX_ELEMENTS else None
        return "tensor", tuple(value.shape), None if data is None else data.tobytes()
    kind = type(value)
    if kind is np.ndarray:
        return "array", value.shape, value.tobytes()  # type: ignore[attr-defined]  # by its type
    known = is_one_of(kind, (int, float, complex, bool, str)) or issubclass(kind, np.number)
    return kind.__name__, repr(value) if known else ""


class Repeats(Generic[Arguments]):
    """Calls one function again. ``call`` returns what was seen of a call with some arguments; it may raise.

    A function whose calls go on from one to the next, or that draws numbers that nobody seeds, is none whose way
    depends on its arguments.
    """

    def __init__(self, call: Callable[[Arguments], Seen]) -> None:
        self._call = call
        self._first: tuple[Arguments, Seen] | None = None
        self._turns = 0

    def is_steady(self, arguments: Arguments, result: Seen) -> bool:
        """Whether the same arguments give the same again; at every fourth call, whether the first arguments do."""
        self._first = self._first or (arguments, result)
        self._turns += 1
        if self._turns % 4 == 0 and self._call(self._first[0]) != self._first[1]:
            return False
        return self._call(arguments) == result
