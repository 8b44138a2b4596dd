"""Calls of a student's functions on hidden inputs, as they were recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.model.bounded_fields import Name
from grader.model.run_places import Hand, Raised, RunPlace
from grader.model.values import Array, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """Results of a function at inputs close to that of a call.

    ``gradient``, ``second`` and ``weighed`` are autograd's at the input itself, in ``dtype``. ``steps`` has the shape
    (steps, elements of the input): how far each element was shifted, down and up. ``outputs``, ``weighed_outputs`` and
    ``slopes`` have the shape (steps, 3): sums of the output, of the weighed output and of the gradient below, at and
    above the input; NaN where there was none.
    ``steady``, of shape (steps,), is true where all three calls took the code branches of the call itself.
    ``half_steps`` and the other ``half_`` arrays are of steps of about half the size, which tell how precise the slopes
    are; None where autograd agrees with the slopes anyway.
    """

    dtype: Literal["float64", "float32"]
    """The dtype in which the function was evaluated."""
    gradient: Array | None
    second: Array | None
    steps: Array
    outputs: Array
    slopes: Array
    steady: Array
    weighed: Array | None = None
    weighed_outputs: Array | None = None
    half_steps: Array | None = None
    half_outputs: Array | None = None
    half_weighed_outputs: Array | None = None
    half_slopes: Array | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgumentResult:
    """What autograd gave for one argument of a call that can require a gradient, or for a part of an argument.

    ``path`` says which: ``w``, ``params[0]``, ``cache["x"]``; ``input`` where the function takes one tensor only.
    ``gradient`` is that of the sum of all tensors that were returned, ``second`` that of the gradient's sum,
    ``weighed`` that of these tensors times ``FunctionCall.weights``; None where autograd gave none, or nobody asked.
    ``value`` is the argument's before the call, where the judge did not draw it: a function of the course's made it.
    """

    path: Name
    value: Array | None = None
    gradient: Array | None = None
    second: Array | None = None
    weighed: Array | None = None
    shifts: Shifts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedArgument:
    """An argument, or a part of it, that the function changed in place: its value after the call, with its ``.grad``.

    ``keeps_value``: its numbers are as before; ``.grad`` or ``requires_grad`` is another. None after a call: an object
    has no such part any more.
    """

    path: Name
    after: Value
    keeps_value: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionCall:
    """A call of one of the student's functions on hidden input number ``input`` of a probe.

    ``argument`` is the input where the judge did not draw it itself. ``weights`` are drawn at random, with the shape of
    the output; of several tensors in a tuple, list or dictionary a structure of weights.
    ``branches`` is a fingerprint of the code branches that the call took; empty: not recorded. ``place`` is where the
    function was defined.
    """

    kind: Literal["function_call"] = "function_call"
    place: RunPlace
    probe: str
    function: int
    name: Name
    names: tuple[Name, ...]
    input: int
    argument: Array | None = None
    output: Value | None
    arguments: tuple[ArgumentResult, ...] = ()
    """Of the arguments, and parts of arguments, that require a gradient."""
    changed: tuple[ChangedArgument, ...] = ()
    """The arguments that were changed in place."""
    weights: Value | None = None
    branches: str = ""
    steady: bool = True
    """Called again with the same input and the same random numbers, it returned the same, by the same branches."""
    varies: bool | None = None
    """It returned something else under another seed; None: nobody asked, or it is not steady."""
    redraws: bool | None = None
    """Called several times in a row, without new seeds, it returned something else; None: nobody asked."""
    torch_calls: tuple[Name, ...] | None = None
    """The names of the functions and methods of torch that it called, in alphabetical order, each of them once: not
    those that these call in turn. ``backward``, ``grad`` and ``jvp`` where it differentiated. None: nobody asked."""
    printed: bool = False
    """It wrote text during the call."""
    cuts: tuple[tuple[Name, int], ...] = ()
    """Where it returned something without a gradient: calls that took a tensor out of the graph, with their lines."""
    lines: tuple[tuple[int, int, int], ...] = ()
    """Where ``Probes.lines`` asks: the lines of the submission's functions that ran, each with its cell and the line
    before it: ``(cell, before, line)``. ``before`` 0: a function begins there; ``line`` 0: it returned."""
    error: Raised | None
    hands: tuple[Hand, ...] = ()

    def of(self, path: str) -> ArgumentResult:
        """What autograd gave for an argument; nothing where it is not there."""
        return next((result for result in self.arguments if result.path == path), ArgumentResult(path=path))
