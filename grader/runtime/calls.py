"""After a run: the student's functions, called with hidden inputs.

Functions make themselves known when their ``def`` or ``lambda`` is run, so nested ones, methods and those whose name
was rebound later are found as well.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from types import CodeType, FunctionType
from typing import Any

import numpy as np
import torch

from .recorder import Recorder
from .statements import Clock, Stopped
from .stream import Json, raised, read_array

CALL_S = 1.0
"""Seconds that one call may take."""
MAX_FUNCTIONS = 60
MAX_SLOW = 2
"""Calls of one function that may run out of time before the others are left out."""


class Functions:
    """Every function that the submission ever defined, with the names it was bound to."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._namespace = namespace
        self._known: dict[CodeType, FunctionType] = {}
        self._names: dict[CodeType, dict[str, None]] = {}

    def add(self, function: Any) -> Any:
        """Called at each definition; returns the function as it is. The latest of equal closures is kept."""
        if isinstance(function, FunctionType):
            code = function.__code__
            if code in self._known or len(self._known) < MAX_FUNCTIONS:
                self._known[code] = function
                self._names.setdefault(code, {})[function.__name__] = None
        return function

    def note_names(self) -> None:
        """See which module names are bound to known functions now."""
        for name, value in list(self._namespace.items()):
            code = value.__code__ if type(value) is FunctionType else None
            if code in self._known and type(name) is str:
                self._names[code][name] = None

    def matching(self, wanted: list[str]) -> list[tuple[int, FunctionType, list[str]]]:
        """Functions bound to one of the names, and with ``any`` the others too: position, function, names."""
        everything = [(position, function, list(self._names[code])[:20])
                      for position, (code, function) in enumerate(self._known.items())]  # fmt: skip
        named = [item for item in everything if set(item[2]) & set(wanted)]
        rest = [item for item in everything if item not in named] if "any" in wanted else []
        return named + rest

    def instance_for(self, method: FunctionType) -> object | None:
        """Something to call a method on: an object that the submission left behind, else a new one."""
        classes = [value for value in list(self._namespace.values()) if isinstance(value, type)]
        owners = [kind for kind in classes if vars(kind).get(method.__name__) is method]
        for value in list(self._namespace.values()):
            if type(value) in owners:
                found: object = value
                return found
        for owner in owners:
            try:
                made: object = owner()
                return made
            except Exception:
                continue
        return None


def seed_everything(seed: int) -> None:
    """The same random numbers for every run and every call."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def call_functions(
    functions: Functions,
    probes: list[dict[str, Any]],
    payload: bytes,
    *,
    recorder: Recorder,
    clock: Clock,
    gradient_of: Callable[..., Any],
    quiet: Callable[[], AbstractContextManager[None]],
    seed: int,
) -> None:
    """Call each function that a probe asks for with each of its inputs, and send what came out."""
    for probe in probes:
        inputs = [read_array(fields, payload) for fields in probe["inputs"]]
        for position, function, names in functions.matching(probe["functions"]):
            call = _callable(function, functions)
            slow = 0
            for number, data in enumerate(inputs):
                if call is None or slow >= MAX_SLOW or clock.left() < 0.2:
                    break
                seed_everything(seed)
                with quiet():
                    answer = _call(call, data, recorder, clock, gradient_of)
                slow += answer["error"] is not None and answer["error"]["type"] == Stopped.__name__
                recorder.send(
                    "function_call",
                    place=recorder.place_of(function.__code__.co_filename, function.__code__.co_firstlineno),
                    probe=probe["id"], function=position, name=function.__name__, names=names, input=number, **answer,
                )  # fmt: skip


def _callable(function: FunctionType, functions: Functions) -> Callable[[torch.Tensor], Any] | None:
    """The function as something that takes one tensor, or None where it takes another number of arguments."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        return None
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    required = [p for p in positional if p.default is p.empty]
    if any(p.kind is p.KEYWORD_ONLY and p.default is p.empty for p in parameters):
        return None
    if len(required) == 1 or (not required and positional):
        return function
    if len(required) == 2 and required[0].name == "self":
        owner = functions.instance_for(function)
        return None if owner is None else (lambda tensor: function(owner, tensor))
    return None


def _call(
    call: Callable[[torch.Tensor], Any],
    data: np.ndarray[Any, Any],
    recorder: Recorder,
    clock: Clock,
    gradient_of: Callable[..., Any],
) -> Json:
    """One call: the output, and the gradient of its sum with regard to the input."""
    stream = recorder.stream
    answer: Json = {"output": None, "gradient": None, "error": None}
    tensor = torch.from_numpy(data)
    if tensor.is_floating_point():
        tensor.requires_grad_(True)
    try:
        with clock.limit(min(CALL_S, clock.left())):
            output = call(tensor)
            answer["output"] = stream.value(output)
            if isinstance(output, torch.Tensor) and output.requires_grad and tensor.requires_grad:
                (gradient,) = gradient_of(output.sum(), tensor, allow_unused=True)
                answer["gradient"] = stream.maybe_tensor(gradient)
    except BaseException as error:
        answer["error"] = raised(error)
    return answer
