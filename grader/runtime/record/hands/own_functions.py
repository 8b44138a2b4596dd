"""The ``autograd.Function`` behind a node of a graph: the submission's own class, past those that torch makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from types import CellType, FunctionType
from typing import Any

import torch

MAX_NESTED = 20

name_of, _mro, _members = (vars(type)[name].__get__ for name in ("__name__", "__mro__", "__dict__"))
"""What a class is, without asking its metaclass, which may be the submission's."""
_BASES = _mro(torch.autograd.Function)


def own_function(node_type: type) -> type | None:
    """The class whose ``forward`` the submission wrote, of the type of a graph node; None where there is none."""
    return next(reversed([*classes_behind(node_type)]), None)


def classes_behind(node_type: type) -> Iterator[type]:
    """The class that a type of graph nodes belongs to, and what that one calls: ``torch.func`` makes a class of its own
    at each level, which keeps the submission's in a closure.
    """
    function: Any = getattr(node_type, "_forward_cls", None)
    for _ in range(MAX_NESTED):
        if not issubclass(type(function), type):
            return
        yield function
        function = closure_of(method_of(function, "backward")).get("autograd_function")


def method_of(function: type, name: str) -> Any:
    """A method of an own ``Function``, without torch's empty ones; None where it has none."""
    for owner in _mro(function):
        if any(owner is base for base in _BASES):
            return None
        members = _members(owner)
        if name in members:
            method = members[name]
            return method.__func__ if isinstance(method, staticmethod | classmethod) else method
    return None


def closure_of(function: Any) -> dict[str, Any]:
    if type(function) is not FunctionType:
        return {}
    cells: tuple[CellType, ...] = function.__closure__ or ()
    found = {}
    for name, cell in zip(function.__code__.co_freevars, cells, strict=False):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not bound yet
            continue
    return found
