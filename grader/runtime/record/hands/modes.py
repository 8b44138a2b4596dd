"""Tells a mode of the submission's that only passes calls on, as one that prints them, from one that changes something.

While the mode's method runs, a mode of the recorder's sees which calls reach torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MethodWrapperType
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from ..stream import Json, is_tensor

MAX_CALLS = 1000
"""Calls that one call of a mode's method may make; after more, it is taken to change something."""
_PLAIN = (bool, int, float, complex, str, torch.dtype, torch.device, torch.layout, torch.memory_format)
"""Values that torch makes anew when it passes them on, so that equal ones are the same."""


_State = tuple[int | None, torch.Tensor | None]


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that reached torch, with its tensors before and after."""

    function: Any
    args: Any
    kwargs: Any
    result: Any
    before: list[_State]
    after: list[_State]


class _Above(TorchFunctionMode):
    """Keeps the calls of torch's functions."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[_Call] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _kept(self.calls, func, args, kwargs or {}, copied=False)


class _Below(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch has no types there
    """Keeps the calls of torch's operators."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.calls: list[_Call] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _kept(self.calls, func, args, kwargs or {}, copied=True)


def _kept(calls: list[_Call], func: Any, args: Any, kwargs: Any, *, copied: bool) -> Any:
    before = _state((args, kwargs), copied=copied)
    result = func(*args, **kwargs)
    if len(calls) <= MAX_CALLS:
        calls.append(_Call(func, args, kwargs, result, before, _state((args, kwargs, result), copied=copied)))
    return result


def call_of_mode(
    method: Callable[..., Any], arguments: tuple[Any, ...], keywords: Json, *, below: bool
) -> tuple[Any, bool]:
    """The result of a mode's method, and whether it is what torch returned for the very call that the mode was given.

    ``below``: the method is a ``__torch_dispatch__``, whose calls have no graph, so that no write may be among them.
    """
    given = _given(*arguments[1:], **keywords) if 3 <= len(arguments) <= 5 else None
    if given is None:
        return method(*arguments, **keywords), False
    function, args, kwargs = given
    before = _state((args, kwargs), copied=below)
    observer = _Below() if below else _Above()
    with observer:
        result = method(*arguments, **keywords)
    calls = observer.calls
    passed_on = next((call for call in calls if _is_it(call, function, args, kwargs, result)), None)
    unchanged = (
        passed_on is not None
        and len(calls) <= MAX_CALLS
        and _are_alike(passed_on.before, before)
        and _are_alike(passed_on.after, _state((args, kwargs, result), copied=below))
        and not (below and any(call is not passed_on and _writes(call.function) for call in calls))
    )
    return result, unchanged


def _given(func: Any, types: Any, args: Any = (), kwargs: Any = None, **others: Any) -> tuple[Any, Any, Any] | None:
    return None if others else (func, args, kwargs or {})


def _is_it(call: _Call, function: Any, args: Any, kwargs: Any, result: Any) -> bool:
    alike = call.function is function or (
        type(function) is MethodWrapperType and type(call.function) is MethodWrapperType and call.function == function
    )
    return alike and _same(call.args, args) and _same(call.kwargs, kwargs) and _same(call.result, result)


def _same(one: Any, other: Any) -> bool:
    """Whether two values are one object, or lists of such."""
    if one is other:
        return True
    if is_tensor(one) or is_tensor(other):
        return False
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    return type(one) is type(other) and type(one) in _PLAIN and bool(one == other)


def _writes(function: Any) -> bool:
    return bool(getattr(getattr(function, "_schema", None), "is_mutable", True))


def _state(values: Any, *, copied: bool) -> list[_State]:
    """How often each tensor was written to, and a copy: below autograd, writes need not be counted."""
    with torch._C.DisableTorchFunction(), torch.no_grad():
        return [
            (None if tensor.is_inference() else tensor._version, tensor.detach().clone() if copied else None)
            for tensor in _tensors(values)
        ]


def _are_alike(some: list[_State], others: list[_State]) -> bool:
    pairs = zip(some, others, strict=False)
    return len(some) == len(others) and all(
        version == other and (copy is None or (copy_of_other is not None and _equal(copy, copy_of_other)))
        for (version, copy), (other, copy_of_other) in pairs
    )


def _equal(one: torch.Tensor, other: torch.Tensor) -> bool:
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    return torch.equal(one, other) or bool(((one == other) | ((one != one) & (other != other))).all())


def _tensors(values: Any) -> Iterator[torch.Tensor]:
    if is_tensor(values):
        yield values
    elif isinstance(values, tuple | list):
        for value in values:
            yield from _tensors(value)
    elif isinstance(values, Mapping):
        for value in values.values():
            yield from _tensors(value)
