"""Converts observed values to numbers for computing, and to texts for messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.language.dtypes import coarser
from grader.model import Array, Opaque, Structure, Value
from grader.text import shorten

Numbers = npt.NDArray[Any]
"""An array of dtype bool, float64 or complex128."""
Mask = npt.NDArray[np.bool_]

MAX_DIMENSIONS = 20
"""Of the arrays in a list that is taken for an array."""
MAX_STACKED = 1_000_000
"""Elements of the arrays in a list that is taken for an array."""

_FLOAT: np.dtype[Any] = np.dtype(np.float64)
_WIDEST: dict[str, np.dtype[Any]] = {"b": np.dtype(np.bool_), "c": np.dtype(np.complex128)}
"""The dtype to compute in, by kind of dtype; all other kinds become float64."""


@dataclass(frozen=True, slots=True)
class Undefined:
    """A value that cannot be computed, with the reason: ``None * 2``, shapes that do not match, an unrecorded array.

    It is equal to nothing in comparisons of expressions, not even to itself.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Unrecorded(Undefined):
    """A value that may be right or wrong, since the values of an array were not recorded."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LongSum(Array):
    """A computed array whose elements are sums of ``terms`` numbers, and what is computed of it.

    A submission adds such numbers up in single precision. Where they nearly cancel each other, its rounding errors are
    large beside an element, and small beside the largest one.
    """

    terms: int


def numbers(value: object) -> tuple[Numbers, str] | Undefined:
    """A number or recorded array as bool, float64 or complex128, with the name of its original dtype.

    A list or tuple of numbers is an array of one dimension.
    """
    match value:
        case Array(data=data, dtype=dtype):
            if data is None:
                return Unrecorded("an array was too large to be recorded")
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
        case Structure(kind="list"):
            return _numbers_in(value)
        case Structure(kind="tuple"):
            return _no_number(value)
    return Undefined(f"{show(value)} is no number")


def _numbers_in(structure: Structure) -> tuple[Numbers, str] | Undefined:
    """A list of numbers as an array, and a list of arrays of one shape, such as the rows of a matrix, as one with a
    dimension more. A tuple is none: it is what ``return a, b`` gives.
    """
    found: list[tuple[Numbers, str]] = []
    for item in structure.items:
        is_other = isinstance(item, Opaque) and item.kind != "bool"
        number = Undefined("") if is_other else numbers(plain(item))
        if isinstance(number, Unrecorded):
            return number
        if isinstance(number, Undefined) or (found and number[0].shape != found[0][0].shape):
            return _no_number(structure)
        found.append(number)
    if structure.cut:
        return Unrecorded("a list was too long to be recorded")
    if sum(data.size for data, _ in found) > MAX_STACKED:
        return Undefined(f"the list has more than {MAX_STACKED} elements")
    if found and found[0][0].ndim >= MAX_DIMENSIONS:
        return Undefined(f"a list of arrays of {MAX_DIMENSIONS} dimensions is no array")
    data = np.array([data for data, _ in found]) if found else np.zeros(0)
    return widened(data), coarser(dtype for _, dtype in found)


def _no_number(structure: Structure) -> Undefined:
    return Undefined(f"{show(structure)} is no number, but {a_structure(structure)}")


def widened(data: npt.NDArray[Any]) -> Numbers:
    """An array converted to bool, float64 or complex128."""
    wide = _WIDEST.get(data.dtype.kind, _FLOAT)
    if data.dtype == wide:
        return data
    with np.errstate(invalid="ignore"):  # raised by a signalling NaN, which becomes a quiet one
        return data.astype(wide)


def floats(data: Numbers) -> Numbers:
    """An array with booleans as 0.0 and 1.0, since numpy cannot subtract booleans."""
    return data.astype(np.float64) if data.dtype.kind == "b" else data


def plain(value: object) -> object:
    """A recorded ``None``, truth value or text as a Python value, a missing one as Undefined, a list of texts as a
    tuple of str; all others unchanged.
    """
    if isinstance(value, Array):
        return value
    match value:
        case Opaque(kind="none"):
            return None
        case Opaque(kind="bool", text=text):
            return text == "True"
        case Opaque(kind="text", text=text):
            return text
        case Opaque(kind="missing", text=text):
            return Undefined(text)
        case Structure(kind="tuple" | "list", items=(Opaque(kind="text"), *_), cut=False):
            texts = tuple(item.text for item in value.items if isinstance(item, Opaque) and item.kind == "text")
            return texts if len(texts) == len(value.items) else value
    return value


def items_by_key(structure: Structure) -> dict[str, Value]:
    """The items of a dictionary or module by their keys."""
    return dict(zip(structure.keys, structure.items, strict=False))


def a_structure(structure: Structure) -> str:
    """What a structure is: ``a tuple of 2 items``, ``a dictionary with "loss" and "accuracy"``."""
    count = len(structure.items)
    many = f"{'more than ' if structure.cut else ''}{count} item{'' if count == 1 else 's'}"
    if structure.kind in ("tuple", "list"):
        return f"a {structure.kind} of {many}"
    noun = "dictionary" if structure.kind == "dict" else "module"
    return f"a {noun} with {named(structure.keys)}" if structure.keys else f"an empty {noun}"


def named(keys: Sequence[str]) -> str:
    """Some keys in quotes, at most five of them."""
    shown = [f'"{shorten(key, 40)}"' for key in keys[:5]]
    if len(keys) > 5:
        return f"{', '.join(shown)} and {len(keys) - 5} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))


def show(value: object, *, digits: int = 6) -> str:
    """A value as text for people: ``[0, 1, 4, 9]``, ``4``, never ``4.000000001``; long arrays are shortened."""
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
        case Structure() as structure:
            return _show_structure(structure, digits)
        case tuple(items):
            return _show_tuple(items)
    return f"a value of type {type(value).__name__}"


def _show_structure(structure: Structure, digits: int) -> str:
    """At most four items, each of them shortened."""
    shown = [shorten(show(item, digits=digits), 80) for item in structure.items[:4]]
    if structure.kind in ("dict", "module"):
        shown = [f'"{shorten(key, 40)}": {text}' for key, text in zip(structure.keys, shown, strict=False)]
    if len(structure.items) > 4 or structure.cut:
        shown.append("…")
    text = ", ".join(shown)
    if structure.kind == "tuple":
        text = f"({text},)" if len(shown) == 1 else f"({text})"
    else:
        text = f"[{text}]" if structure.kind == "list" else f"{{{text}}}"
    return f"{text} ({len(structure.items)} items)" if len(structure.items) > 4 else text


def _show_tuple(items: tuple[object, ...]) -> str:
    """A shape, or a list of texts, of which at most eight are shown."""
    if items and all(isinstance(item, str) for item in items):
        shown = [repr(shorten(str(item), 80)) for item in items[:8]]
        return f"[{', '.join(shown)}{', …' if len(items) > 8 else ''}]"
    return str(items)


def show_array(data: npt.NDArray[Any], digits: int) -> str:
    """At most eight numbers. Longer arrays are shown in part, with their number of elements or their shape."""
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
    """A number with at most ``digits`` significant digits; an integer without a decimal point."""
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
