"""The functions of the language.

``FUNCTIONS`` is the only list of functions; the table in the documentation is made from it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from grader.language.closeness import Tolerance, close, tolerance_for
from grader.language.expression.arrays import array, as_sum, compute, is_true
from grader.language.expression.matrices import (
    diagonal,
    identity,
    inverse,
    one_hot,
    part_of_matrix,
    positions,
    solution,
)
from grader.language.values import Numbers, Undefined, Unrecorded, floats, numbers
from grader.model import Array, Structure


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function of the language. ``usage`` is how it is called, ``about`` what it gives, in a sentence.

    ``axis``: the number of an axis may follow the arguments. ``diagonal``: that of a diagonal may.
    """

    usage: str
    about: str
    arguments: int = 1
    axis: bool = False
    diagonal: bool = False


_ALONG = "of all elements, or along an axis: `0` goes down the columns, `-1` along the last axis."
_WHERE = "counted from 0, of the matrix as one row, or along an axis. Of equals it is the first."
_DIAGONAL = "`1` means the diagonal above the main one, `-1` that below. Of a stack, each matrix."

FUNCTIONS: dict[str, Function] = {
    "abs": Function(usage="abs(a)", about="The absolute value of each element."),
    "all": Function(usage="all(a), all(a, 0)", about="Whether all elements are true, or all along an axis.", axis=True),
    "all_equal": Function(usage="all_equal(a)", about="Whether all elements are equal to each other."),
    "any": Function(usage="any(a), any(a, 0)", about="Whether any element is true, or any along an axis.", axis=True),
    "arange": Function(usage="arange(n)", about="The whole numbers from 0 to n - 1, as a vector."),
    "argmax": Function(
        usage="argmax(a), argmax(a, 0)", about=f"The position of the greatest element, {_WHERE}", axis=True
    ),
    "argmin": Function(
        usage="argmin(a), argmin(a, 0)", about=f"The position of the least element, {_WHERE}", axis=True
    ),
    "biased_var": Function(
        usage="biased_var(a), biased_var(a, 0)",
        about=f"The variance with n below: the mean of the squared distances from the mean, {_ALONG}",
        axis=True,
    ),
    "cos": Function(usage="cos(a)", about="The cosine of each element."),
    "cumsum": Function(
        usage="cumsum(a), cumsum(a, 0)",
        about="The sum of each element and all before it, along the last axis or another one.",
        axis=True,
    ),
    "diag": Function(
        usage="diag(a)", about="Of a vector the matrix that has it on its diagonal; of a matrix its diagonal."
    ),
    "erf": Function(usage="erf(a)", about="The error function of each element, as in the exact GELU."),
    "exp": Function(usage="exp(a)", about="e to the power of each element."),
    "expm1": Function(usage="expm1(a)", about="exp(a) - 1 of each element, exact also near 0."),
    "eye": Function(usage="eye(n)", about="The identity matrix of n rows."),
    "finite": Function(usage="finite(a)", about="Whether no element is infinite or NaN."),
    "floor": Function(usage="floor(a)", about="The greatest whole number that is not above each element."),
    "has_node": Function(
        usage='has_node("PowBackward0")',
        about="Whether the graph of the pass has a node of this name. The number at its end does not matter, and "
        '`"pow"` is the same.',
    ),
    "inverse": Function(usage="inverse(a)", about="The inverse of a square matrix."),
    "log": Function(usage="log(a)", about="The natural logarithm of each element."),
    "log1p": Function(usage="log1p(a)", about="log(1 + a) of each element, exact also near 0."),
    "log_softmax": Function(
        usage="log_softmax(a), log_softmax(a, 0)",
        about="The logarithm of `softmax`, along the last axis or another one.",
        axis=True,
    ),
    "logsumexp": Function(
        usage="logsumexp(a), logsumexp(a, 0)",
        about=f"The logarithm of the sum of exp(a), which does not overflow, {_ALONG}",
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
    "one_hot": Function(
        usage="one_hot(labels, n)",
        about="For each whole number from 0 to n - 1 a row of n numbers: 1 at its position, 0 elsewhere.",
        arguments=2,
    ),
    "passed": Function(usage='passed("slope")', about="Whether the check of this id passed; in rubrics only."),
    "prod": Function(usage="prod(a), prod(a, 0)", about=f"The product {_ALONG}", axis=True),
    "ran": Function(
        usage='ran("softmax"), ran("exp", "*softmax")',
        about="Whether the hidden call called any of these functions or methods of torch, by their names as in kind "
        "`uses`; `backward`, `grad` or `jvp` where it differentiated, by `jacrev` and the like too. `*` stands for "
        "letters.",
    ),
    "relu": Function(usage="relu(a)", about="Each element, or 0 where it is negative."),
    "round": Function(usage="round(a)", about="The nearest whole number, of each element; of two the even one."),
    "shape": Function(usage="shape(a)", about="The shape: `(2, 3)`; that of a vector of three is `(3,)`."),
    "sigmoid": Function(usage="sigmoid(a)", about="1 / (1 + exp(-a)) of each element."),
    "sign": Function(usage="sign(a)", about="1, 0 or -1: the sign of each element."),
    "sin": Function(usage="sin(a)", about="The sine of each element."),
    "size": Function(usage="size(a)", about="The number of elements; of a list or dictionary, of its items."),
    "softmax": Function(
        usage="softmax(a), softmax(a, 0)",
        about="exp(a) divided by its sum, along the last axis or another one.",
        axis=True,
    ),
    "softplus": Function(
        usage="softplus(a)",
        about="log(1 + exp(a)) of each element, which does not overflow; `-softplus(-a)` is log(sigmoid(a)).",
    ),
    "solve": Function(
        usage="solve(a, b)", about="The x with `a @ x == b`, of a square matrix and a vector or matrix.", arguments=2
    ),
    "sqrt": Function(usage="sqrt(a)", about="The square root of each element."),
    "sum": Function(usage="sum(a), sum(a, 0)", about=f"The sum {_ALONG}", axis=True),
    "tanh": Function(usage="tanh(a)", about="The hyperbolic tangent of each element."),
    "tril": Function(
        usage="tril(a), tril(a, -1)",
        about=f"A matrix with 0 above its diagonal, or above another one: {_DIAGONAL}",
        diagonal=True,
    ),
    "triu": Function(
        usage="triu(a), triu(a, 1)",
        about=f"A matrix with 0 below its diagonal, or below another one: {_DIAGONAL}",
        diagonal=True,
    ),
    "unbiased_var": Function(
        usage="unbiased_var(a), unbiased_var(a, 0)",
        about=f"The variance with n - 1 below, as `torch.var` divides where nothing else is said, {_ALONG}",
        axis=True,
    ),
    "where": Function(
        usage="where(condition, a, b)",
        about="Elements of `a` where the condition is true, of `b` elsewhere.",
        arguments=3,
    ),
}

MAX_ERF = 250_000
"""Elements of which `erf` is computed one by one: about 30 ms."""

CONSTANTS = {"inf": math.inf, "pi": math.pi}

MORE_THAN_ONE = {
    "var": "its variance with n below is `biased_var(a)`, that with n - 1 `unbiased_var(a)`, as in `torch.var`",
    "std": "write `sqrt(biased_var(a))`, with n below, or `sqrt(unbiased_var(a))`, with n - 1 as in `torch.std`",
    "cross_entropy": "write `-mean(sum(one_hot(labels, n) * log_softmax(a), 1))`",
    "gather": "write `sum(one_hot(labels, n) * a, 1)`, for one element of each row",
    "bincount": "write `sum(one_hot(labels, n), 0)`",
}
"""Names of torch's that the language does not have, with what to write."""

_ELEMENTWISE: dict[str, Callable[[Any], Any]] = {
    "abs": np.abs,
    "cos": np.cos,
    "erf": lambda data: _erf(_ordered(data)),
    "exp": np.exp,
    "expm1": np.expm1,
    "floor": np.floor,
    "log": np.log,
    "log1p": np.log1p,
    "relu": lambda data: np.maximum(_ordered(data), 0),
    "round": lambda data: np.round(_ordered(data)),
    "sigmoid": lambda data: 1 / (1 + np.exp(-data)),
    "sign": lambda data: np.sign(_ordered(data)),
    "sin": np.sin,
    "softplus": lambda data: np.logaddexp(0, _ordered(data)),
    "sqrt": np.sqrt,
    "tanh": np.tanh,
}
_EXACT = frozenset({"abs", "cumsum", "floor", "max", "min", "prod", "relu", "round", "sign", "sum"})
"""Functions whose results for whole numbers are whole numbers."""

_SUMS = frozenset({"biased_var", "cumsum", "mean", "sum", "unbiased_var"})

_ALONG_THE_LAST = frozenset({"cumsum", "log_softmax", "softmax"})
"""Functions that take the last axis where none is said: they give as many elements as they get."""

_OF_SOME = frozenset({"argmax", "argmin", "max", "min"})
"""Functions that have no value where there are no elements."""

_REDUCTIONS: dict[str, Callable[[Any, int | None], Any]] = {
    "argmax": lambda data, axis: np.argmax(_ordered(data), axis=axis),
    "argmin": lambda data, axis: np.argmin(_ordered(data), axis=axis),
    "biased_var": lambda data, axis: _variance(_ordered(floats(data)), axis, 0),
    "cumsum": lambda data, axis: np.cumsum(data, axis=-1 if axis is None else axis),
    "logsumexp": lambda data, axis: _logsumexp(_ordered(floats(data)), axis),
    "max": lambda data, axis: np.max(data, axis=axis),
    "mean": lambda data, axis: np.sum(data, axis=axis) / np.float64(_count(data, axis)),  # np.mean warns if empty
    "min": lambda data, axis: np.min(data, axis=axis),
    "norm": lambda data, axis: np.linalg.norm(data.ravel() if axis is None else floats(data), axis=axis),
    "prod": lambda data, axis: np.prod(data, axis=axis),
    "sum": lambda data, axis: np.sum(data, axis=axis),
    "unbiased_var": lambda data, axis: _variance(_ordered(floats(data)), axis, 1),
    "softmax": lambda data, axis: _softmax(_ordered(floats(data)), -1 if axis is None else axis),
    "log_softmax": lambda data, axis: _log_softmax(_ordered(floats(data)), -1 if axis is None else axis),
}
_PAIRS: dict[str, Callable[[Any, Any], Any]] = {
    "maximum": lambda a, b: np.maximum(_ordered(floats(a)), _ordered(floats(b))),
    "minimum": lambda a, b: np.minimum(_ordered(floats(a)), _ordered(floats(b))),
}
_OTHERS: dict[str, Callable[[Sequence[object], int | None, str], object]] = {
    "arange": lambda values, axis, text: positions(values[0], text),
    "diag": lambda values, axis, text: diagonal(values[0], text),
    "eye": lambda values, axis, text: identity(values[0], text),
    "inverse": lambda values, axis, text: inverse(values[0], text),
    "one_hot": lambda values, axis, text: one_hot(values[0], values[1], text),
    "solve": lambda values, axis, text: solution(values[0], values[1], text),
    "tril": lambda values, axis, text: part_of_matrix(values[0], axis or 0, text, upper=False),
    "triu": lambda values, axis, text: part_of_matrix(values[0], axis or 0, text, upper=True),
}
"""Functions whose results have other shapes, or need matrices."""


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

    ``axis``: of ``tril`` and ``triu``, the diagonal. ``elementwise``: the call is in an argument of another one, or in
    arithmetic.
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
    if name in _OTHERS:
        return _OTHERS[name](values, axis, text)
    if name in _ELEMENTWISE:
        if name == "erf" and isinstance(value, Array) and math.prod(value.shape) > MAX_ERF:
            return Undefined(f"`{text}` has more than {MAX_ERF} elements, too many for `erf`")
        return compute(lambda data: _ELEMENTWISE[name](floats(data)), value, exact=name in _EXACT)
    number = numbers(value)
    if isinstance(number, Undefined):
        return number
    data, dtype = number
    along = -1 if axis is None and name in _ALONG_THE_LAST else axis
    if along is not None and not -data.ndim <= along < data.ndim:
        return Undefined(f"`{text}` has shape {data.shape}, so it has no axis {along}")
    if name in _REDUCTIONS:
        if name in _OF_SOME and not data.size:
            return Undefined(f"`{text}` has no elements, so there is no `{name}` of them")
        result = compute(lambda data: _REDUCTIONS[name](data, axis), value, exact=name in _EXACT)
        if name in {"argmax", "argmin"} and not isinstance(result, Undefined):
            return array(result.data, "int64")
        return as_sum(result, _count(data, along)) if name in _SUMS else result
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


def ran(patterns: Sequence[str], calls: object) -> bool | Undefined:
    """Whether one of the functions of torch that a call called has a name that is meant."""
    if not isinstance(calls, tuple):
        return calls if isinstance(calls, Undefined) else Undefined("it is not known here what was called")
    return any(fnmatchcase(call, pattern) for call in calls for pattern in patterns)


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


def _logsumexp(data: Numbers, axis: int | None) -> Numbers:
    top = np.max(data, axis=axis, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, 0)
    total = np.log(np.sum(np.exp(data - top), axis=axis, keepdims=True)) + top
    return np.asarray(np.squeeze(total, axis=axis))


def _variance(data: Numbers, axis: int | None, correction: int) -> Numbers:
    count = np.float64(_count(data, axis))
    centred = data - np.sum(data, axis=axis, keepdims=True) / count
    return np.asarray(np.sum(centred * centred, axis=axis) / (count - correction))


def _erf(data: Numbers) -> Numbers:
    return np.asarray(np.frompyfunc(math.erf, 1, 1)(data), dtype=np.float64)
