"""A run of the whole submission under other seeds, for numbers that it drew before a function was called."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from ..record.bound_functions import callable_of
from ..record.class_members import members_of
from ..record.functions import DefinedFunction, Functions
from ..record.stream import is_one_of, is_tensor
from .seeds import attributes_of, read_cells

MAX_CODES = 200


class OtherRun:
    """The submission's functions as they are after another run, which starts when they are first asked for."""

    def __init__(self, run: Callable[[], Functions | None]) -> None:
        """``run``: runs the submission, and returns its functions; None: there is no time for it."""
        self._run = run
        self._functions: Functions | None = None
        self._ran = False

    def function(self, of: DefinedFunction, positions: int, names: tuple[str, ...]) -> Callable[..., Any] | None:
        """What corresponds to a function of the first run and takes such arguments; None where there is none."""
        if not self._ran:
            self._ran = True
            self._functions = self._run()
        functions = self._functions
        known = None if functions is None else functions.counterpart(of)
        if functions is None or known is None:
            return None
        return callable_of(known, functions.namespace, positions, names)


def reads_numbers(known: DefinedFunction, namespace: Mapping[str, Any]) -> bool:
    """Whether a function, or one that it calls, reads a number or tensor that was made before it was called."""
    if known.function is None:
        return False
    given = known.call
    while type(given) is functools.partial:
        if any(map(_is_number, (*given.args, *given.keywords.values()))):
            return True
        given = given.func
    if any(_is_number(value) for value in _attributes(known.owner)):
        return True
    waiting, seen = [known.function], set[CodeType]()
    while waiting and len(seen) < MAX_CODES:
        function = waiting.pop()
        if function.__code__ in seen:
            continue
        seen.add(function.__code__)
        for value in _read_by(function, namespace):
            if type(value) is FunctionType:
                waiting.append(value)
            elif _is_number(value) or any(_is_number(part) for part in _attributes(value)):
                return True
    return False


def _read_by(function: FunctionType, namespace: Mapping[str, Any]) -> Iterator[Any]:
    """The values of the outer names that a function reads, and of its defaults."""
    codes = [function.__code__]
    while codes:
        code = codes.pop()
        codes += [constant for constant in code.co_consts if type(constant) is CodeType]
        yield from (namespace[name] for name in code.co_names if name in namespace)
    yield from read_cells(function)
    yield from function.__defaults__ or ()


def _attributes(value: Any) -> list[Any]:
    """The attributes of an object of the submission's own, and of its class."""
    members = members_of(type(value))
    if members.get("__module__") != "__main__":
        return []
    return attributes_of(value) + [part for name, part in list(members.items()) if not name.startswith("__")]


def _is_number(value: Any) -> bool:
    kind = type(value)
    return is_one_of(kind, (int, float, np.ndarray)) or issubclass(kind, np.number) or is_tensor(value)
