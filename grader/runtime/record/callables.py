"""What a name of the submission's is bound to, where that can be called: a function of the submission's own behind a
``partial``, a decorator, a method, an object or ``Function.apply``, or a function of a library.

Only exact types of values are asked for, and attributes are read past the student's own ``__getattribute__``.
"""

from __future__ import annotations

import functools
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, NamedTuple

import numpy as np
import torch

from .class_members import NOTHING, member_of, mro_of

_LIBRARIES = ("torch", "numpy", "math")
_OF_TORCH = ("torch.functional", "torch.nn.functional", "torch.linalg", "torch.special")
"""Modules whose functions in Python compute something. Others change settings, which must not be called."""
_COMPUTING = ("torch", "torch._C._nn", "torch._C._special", "torch._C._linalg", "torch._C._fft", "math")
MAX_DEPTH = 20


class ResolvedCallable(NamedTuple):
    """What a callable calls in the end.

    ``function`` is written in Python; None: a library's function, that computes something. ``filled`` of its positional
    parameters are given already, such as ``self``. ``owner`` is the object or class that they are given by.
    """

    function: FunctionType | None
    filled: int = 0
    owner: object = None
    call: Any = None


def may_be_called(value_type: type) -> bool:
    """Whether values of a type may be callables; asked once for each type."""
    if is_class(value_type, type):
        return True  # a class: it may be an `autograd.Function`
    return not is_class(value_type, torch.Tensor) and in_classes(value_type, "__call__") is not None


def look_into(value: Any) -> ResolvedCallable | None:
    """The function behind a callable; None where it is none that should be called.

    Classes are not called, since making an object is no answer; of an ``autograd.Function``, ``apply`` is meant.
    """
    filled, owner = 0, None
    for _ in range(MAX_DEPTH):
        kind = type(value)
        if kind is FunctionType:
            inner = vars(value).get("__wrapped__")
            if type(inner) is FunctionType:
                # The decorator's own function is what is called; the function inside says where it was written.
                value = inner
                continue
            return ResolvedCallable(None) if _module_of(value) in _OF_TORCH else ResolvedCallable(value, filled, owner)
        if kind is functools._lru_cache_wrapper:
            value = vars(value).get("__wrapped__")
        elif kind is functools.partial:
            value = value.func
        elif kind is MethodType:
            owner = value.__self__
            if is_class(type(owner), type) and is_class(owner, torch.autograd.Function):
                return _of_autograd_function(owner) if value.__func__.__name__ == "apply" else None
            value, filled = value.__func__, filled + 1
        elif kind is np.ufunc:
            return ResolvedCallable(None)
        elif kind is BuiltinFunctionType:
            return ResolvedCallable(None) if _computes(value) else None
        elif is_class(kind, type):
            return _of_autograd_function(value) if is_class(value, torch.autograd.Function) else None
        elif is_class(kind, torch.Tensor):
            return None
        else:
            method = _method_of(kind)
            if method is None:
                return None
            if not isinstance(method, FunctionType):
                return ResolvedCallable(None, 1, value)
            value, filled, owner = method, filled + 1, value
    return None


def _of_autograd_function(kind: type) -> ResolvedCallable | None:
    forward = in_classes(kind, "forward")
    function = forward.__func__ if isinstance(forward, staticmethod) else forward
    if type(function) is not FunctionType:
        return None
    # With `setup_context`, `forward` takes no context.
    setup = in_classes(kind, "setup_context", below=torch.autograd.Function)
    return ResolvedCallable(function, 0 if setup is not None else 1, kind, kind.apply)  # type: ignore[attr-defined]  # torch's


def _method_of(kind: type) -> object:
    """What a call of an object runs: its ``__call__``, or ``forward`` of a module. A library's object has none here."""
    if is_class(kind, torch.nn.Module):
        forward = in_classes(kind, "forward")
        if type(forward) is FunctionType:
            return True if _module_of(forward).startswith("torch.") else forward
        return None
    call = in_classes(kind, "__call__")
    return call if type(call) is FunctionType and not _module_of(call).startswith(_LIBRARIES) else None


def _computes(builtin: Any) -> bool:
    """Whether a builtin computes something of numbers: ``torch.sin`` does, ``print`` and ``os._exit`` do not."""
    return _module_of(builtin) in _COMPUTING and not is_class(type(builtin.__self__), torch.Tensor)


def _module_of(function: Any) -> str:
    module = function.__module__
    return module if type(module) is str else ""


def in_classes(kind: type, name: str, below: type | None = None) -> Any:
    """A member of a class or of those above it; None where there is none."""
    member = member_of(kind, name, below=below)
    return None if member is NOTHING else member


def is_class(kind: type, above: type) -> bool:
    return any(part is above for part in mro_of(kind))
