"""Computes with arrays in float64. What cannot be computed, or would be too large, is Undefined.

A result keeps the coarsest dtype of its operands, which decides the tolerance of comparisons.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

from grader.language.dtypes import coarser
from grader.language.values import LongSum, Mask, Numbers, Undefined, floats, numbers, plain, widened
from grader.model import Array, Opaque, Structure, Value

MAX_ELEMENTS = 10_000_000
"""Elements of an intermediate result: 80 MB."""
MAX_OUTER = 100_000
"""Elements of an intermediate result that is much larger than its operands, such as a column times a row."""
MAX_GROWTH = 4
"""A result is much larger than its operands if it has more than this many times their elements."""
MAX_PRODUCT = 1_000_000
"""Elements of a matrix product."""
MAX_PRODUCT_STEPS = 100_000_000
"""Multiplications in a matrix product: about a tenth of a second."""


def compute(function: Callable[..., Any], *values: object, exact: bool = True) -> Array | Undefined:
    """Apply a function to numbers in float64. Not ``exact``: its results for integers are rounded."""
    operands: list[Numbers] = []
    dtypes: list[str] = [] if exact else ["float64"]
    terms = 0
    for value in values:
        number = numbers(value)
        if isinstance(number, Undefined):
            return number
        operands.append(number[0])
        dtypes.append(number[1])
        if isinstance(value, LongSum):
            terms = max(terms, value.terms)
    try:
        if is_too_large(operands):
            return Undefined(f"the result would have more than {MAX_OUTER} elements")
        result = np.asarray(function(*operands))
    except (ArithmeticError, ValueError, TypeError, MemoryError):
        return Undefined(f"shapes {' and '.join(str(data.shape) for data in operands)} do not go together")
    dtype = "bool" if result.dtype.kind == "b" else coarser(dtype for dtype in dtypes if dtype != "bool")
    return array(result, dtype, terms=terms)


def array(data: Any, dtype: str, *, terms: int = 0) -> Array:
    """A result as a read-only Array. Only results may be passed, since ``data`` itself becomes read-only.

    ``terms``: how many numbers were added up for an element.
    """
    wide = widened(np.asarray(data))
    wide.flags.writeable = False
    kind: Literal["ndarray", "number"] = "ndarray" if wide.ndim else "number"
    if terms:
        return LongSum(kind=kind, dtype=dtype, shape=wide.shape, data=wide, terms=terms)
    return Array(kind=kind, dtype=dtype, shape=wide.shape, data=wide)


def recorded(value: object) -> Value | Undefined:
    """A value that was computed in the form of those that are recorded, so that it can be an item of a structure."""
    match value:
        case Array() | Opaque() | Structure() | Undefined():
            return value
        case None:
            return Opaque(kind="none")
        case bool():
            return Opaque(kind="bool", text=str(value))
        case str():
            return Opaque(kind="text", text=value)
    found = numbers(value)
    return found if isinstance(found, Undefined) else array(*found)


def as_sum(value: Array | Undefined, terms: int) -> Array | Undefined:
    """The same array, as one of sums of so many numbers."""
    if isinstance(value, Undefined) or value.data is None:
        return value
    return array(value.data, value.dtype, terms=max(terms, _terms(value)))


def _terms(value: object) -> int:
    return value.terms if isinstance(value, LongSum) else 0


def matrix_product(left: object, right: object) -> Array | Undefined:
    """``left @ right``, as numpy and torch multiply vectors, matrices and stacks of matrices."""
    ours, theirs = numbers(left), numbers(right)
    if isinstance(ours, Undefined):
        return ours
    if isinstance(theirs, Undefined):
        return theirs
    (a, a_dtype), (b, b_dtype) = ours, theirs
    one, other = a.shape, b.shape
    if not one or not other:
        return Undefined("`@` multiplies vectors and matrices, not single numbers; those are multiplied with `*`")
    try:
        stack = np.broadcast_shapes(one[:-2], other[:-2])
    except ValueError:
        return _not_together(one, other)
    if one[-1] != other[-2:][0]:
        return _not_together(one, other)
    size = math.prod(stack) * math.prod(one[-2:-1]) * math.prod(other[-1:] if len(other) > 1 else ())
    if size > MAX_PRODUCT or size * one[-1] > MAX_PRODUCT_STEPS:
        return Undefined(f"a matrix product of the shapes {one} and {other} is too large to be computed here")
    terms = max(one[-1], _terms(left), _terms(right))
    dtype = coarser(dtype for dtype in (a_dtype, b_dtype) if dtype != "bool")
    return array(np.matmul(floats(a), floats(b)), dtype, terms=terms)


def _not_together(one: tuple[int, ...], other: tuple[int, ...]) -> Undefined:
    return Undefined(f"shapes {one} and {other} do not go together in `@`")


def is_too_large(operands: Sequence[Numbers]) -> bool:
    """Checked before numpy allocates the result. Raises ValueError for shapes that cannot be broadcast."""
    if math.prod(data.size for data in operands) <= MAX_OUTER:
        return False
    size = math.prod(np.broadcast_shapes(*(data.shape for data in operands)))
    return size > MAX_ELEMENTS or (size > MAX_OUTER and size > MAX_GROWTH * sum(data.size for data in operands))


def truth(value: object) -> bool | Undefined:
    """Whether a value is true. An array is true if no element is zero or NaN."""
    value = plain(value)
    if isinstance(value, bool | str | tuple):
        return bool(value)
    number = numbers(value)
    if isinstance(number, Undefined):
        return False if value is None else number
    data, _ = number
    return bool(data.size and is_true(data).all())


def is_true(data: Numbers) -> Mask:
    """For each element, whether it is true. NaN is not, so that a NaN never passes a check by accident."""
    return data if data.dtype.kind == "b" else np.asarray((data != 0) & ~np.isnan(data))


def both(left: Numbers, right: Numbers) -> Mask:
    return is_true(left) & is_true(right)


def either(left: Numbers, right: Numbers) -> Mask:
    return is_true(left) | is_true(right)
