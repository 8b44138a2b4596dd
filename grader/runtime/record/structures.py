"""Describes tuples, lists, dictionaries and modules with what is in them, as ``grader.model.Structure``.

Only exact types of Python's are looked into, and modules past their own ``__getattr__``: a method of a submission's
class could run any code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import torch

from ..protocol.record import MAX_DEPTH, MAX_ITEMS
from .class_members import own_attributes
from .stream import MAX_NAME, Json, Stream, is_one_of, is_tensor

_LARGEST_KEY = 2**63
"""Whole numbers from here on are no keys that are described: Python takes long to write them."""

MAX_MODULES = 2_000
"""Modules in a module that are looked into, and entries of each that are looked at."""

Part = tuple[str | None, Any]
"""An item, with its key in a dictionary or its dotted name in a module; None in a tuple or list."""


def described(value: object, stream: Stream) -> Json:
    """Describe any value, and what is in it."""
    return described_by(stream.value, value)


def described_by(plain: Callable[[object], Json], value: object) -> Json:
    """Describe any value; ``plain`` describes what in it is no structure, or lies too deep."""
    return plain(value) if is_tensor(value) else _Describer(plain).described(value, MAX_DEPTH)


def tensors_in(value: object, path: str = "") -> Iterator[tuple[str, torch.Tensor]]:
    """The tensors in a value, or that it is itself, with their paths (``params[0]``, ``cache["x"]``), as far as
    ``described`` describes them, and in that order.
    """
    found: list[tuple[str, torch.Tensor]] = []

    def collect(value: object, path: str, depth: int, room: int) -> int:
        """Returns the room that is left."""
        if is_tensor(value):
            found.append((path, value))
            return room
        kind_and_parts = _parts_of(value, depth)
        if kind_and_parts is None:
            return room
        for position, (key, item) in enumerate(kind_and_parts[1]):
            if room <= 0:
                break
            inside = f"[{position}]" if key is None else f'["{key[:MAX_NAME]}"]'
            room = collect(item, path + inside, depth - 1, room - 1)
        return room

    collect(value, path, MAX_DEPTH, MAX_ITEMS)
    return iter(found)


class _Describer:
    """``_room``: how many items may still be described, in all structures of one value together."""

    def __init__(self, plain: Callable[[object], Json]) -> None:
        self._plain = plain
        self._room = MAX_ITEMS

    def described(self, value: object, depth: int) -> Json:
        kind_and_parts = _parts_of(value, depth)
        if kind_and_parts is None:
            return self._plain(value)
        kind, parts, is_whole = kind_and_parts
        keys: list[str] = []
        described: list[Json] = []
        for key, item in parts:
            if self._room <= 0:
                is_whole = False
                break
            self._room -= 1
            if key is not None:
                keys.append(key[:MAX_NAME])
            described.append(self.described(item, depth - 1))
        return {"kind": kind, "keys": keys, "items": described, "cut": not is_whole}


def _parts_of(value: object, depth: int) -> tuple[str, list[Part], bool] | None:
    """The kind of a structure, its first items, and whether these are all that can be described; None: it is none, or
    it lies too deep.
    """
    kind = type(value)
    if not depth:
        return None
    if issubclass(kind, tuple):  # also a namedtuple, and what `x.max(1)` returns, past methods of its own
        whole: Any = value
        first = islice(tuple.__iter__(whole), MAX_ITEMS)
        return "tuple", [(None, part) for part in first], tuple.__len__(whole) <= MAX_ITEMS
    if kind is list:
        size = len(value)  # type: ignore[arg-type]  # by its type
        return "list", [(None, part) for part in islice(value, MAX_ITEMS)], size <= MAX_ITEMS  # type: ignore[call-overload]  # by its type
    if kind is dict:
        items = list(islice(value.items(), MAX_ITEMS))  # type: ignore[attr-defined]  # by its type
        parts: list[Part] = [(str(key), item) for key, item in items if _is_key(key)]
        return "dict", parts, len(parts) == len(value)  # type: ignore[arg-type]  # by its type
    if issubclass(kind, torch.nn.Module):
        try:
            tensors: list[Part] = list(islice(tensors_of(value), MAX_ITEMS + 1))
        except Exception:  # an object that was never initialised, or that pretends to be a module
            return None
        return "module", tensors[:MAX_ITEMS], len(tensors) <= MAX_ITEMS
    return None


def _is_key(key: object) -> bool:
    return type(key) is str or (type(key) is int and -_LARGEST_KEY < key < _LARGEST_KEY)


def tensors_of(module: object) -> Iterator[tuple[str, torch.Tensor]]:
    """The parameters and buffers of a module and of the modules in it, by their dotted names; shared ones once."""
    seen: set[int] = set()
    for path, part in _modules_in(module, "", set()):
        attributes = own_attributes(part)
        for name, tensor in (*_entries(attributes["_parameters"]), *_entries(attributes["_buffers"])):
            if is_tensor(tensor) and id(tensor) not in seen:
                seen.add(id(tensor))
                yield f"{path}{name}", tensor


def _modules_in(module: object, path: str, seen: set[int]) -> Iterator[tuple[str, object]]:
    if id(module) in seen or len(seen) >= MAX_MODULES:
        return
    seen.add(id(module))
    yield path, module
    for name, inner in _entries(own_attributes(module)["_modules"]):
        if inner is not None:
            yield from _modules_in(inner, f"{path}{name}.", seen)


def _entries(entries: Any) -> list[tuple[str, Any]]:
    """The entries of a dictionary of a module's. A submission may have put one of its own class in its place."""
    if not issubclass(type(entries), dict):
        return []
    first = islice(dict.items(entries), MAX_MODULES)
    return [(name, value) for name, value in first if is_one_of(type(name), (str,))]
