"""Describes tuples, lists, dictionaries and modules with what is in them, as ``grader.model.Structure``.

Only exact types of Python's are looked into, and modules past their own ``__getattr__``: a method of a submission's
class could run any code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from ..protocol.record import MAX_DEPTH, MAX_ITEMS
from .stream import MAX_NAME, Json, Stream


def described(value: object, stream: Stream) -> Json:
    """Describe any value, and what is in it."""
    return _Describer(stream).described(value, MAX_DEPTH)


class _Describer:
    """``_room``: how many items may still be described, in all structures of one value together."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._room = MAX_ITEMS

    def described(self, value: object, depth: int) -> Json:
        kind = type(value)
        if depth and (kind is tuple or kind is list):
            parts: tuple[Any, ...] = tuple(value)  # type: ignore[arg-type]  # by its type
            return self._structure(kind.__name__, ((None, part) for part in parts), depth)
        if depth and kind is dict:
            items = ((str(key), item) for key, item in list(value.items()) if type(key) in (str, int))  # type: ignore[attr-defined]  # by its type
            return self._structure("dict", items, depth)
        if issubclass(kind, torch.nn.Module):
            try:
                return self._structure("module", tensors_of(value), 1)
            except Exception:  # an object that was never initialised, or that pretends to be a module
                pass
        return self._stream.value(value)

    def _structure(self, kind: str, items: Iterator[tuple[str | None, Any]], depth: int) -> Json:
        keys: list[str] = []
        described: list[Json] = []
        cut = False
        for key, item in items:
            if self._room <= 0:
                cut = True
                break
            self._room -= 1
            if key is not None:
                keys.append(key[:MAX_NAME])
            described.append(self.described(item, depth - 1))
        return {"kind": kind, "keys": keys, "items": described, "cut": cut}


def tensors_of(module: object) -> Iterator[tuple[str, torch.Tensor]]:
    """The parameters and buffers of a module and of the modules in it, by their dotted names; shared ones once."""
    seen: set[int] = set()
    for path, part in _modules_in(module, "", set()):
        attributes = object.__getattribute__(part, "__dict__")
        for name, tensor in (*attributes["_parameters"].items(), *attributes["_buffers"].items()):
            if tensor is not None and id(tensor) not in seen:
                seen.add(id(tensor))
                yield f"{path}{name}", tensor


def _modules_in(module: object, path: str, seen: set[int]) -> Iterator[tuple[str, object]]:
    if id(module) in seen:
        return
    seen.add(id(module))
    yield path, module
    for name, inner in list(object.__getattribute__(module, "__dict__")["_modules"].items()):
        if inner is not None:
            yield from _modules_in(inner, f"{path}{name}.", seen)
