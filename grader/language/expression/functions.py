"""The functions of the language.

``FUNCTIONS`` is the only list of functions; the table in the documentation is made from it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.language.closeness import Tolerance, close, tolerance_for
from grader.language.expression.arrays import array, as_sum, compute, is_true
from grader.language.values import Numbers, Undefined, Unrecorded, floats, numbers
from grader.model import Array, Structure


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function of the language. ``usage`` is how it is called, ``about`` what it gives, in a sentence.

    ``axis``: the number of an axis may follow the arguments.
    """

    usage: str
    about: str
    arguments: int = 1
    axis: bool = False


_ALONG = "of all elements, or along an axis: `0` goes down the columns, `-1` along the last axis."

FUNCTIONS: dict[str, Function] = {
    "abs": Function(usage="abs(a)", about="The absolute value of each element."),
    "all": Function(usage="all(a), all(a, 0)", about="Whether all elements are true, or all along an axis.", axis=True),
    "all_equal": Function(usage="all_equal(a)", about="Whether all elements are equal to each other."),
    "any": Function(usage="any(a), any(a, 0)", about="Whether any element is true, or any along an axis.", axis=True),
    "cos": Function(usage="cos(a)", about="The cosine of each element."),
    "exp": Function(usage="exp(a)", about="e to the power of each element."),
    "finite": Function(usage="finite(a)", about="Whether no element is infinite or NaN."),
    "has_node": Function(
        usage='has_node("PowBackward0")',
        about="Whether the graph of the pass has a node of this name. The number at its end does not matter, and "
        '`"pow"` is the same.',
    ),
    "log": Function(usage="log(a)", about="The natural logarithm of each element."),
    "log_softmax": Function(
        usage="log_softmax(a), log_softmax(a, 0)",
        about="The logarithm of `softmax`, along the last axis or another one.",
        axis=True,
    ),
    "max": Function(usage="max(a), max(a, 0)", about=f"The greatest {_ALONG}", axis=True),
    "maximum": Function(usage="maximum(a, b)", about="The greater of two values, element by element.", arguments=2),
    "mean": Function(usage="mean(a), mean(a, 0)", about=f"The mean {_ALONG}", axis=True),
    "min": Function(usage="min(a), min(a, 0)", about=f"The least {_ALONG}", axis=True),
    "minimum": Function(usage="minimum(a, b)", about="The lesser of two values, element by element.", arguments=2),
    "norm": Function(
        usage="norm(a), norm(a, 0)", about=f"The square root of the sum of the squares {_ALONG}", axis=True
    ),
    "passed": Function(usage='passed("slope")', about="Whether the check of this id passed; in rubrics only."),
    "relu": Function(usage="relu(a)", about="Each element, or 0 where it is negative."),
    "shape": Function(usage="shape(a)", about="The shape: `(2, 3)`; that of a vector of three is `(3,)`."),
    "sigmoid": Function(usage="sigmoid(a)", about="1 / (1 + exp(-a)) of each element."),
    "sin": Function(usage="sin(a)", about="The sine of each element."),
    "size": Function(usage="size(a)", about="The number of elements; of a list or dictionary, of its items."),
    "softmax": Function(
        usage="softmax(a), softmax(a, 0)",
        about="exp(a) divided by its sum, along the last axis or another one.",
        axis=True,
    ),
    "sqrt": Function(usage="sqrt(a)", about="The square root of each element."),
    "sum": Function(usage="sum(a), sum(a, 0)", about=f"The sum {_ALONG}", axis=True),
    "tanh": Function(usage="tanh(a)", about="The hyperbolic tangent of each element."),
    "where": Function(
        usage="where(condition, a, b)",
        about="Elements of `a` where the condition is true, of `b` elsewhere.",
        arguments=3,
    ),
}

CONSTANTS = {"pi": math.pi}

ELEMENTWISE_ARGUMENTS = frozenset({"all", "any", "where"})
"""Functions in whose arguments comparisons are elementwise."""

_ELEMENTWISE: dict[str, Callable[[Any], Any]] = {
    "abs": np.abs,
    "cos": np.cos,
    "exp": np.exp,
    "log": np.log,
    "relu": lambda data: np.maximum(_ordered(data), 0),
    "sigmoid": lambda data: 1 / (1 + np.exp(-data)),
    "sin": np.sin,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
}
_EXACT = frozenset({"abs", "relu", "max", "min", "sum"})
"""Functions whose results for whole numbers are whole numbers."""

_SUMS = frozenset({"mean", "sum"})

