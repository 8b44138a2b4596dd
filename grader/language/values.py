"""Observed values as numbers to compute with, and as text to show; what cannot be computed, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.model import Array, Opaque
from grader.text import shorten

Numbers = npt.NDArray[Any]
"""bool, float64 or complex128."""
Mask = npt.NDArray[np.bool_]

_FLOAT: np.dtype[Any] = np.dtype(np.float64)
_WIDEST: dict[str, np.dtype[Any]] = {"b": np.dtype(np.bool_), "c": np.dtype(np.complex128)}
"""By kind of dtype; all others become floats."""


@dataclass(frozen=True, slots=True)
class Undefined:
    """What cannot be computed, and why: ``None * 2``, shapes that do not fit, a value that was not recorded.

    It agrees with nothing, not even with itself.
    """

    reason: str


def numbers(value: object) -> tuple[Numbers, str] | Undefined:
    """A number or recorded array as numpy's widest type of its kind, with its own dtype; a bool stays bool."""
    match value:
        case Array(data=data, dtype=dtype):
            if data is None:
                return Undefined("an array was too large to be recorded")
            if data.dtype.kind in "biufc":
                return widened(data), dtype
        case bool():
            return np.asarray(value), "bool"
        case int():
            try:
                return np.asarray(float(value)), "int64"
            except OverflowError:
                return Undefined("a number is too large")
        case float():
            return np.asarray(value), "float64"
        case Undefined():
            return value
    return Undefined(f"{show(value)} is no number")


def widened(data: npt.NDArray[Any]) -> Numbers:
    """The same numbers as bool, float64 or complex128."""
    wide = _WIDEST.get(data.dtype.kind, _FLOAT)
    if data.dtype == wide:
        return data
    with np.errstate(invalid="ignore"):  # a signalling NaN, which becomes an ordinary one
        return data.astype(wide)


def floats(data: Numbers) -> Numbers:
    """The same, with booleans, which cannot be subtracted, as 0.0 and 1.0."""
    return data.astype(np.float64) if data.dtype.kind == "b" else data


def plain(value: object) -> object:
    """A recorded ``None``, truth value or text as Python's own; everything else as it is."""
    match value:
        case Opaque(kind="none"):
            return None
        case Opaque(kind="bool", text=text):
            return text == "True"
        case Opaque(kind="text", text=text):
            return text
    return value


def show(value: object, *, digits: int = 6) -> str:
    """A value as people write it: ``[0, 1, 4, 9]``, ``4``, never ``4.000000001``; long arrays are shortened."""
    match plain(value):
        case Undefined(reason=reason):
            return f"not to be computed ({reason})"
        case Array(data=None, shape=shape):
            return f"an array of shape {shape}, too large to be shown"
        case Array(data=data) if data is not None:
            return show_array(data, digits)
        case Opaque(text=text):
            return text or "another kind of value"
        case None | bool() | int() | float() | complex() as number:
            return "None" if number is None else show_number(number, digits)
        case str(text):
            return repr(shorten(text, 80))
        case tuple(items):
            return str(items)
    return f"a value of type {type(value).__name__}"


def show_array(data: npt.NDArray[Any], digits: int) -> str:
    """At most eight numbers. More, or more than two dimensions, are named by their shape."""
    if data.ndim == 0:
        return show_number(data.item(), digits)
    flat = data if data.ndim <= 2 else data.ravel()
    with np.printoptions(threshold=8, edgeitems=3 if flat.ndim == 1 else 1, linewidth=10_000):
        text = np.array2string(flat, separator=", ", formatter={"all": lambda number: show_number(number, digits)})
    text = " ".join(text.split()).replace("...", "…")
    if data.size <= 8 and data.ndim <= 2:
        return text
    return f"{text} ({data.size} elements)" if data.ndim == 1 else f"{text} (shape {show_shape(data)})"


def show_number(value: Any, digits: int = 6) -> str:
    """A number with at most so many significant digits; a whole one without a point."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, complex | np.complexfloating):
        imaginary = show_number(float(value.imag), digits)
        return f"{show_number(float(value.real), digits)}{'' if imaginary.startswith('-') else '+'}{imaginary}j"
    try:
        number = float(value)
    except OverflowError:
        return "a number too large to be shown"
    if np.isnan(number):
        return "NaN"
    text = f"{number:.{digits}g}"
    if abs(number) < 1e15 and (number.is_integer() or float(text) == round(number)):
        return str(round(number))
    return text


def show_shape(data: Numbers) -> str:
    return str(data.shape)
