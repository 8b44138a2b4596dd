"""Calls of a student's modules on hidden inputs, as they were recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.model.bounded_fields import Name
from grader.model.function_calls import ArgumentResult, ChangedArgument
from grader.model.run_places import Hand, Raised, RunPlace
from grader.model.values import Array, Structure, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterResult:
    """A parameter of a module, and what autograd gave for it in a call.

    ``fills`` is the needed parameter (``ModuleProbe.needed``) in whose place it was set; empty: none. ``value`` is what
    the call found, ``gradient`` and ``weighed`` are as in ``ArgumentResult``; all three have the shape of the needed
    parameter, so that of one with ``is_transposed`` they are transposed.
    """

    name: Name
    fills: Name = ""
    shape: tuple[int, ...]
    requires_grad: bool
    is_transposed: bool = False
    value: Array | None = None
    gradient: Array | None = None
    weighed: Array | None = None
    after: Array | None = None
    """What it holds after the call; None: what it held before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unregistered:
    """An attribute that holds modules, parameters or a tensor, of which the module knows nothing: they are in a plain
    list, tuple or dictionary, or the tensor is neither a ``Parameter`` nor a buffer.
    """

    name: Name
    holds: Literal["modules", "parameters", "tensor", "constant"]
    """``constant``: a tensor that does not require grad, and is no buffer either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What came out of many calls with other random numbers.

    ``average`` is the mean of each element of the output, ``spread`` its standard deviation from call to call,
    ``width`` its greatest value less its smallest; ``kept`` is the share of elements that are not zero,
    ``kept_spread`` the standard deviation of this share. ``units`` are the elements, where those that were zero in the
    very same calls count as one; 0: not known.
    """

    calls: int
    average: Array
    spread: Array
    width: Array
    kept: Array
    kept_spread: Array
    units: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleCall:
    """A module of the student's, made and called with hidden input number ``input`` of a probe, in one mode.

    ``form`` is what it was made of: a class, a function that returns one, an own ``autograd.Function``, or an object
    that a name was bound to. ``type`` is the name of its class. ``outputs`` has what each of its methods returned.
    """

    kind: Literal["module_call"] = "module_call"
    place: RunPlace
    probe: str
    module: int
    form: Literal["class", "maker", "function", "object"]
    type: Name
    is_module: bool
    """Its class is a subclass of ``nn.Module``."""
    name: Name
    names: tuple[Name, ...]
    input: int
    mode: Literal["train", "eval"]
    outputs: tuple[Value, ...]
    arguments: tuple[ArgumentResult, ...] = ()
    """Of the arguments that require a gradient: of its methods, and of those that it was made with."""
    changed: tuple[ChangedArgument, ...] = ()
    """The arguments that it changed in place, also those that it was made with."""
    weights: Value | None = None
    """As in ``FunctionCall``."""
    parameters: tuple[ParameterResult, ...] = ()
    parameter_count: int = 0
    """The numbers in all its parameters."""
    trainable_count: int = 0
    """The numbers in those that require grad."""
    buffers: Structure | None = None
    """The buffers after the call; of an object of another class the tensors among its attributes."""
    unregistered: tuple[Unregistered, ...] = ()
    training: bool | None = None
    """Its ``training`` when it was called; None: it has none."""
    statistics: Statistics | None = None
    varies: bool | None = None
    """Whether other seeds gave something else for the same arguments and state; None: not tried."""
    torch_calls: tuple[Name, ...] | None = None
    """As in ``FunctionCall``."""
    printed: bool = False
    """It wrote text during the call."""
    stage: Literal["making", "setting", "calling", "done"]
    """Where an error ended it; ``setting``: when its parameters were set, or the mode."""
    method: Name = ""
    """The method that raised the error; empty: the object itself was called."""
    lines: tuple[tuple[int, int, int], ...] = ()
    """As in ``FunctionCall``, also of when it was made."""
    error: Raised | None
    hands: tuple[Hand, ...] = ()

    def of(self, path: str) -> ArgumentResult:
        """What autograd gave for an argument; nothing where it is not there."""
        return next((result for result in self.arguments if result.path == path), ArgumentResult(path=path))