_REDUCTIONS: dict[str, Callable[[Any, int | None], Any]] = {
    "max": lambda data, axis: np.max(data, axis=axis),
    "mean": lambda data, axis: np.sum(data, axis=axis) / np.float64(_count(data, axis)),  # np.mean warns if empty
    "min": lambda data, axis: np.min(data, axis=axis),
    "norm": lambda data, axis: np.linalg.norm(data.ravel() if axis is None else floats(data), axis=axis),
    "sum": lambda data, axis: np.sum(data, axis=axis),
    "softmax": lambda data, axis: _softmax(_ordered(floats(data)), -1 if axis is None else axis),
    "log_softmax": lambda data, axis: _log_softmax(_ordered(floats(data)), -1 if axis is None else axis),
}
_PAIRS: dict[str, Callable[[Any, Any], Any]] = {
    "maximum": lambda a, b: np.maximum(_ordered(floats(a)), _ordered(floats(b))),
    "minimum": lambda a, b: np.minimum(_ordered(floats(a)), _ordered(floats(b))),
}


def call(
    name: str,
    values: Sequence[object],
    axis: int | None,
    *,
    elementwise: bool,
    text: str,
    tolerance: Tolerance | None,
) -> object:
    """The value of a function of known values. ``text`` is the source of the first of them.

    ``elementwise``: the call is in an argument of ``any``, ``all`` or ``where``.
    """
    value = next((value for value in values if isinstance(value, Undefined)), values[0])
    if isinstance(value, Undefined):
        return value
    if name == "where":
        return compute(lambda mask, a, b: np.where(is_true(mask), a, b), *values)
    if name in {"shape", "size"}:
        return _extent(name, value, text)
    if name in _PAIRS:
        return compute(_PAIRS[name], *values)
    if name in _ELEMENTWISE:
        return compute(lambda data: _ELEMENTWISE[name](floats(data)), value, exact=name in _EXACT)
    number = numbers(value)
    if isinstance(number, Undefined):
        return number
    data, dtype = number
    along = -1 if axis is None and name in {"softmax", "log_softmax"} else axis
    if along is not None and not -data.ndim <= along < data.ndim:
        return Undefined(f"`{text}` has shape {data.shape}, so it has no axis {along}")
    if name in _REDUCTIONS:
        if name in {"max", "min"} and not data.size:
            return Undefined(f"`{text}` has no elements, so there is no `{name}` of them")
        result = compute(lambda data: _REDUCTIONS[name](data, axis), value, exact=name in _EXACT)
        return as_sum(result, _count(data, axis)) if name in _SUMS else result
    if name == "finite":
        return array(np.isfinite(data), "bool") if elementwise else bool(np.isfinite(data).all())
    if name == "all_equal":
        first = data.ravel()[:1]
        return bool(data.size and close(data.ravel(), first, tolerance or tolerance_for((dtype,))).all())
    truths = is_true(data)
    if axis is not None:
        # Of no elements, not all are true.
        return array(truths.any(axis) if name == "any" else truths.all(axis) & (truths.shape[axis] > 0), "bool")
    return bool(truths.any()) if name == "any" else bool(truths.size and truths.all())


def _extent(name: str, value: object, text: str) -> object:
    """The shape or size of a value."""
    shape: tuple[int, ...] | None = None
    if isinstance(value, Array):
        shape = value.shape
    elif isinstance(value, bool | int | float):
        shape = ()
    elif isinstance(value, Structure):
        if value.cut:
            return Unrecorded(f"not all items of `{text}` were recorded")
        found = numbers(value)
        if name == "size":
            return len(value.items)
        shape = None if isinstance(found, Undefined) else found[0].shape
    elif isinstance(value, tuple):
        shape = (len(value),)
    if shape is None:
        return Undefined(f"`{text}` has no {name}")
    return shape if name == "shape" else math.prod(shape)


def has_node(wanted: str, operations: object) -> bool | Undefined:
    """Whether one of the nodes of a graph, such as ``PowBackward0``, is meant by a name.

    A name with a number at its end does not mean the node of a student's own Function, which has none.
    """
    if not isinstance(operations, tuple):
        return operations if isinstance(operations, Undefined) else Undefined("there is no graph here")
    name, number = _node_name(wanted)
    found = (_node_name(operation) for operation in operations if isinstance(operation, str))
    return any(name == other and (has_number or not number) for other, has_number in found)


def _node_name(text: str) -> tuple[str, bool]:
    """The name of an operation without what torch adds to it, and whether a number was added."""
    bare, suffix, number = _NODE.fullmatch(text).groups()  # type: ignore[union-attr]  # it matches any text
    name = bare if suffix is not None else text
    return name.replace("_", "").lower(), bool(number)


_NODE = re.compile(r"(.*?)(?:(Backward)(\d*))?", re.DOTALL)


def _ordered(data: Numbers) -> Numbers:
    if data.dtype.kind == "c":
        raise TypeError("complex numbers have no order")
    return data


def _count(data: Numbers, axis: int | None) -> int:
    return data.size if axis is None else data.shape[axis]


def _softmax(data: Numbers, axis: int) -> Numbers:
    if not data.size:
        return data.copy()
    powers = np.exp(data - np.max(data, axis=axis, keepdims=True))
    return np.asarray(powers / np.sum(powers, axis=axis, keepdims=True))


def _log_softmax(data: Numbers, axis: int) -> Numbers:
    if not data.size:
        return data.copy()
    shifted = data - np.max(data, axis=axis, keepdims=True)
    return np.asarray(shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True)))
