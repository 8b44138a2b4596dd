"""Functions of the language that make or take matrices, and positions: ``one_hot``, ``eye``, ``tril``, ``solve``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.language.expression.arrays import MAX_OUTER, array, compute
from grader.language.values import Numbers, Undefined, floats, numbers
from grader.model import Array

MAX_ROWS = 200
"""Of a matrix that is inverted: a few milliseconds."""


def whole(value: object) -> Numbers | None:
    """Whole numbers as int64; None if these are others, or none. Truth values are none."""
    found = numbers(value)
    if isinstance(found, Undefined) or found[0].dtype.kind != "f":
        return None
    data = found[0]
    if not (np.isfinite(data) & (np.abs(data) < 1e9) & (data == np.round(data))).all():
        return None
    return data.astype(np.int64)


def one_hot(labels: object, count: object, text: str) -> Array | Undefined:
    """A row for each label, which has 1 at its position."""
    size = _count(count, "the second argument of `one_hot`")
    if isinstance(size, Undefined):
        return size
    found = whole(labels)
    if found is None:
        return _unknown(labels) or Undefined(f"`{text}` has to be whole numbers for `one_hot`")
    if found.size * size > MAX_OUTER:
        return Undefined(f"`one_hot` would have more than {MAX_OUTER} elements")
    if found.size and not 0 <= found.min() <= found.max() < size:
        return Undefined(f"`{text}` has numbers outside of 0 to {size - 1}, for which `one_hot` has no position")
    return array(found[..., None] == np.arange(size), "int64")


def positions(count: object, text: str) -> Array | Undefined:
    """The whole numbers below a number."""
    size = _count(count, f"`{text}`")
    return size if isinstance(size, Undefined) else array(np.arange(size), "int64")


def identity(count: object, text: str) -> Array | Undefined:
    size = _count(count, f"`{text}`")
    if isinstance(size, Undefined):
        return size
    if size * size > MAX_OUTER:
        return Undefined(f"`eye` would have more than {MAX_OUTER} elements")
    return array(np.eye(size), "int64")


def diagonal(value: object, text: str) -> Array | Undefined:
    """A matrix with a vector on its diagonal, or the diagonal of a matrix."""
    found = numbers(value)
    if isinstance(found, Undefined):
        return found
    data, _ = found
    if data.ndim not in (1, 2) or (data.ndim == 1 and data.size**2 > MAX_OUTER):
        return Undefined(f"`{text}` has shape {data.shape}; `diag` is for vectors and matrices that are not too large")
    return compute(lambda data: np.diag(floats(data)).copy(), value)


def part_of_matrix(value: object, which: int, text: str, *, upper: bool) -> Array | Undefined:
    """A matrix, or each of a stack, with 0 on one side of a diagonal."""
    found = numbers(value)
    if isinstance(found, Undefined):
        return found
    if found[0].ndim < 2:
        name = "triu" if upper else "tril"
        return Undefined(f"`{text}` has shape {found[0].shape}; `{name}` is for matrices")
    cut: Callable[[Any, int], Any] = np.triu if upper else np.tril
    return compute(lambda data: cut(floats(data), which), value)


def inverse(value: object, text: str) -> Array | Undefined:
    return _square(value, text) or _solved(np.linalg.inv, text, value)


def solution(value: object, right: object, text: str) -> Array | Undefined:
    """The solution of linear equations."""
    square = _square(value, text)
    if square is not None:
        return square
    wanted = numbers(right)
    if isinstance(wanted, Undefined):
        return wanted
    if wanted[0].ndim not in (1, 2) or wanted[0].size > MAX_OUTER:
        return Undefined(f"the second argument of `solve` has shape {wanted[0].shape}; it is a vector or a matrix")
    return _solved(np.linalg.solve, text, value, right)


def _solved(function: Callable[..., Any], text: str, *values: object) -> Array | Undefined:
    singular = False

    def computed(*operands: Numbers) -> Any:
        nonlocal singular
        if operands[0].shape[0] != operands[-1].shape[0]:
            raise ValueError("this many equations are not about so many numbers")
        try:
            return function(*map(floats, operands))
        except np.linalg.LinAlgError:
            singular = True
            return 0.0

    result = compute(computed, *values, exact=False)
    return Undefined(f"the matrix `{text}` has no inverse") if singular else result


def _square(value: object, text: str) -> Undefined | None:
    """Why a value is no square matrix, or too large; None if it is one."""
    found = numbers(value)
    if isinstance(found, Undefined):
        return found
    shape = found[0].shape
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] > MAX_ROWS:
        return Undefined(f"`{text}` has shape {shape}; this is for square matrices of at most {MAX_ROWS} rows")
    return None


def _count(value: object, what: str) -> int | Undefined:
    found = whole(value)
    if found is None:
        return _unknown(value) or Undefined(f"{what} has to be a whole number")
    if found.size != 1 or not 0 <= int(found.ravel()[0]) <= MAX_OUTER:
        return Undefined(f"{what} has to be one whole number from 0 to {MAX_OUTER}")
    return int(found.ravel()[0])


def _unknown(value: object) -> Undefined | None:
    """The reason why a value has no numbers, if it has none."""
    found = numbers(value)
    return found if isinstance(found, Undefined) else None
