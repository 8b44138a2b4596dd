"""The submission's own calls of functions with several parameters: which of them went through a ``partial``, that gives
all but one of the parameters, and what the remaining argument was.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from types import CodeType
from typing import Any, NamedTuple

from .arguments import Numbers, as_argument

MAX_CALLS = 100
"""Calls of one function of which all arguments are kept."""
Key = tuple[tuple[int, ...], bytes]


class _Argument(NamedTuple):
    """The ``id`` of an argument, and a copy where it is a tensor or number. The object itself is not kept alive."""

    identity: int
    data: Numbers | None


Call = dict[str, _Argument]
"""The arguments of a call by their parameters, in the order of these."""


def noted_call(code: CodeType, values: tuple[Any, ...]) -> Call:
    """A call of a function with these arguments; empty if they are no arguments of its parameters, but of ``*args``."""
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    if names[:1] in (("self",), ("cls",), ("ctx",)):
        names = names[1:]
    if len(names) != len(values):
        return {}
    return {name: _Argument(id(value), as_argument(value)) for name, value in zip(names, values, strict=True)}


def arguments_through(partial: functools.partial[Any], calls: Iterable[Call]) -> dict[Key, Numbers]:
    """The remaining argument of each call that a ``partial`` made: all others are the objects that it holds."""
    found: dict[Key, Numbers] = {}
    for call in calls:
        names = list(call)
        given = dict(zip(names, partial.args, strict=False)) | partial.keywords
        free = next((name for name in names if name not in given), None)
        if free is None or len(partial.args) > len(names):
            continue
        data = call[free].data
        if data is not None and all(name in call and call[name].identity == id(it) for name, it in given.items()):
            found.setdefault((data.shape, data.tobytes()), data)
    return found
