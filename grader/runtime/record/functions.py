"""The functions that a submission defines, and the arguments of its own calls.

A function is registered when its ``def`` or ``lambda`` is executed (see ``execute.definitions``), so nested functions,
methods, and functions whose name is bound to something else later are found as well.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any

import numpy as np
import torch

from ..protocol.record import MAX_DIMENSIONS
from .recorder import Recorder
from .stream import is_tensor, to_numpy

MAX_FUNCTIONS = 60
MAX_ARGUMENTS = 20
"""Different arguments kept of the submission's own calls of one function."""
MAX_ARGUMENT_ELEMENTS = 1_000
"""Larger arguments are not kept: small arguments are enough to see what a function does."""
MAX_LOOKS = 2_000
"""Calls of one function whose argument is examined. Further calls are ignored, to keep training loops fast."""

Numbers = np.ndarray[Any, Any]
OneArgument = Callable[[torch.Tensor], Any]


@dataclass(slots=True)
class DefinedFunction:
    """A function of the student's. ``decorated`` is what its decorators returned; None: it has none.

    ``arguments`` are those of the student's own calls, of which ``looks`` were examined. ``slow`` counts the recorder's
    calls that ran out of time.
    """

    position: int
    function: FunctionType
    names: dict[str, None] = field(default_factory=dict)
    decorated: Callable[..., Any] | None = None
    arguments: dict[tuple[tuple[int, ...], bytes], Numbers] = field(default_factory=dict)
    looks: int = 0
    slow: int = 0


class Functions:
    """Every function that the submission defined at any time, with the names that it was bound to."""

    def __init__(self, namespace: Mapping[str, Any], recorder: Recorder) -> None:
        self._namespace = namespace
        self._recorder = recorder
        self._known: dict[CodeType | FunctionType, DefinedFunction] = {}
        """By code object; a function that a library made of another (``torch.func.grad(f)``) is its own key."""
        self._by_identity: dict[int, tuple[CodeType, DefinedFunction]] = {}
        """By ``id(code)``: hashing a code object takes as long as a short call. The code object is kept alive."""

    # ----------------------------------------------------------------------------------------------------------------
    # Called by the additions to the student's code
    # ----------------------------------------------------------------------------------------------------------------

    def add(self, function: Any) -> Any:
        """Called at each definition; returns the function unchanged. Of closures with equal code, the last is kept."""
        # Functions that are defined while the recorder calls the student's functions are not registered.
        if isinstance(function, FunctionType) and not self._recorder.paused:
            code = function.__code__
            known = self._known.get(code)
            if known is None and len(self._known) < MAX_FUNCTIONS:
                known = self._known[code] = DefinedFunction(position=len(self._known), function=function)
            if known is not None:
                self._by_identity[id(code)] = code, known
                known.function, known.decorated = function, None
                known.names[function.__name__] = None
        return function

    def note_decorated(self, decorated: Any) -> Any:
        """Called with what a function's decorators returned; returns it unchanged.

        ``functools.wraps`` makes it possible to find the function. Without it, the result counts as another function.
        """
        inner, depth = decorated, 0
        while type(inner) is FunctionType and depth < 20:
            known = self._known.get(inner.__code__)
            if known is not None and known.function is inner:
                known.decorated = decorated
                known.names[decorated.__name__] = None
            inner, depth = vars(inner).get("__wrapped__"), depth + 1
        return decorated

    def note_argument(self, value: Any) -> None:
        """Called inside a function that takes one argument, with that argument; keeps a copy of a tensor or number."""
        found = self._by_identity.get(id(sys._getframe(1).f_code))
        if found is None or self._recorder.paused:
            return
        _, known = found
        if known.looks >= MAX_LOOKS or len(known.arguments) >= MAX_ARGUMENTS:
            return
        known.looks += 1
        argument = _as_argument(value)
        if argument is not None:
            known.arguments.setdefault((argument.shape, argument.tobytes()), argument)

    def note_names(self) -> None:
        """Note which names of the module are bound to known functions now."""
        for name, value in list(self._namespace.items()):
            if type(value) is FunctionType and type(name) is str:
                inner = vars(value).get("__wrapped__", value)
                known = self._known.get(inner.__code__) if type(inner) is FunctionType else None
                if known is not None and inner is not value and known.decorated is not value:
                    known = self._made_of(value, known)
                if known is not None:
                    known.names[name] = None

    def _made_of(self, value: FunctionType, known: DefinedFunction) -> DefinedFunction | None:
        """Register what ``torch.func.grad(f)`` and the like return: another function, with the name of ``f``."""
        made = self._known.get(value)
        if made is None and len(self._known) < MAX_FUNCTIONS:
            made = DefinedFunction(position=len(self._known), function=known.function, decorated=value)
            self._known[value] = made
        return made

    # ----------------------------------------------------------------------------------------------------------------
    # Used for calls on hidden inputs
    # ----------------------------------------------------------------------------------------------------------------

    def matching(self, wanted: list[str]) -> list[DefinedFunction]:
        """Functions bound to one of the names; if ``any`` is among the names, all other functions after them."""
        everything = list(self._known.values())
        named = [known for known in everything if known.names.keys() & set(wanted)]
        rest = [known for known in everything if known not in named] if "any" in wanted else []
        return named + rest

    def callable_of(self, known: DefinedFunction) -> OneArgument | None:
        """The function as a callable of one tensor, or None where it takes another number of arguments.

        May run the student's code: a method needs an object, which may have to be made.
        """
        function = known.function
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except Exception:  # it follows `__wrapped__`, which the student may have set to anything
            return None
        if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
            return None
        if any(p.kind is p.KEYWORD_ONLY and p.default is p.empty for p in parameters):
            return None
        call = known.decorated or function
        positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        is_method = bool(positional) and positional[0].name == "self"
        taken = positional[is_method:]
        required = [p for p in taken if p.default is p.empty]
        if not taken or len(required) > 1:
            return None
        if not is_method:
            return call
        owner = self._instance_for(call)
        return None if owner is None else (lambda tensor: call(owner, tensor))

    def _instance_for(self, method: Callable[..., Any]) -> object | None:
        """An object to call a method on: one that the submission made, otherwise a new one."""
        classes = [value for value in list(self._namespace.values()) if isinstance(value, type)]
        owners = [kind for kind in classes if any(value is method for value in list(vars(kind).values()))]
        for value in list(self._namespace.values()):
            if any(type(value) is owner for owner in owners):  # not `in`, which would call the metaclass's `__eq__`
                found: object = value
                return found
        for owner in owners:
            try:
                made: object = owner()
                return made
            except Exception:
                continue
        return None


def _as_argument(value: Any) -> Numbers | None:
    """A tensor or number as an array of floats, so that it can require a gradient; None for anything else."""
    if type(value) in (int, float):
        return np.asarray(value, dtype=np.float32) if abs(value) < 1e30 else None
    if not is_tensor(value):
        return None
    try:
        with torch._C.DisableTorchFunction(), torch.no_grad():
            data = to_numpy(value) if 0 < value.numel() <= MAX_ARGUMENT_ELEMENTS else None
    except Exception:  # a tensor whose values cannot be read
        return None
    if data is None or data.dtype.kind not in "fiu" or data.ndim > MAX_DIMENSIONS:
        return None
    argument = data.astype(np.float64 if data.dtype == np.float64 else np.float32)
    return argument if np.isfinite(argument).all() else None
