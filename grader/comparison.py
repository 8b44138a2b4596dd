"""Whether two values agree, and if not, in which way they differ: what a student can learn from.

Numbers are compared as ``torch.testing.assert_close`` does, with the tolerances of the coarsest dtype involved.
``expression`` builds on this module; nothing here knows of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from grader.model import Array, Opaque

Kind = Literal[
    "equal", "none", "shape", "undefined", "accumulated", "scaled", "sign", "transposed", "zeros", "nan", "values"
]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[Any]
"""bool, float64 or complex128."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """Two numbers are close when ``|actual - expected| <= atol + rtol * |expected|``."""

    rtol: float
    atol: float


_FLOAT: np.dtype[Any] = np.dtype(np.float64)
_WIDEST: dict[str, np.dtype[Any]] = {"b": np.dtype(np.bool_), "c": np.dtype(np.complex128)}
"""By kind of dtype; all others become floats."""

EXACT = Tolerance(rtol=0.0, atol=0.0)
_HALF = Tolerance(rtol=1e-3, atol=1e-5)
_SINGLE = Tolerance(rtol=1.3e-6, atol=1e-5)
_DOUBLE = Tolerance(rtol=1e-7, atol=1e-7)
# From the coarsest to the finest. Integers and booleans are not among them: they are exact.
_TOLERANCES = {
    "bfloat16": Tolerance(rtol=1.6e-2, atol=1e-5),
    "float16": _HALF,
    "complex32": _HALF,
    "float32": _SINGLE,
    "complex64": _SINGLE,
    "float64": _DOUBLE,
    "complex128": _DOUBLE,
    "float128": _DOUBLE,
    "longdouble": _DOUBLE,
}
_RANKS = {dtype: rank for rank, dtype in enumerate(_TOLERANCES)}


@dataclass(frozen=True, slots=True)
class Undefined:
    """What cannot be computed, and why: ``None * 2``, shapes that do not fit, a value that was not recorded.

    It agrees with nothing, not even with itself.
    """

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How ``actual`` relates to ``expected``.

    ``message`` is a predicate, to stand behind the name of what was compared: "`x.grad` *is None, …*".
    ``share`` is the part of the elements that agree, from 0 to 1.
    """

    equal: bool
    kind: Kind
    message: str
    share: float
    values: tuple[object, object] = field(repr=False)
    """The actual one, and the expected one."""
    digits: int = 6

    # Texts for people, made when one asks: most comparisons are of candidates and inputs that nobody hears of.

    @property
    def actual(self) -> str:
        return show(self.values[0], digits=self.digits)

    @property
    def expected(self) -> str:
        return show(self.values[1], digits=self.digits)


def tolerance_for(dtypes: Iterable[str]) -> Tolerance:
    """The tolerance of the coarsest of some dtypes, by ``torch.testing``'s table; exact where none is a float.

    A float that is not in the table (an eight-bit one) is taken for the coarsest in it.
    """
    return _TOLERANCES.get(coarser(dtypes), EXACT)


def coarser(dtypes: Iterable[str]) -> str:
    """The dtype with the fewest digits. Integers and booleans count as exact, so any float is coarser."""
    return _coarser(tuple(dtypes))


@lru_cache(maxsize=256)
def _coarser(dtypes: tuple[str, ...]) -> str:
    names = ["bfloat16" if _is_inexact(dtype) and dtype not in _RANKS else dtype for dtype in dtypes]
    return min(names, key=lambda dtype: _RANKS.get(dtype, len(_RANKS) + (dtype == "bool")), default="int64")


def _is_inexact(dtype: str) -> bool:
    return dtype.startswith(("float", "complex", "bfloat"))


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


def close(actual: Numbers, expected: Numbers, tolerance: Tolerance) -> Mask:
    """Where two arrays agree, element by element. Infinities agree with themselves, NaN with nothing.

    numpy has to be told beforehand (``np.errstate``) that what is not finite needs no warning.
    """
    actual, expected = floats(actual), floats(expected)
    near = np.abs(actual - expected) <= tolerance.atol + tolerance.rtol * np.abs(expected)
    # An infinite element would otherwise be near to everything.
    return np.asarray((near & np.isfinite(expected)) | (actual == expected))


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


def compare(
    actual: object, expected: object, *, tolerance: Tolerance | None = None, accumulates: bool = True
) -> Comparison:
    """Compares a recorded or computed value with what was expected of it.

    ``accumulates``: the value is a ``.grad``, in which passes may have added up; only there it is worth a guess.

    ``expected`` of one element meets any shape; an ``actual`` of one element has to have as many as expected.
    """
    actual, expected = plain(actual), plain(expected)

    def outcome(kind: Kind, message: str, *, share: float = 0.0, digits: int = 6) -> Comparison:
        return Comparison(
            equal=kind == "equal",
            kind=kind,
            message=message,
            share=1.0 if kind == "equal" else share,
            values=(actual, expected),
            digits=digits,
        )

    if isinstance(expected, Undefined):
        return outcome(
            "undefined", f"cannot be compared, since what it should be cannot be computed: {expected.reason}"
        )
    if isinstance(actual, Undefined):
        return outcome("undefined", f"cannot be computed: {actual.reason}")
    if actual is None and expected is None:
        return outcome("equal", "is None, as expected")
    if actual is None:
        return outcome("none", f"is None instead of {show(expected)}: nothing was computed for it. {_WHY_NONE}")
    if expected is None:
        return outcome("none", f"is {show(actual)} instead of None")
    with np.errstate(all="ignore"):
        ours, theirs = numbers(actual), numbers(expected)
        if isinstance(ours, Undefined) or isinstance(theirs, Undefined):
            return _compare_others(actual, expected, outcome)
        if tolerance is None:
            tolerance = tolerance_for((ours[1], theirs[1]))
        return _compare_numbers(ours[0], theirs[0], tolerance, outcome, accumulates)


_WHY_NONE = (
    "A gradient stays None until a backward pass reaches its tensor, "
    "which has to be a leaf that requires grad and must not be detached on the way"
)
_Outcome = Callable[..., Comparison]


def _compare_others(actual: object, expected: object, outcome: _Outcome) -> Comparison:
    """Texts, shapes, and what is no number or was not recorded."""
    for value in (actual, expected):
        if isinstance(value, Array) and value.data is None:
            return outcome("undefined", "cannot be compared: it is too large to be recorded")
    if isinstance(actual, str | tuple) and actual == expected:
        return outcome("equal", "is as expected")
    return outcome("values", f"is {show(actual)} instead of {show(expected)}")


def _compare_numbers(
    actual: Numbers, expected: Numbers, tolerance: Tolerance, outcome: _Outcome, accumulates: bool
) -> Comparison:
    if expected.size == 1:
        if actual.size == 0:
            return outcome("shape", "is empty")
        expected = np.broadcast_to(expected.reshape(()), actual.shape)
    if actual.shape != expected.shape:
        return _compare_shapes(actual, expected, tolerance, outcome)
    agree = close(actual, expected, tolerance)
    if agree.all():
        return outcome("equal", "is as expected")
    digits = _digits_to_tell_apart(actual[~agree], expected[~agree])
    share = float(agree.mean())
    nan = np.isnan(actual)
    if nan.any() or np.isnan(expected).any():
        return outcome("nan", _about_nan(actual, expected, agree), share=share, digits=digits)
    found = _pattern(actual, expected, tolerance, accumulates)
    if found is not None:
        kind, message = found
    else:
        kind, message = "values", _about_values(actual, expected, agree, tolerance, digits)
    return outcome(kind, message, share=share, digits=digits)


def _compare_shapes(actual: Numbers, expected: Numbers, tolerance: Tolerance, outcome: _Outcome) -> Comparison:
    if actual.shape == expected.shape[::-1] and close(actual, expected.T, tolerance).all():
        return outcome("transposed", f"is the transpose of what was expected (shape {_shape(expected)})")
    message = f"has shape {_shape(actual)} instead of {_shape(expected)}"
    if actual.size == expected.size and close(actual.ravel(), expected.ravel(), tolerance).all():
        message += ", with the same elements"
    elif actual.size == 1 and expected.size and close(actual.ravel(), np.sum(expected, keepdims=True), tolerance).all():
        message += ": it is the sum of the elements that were expected"
    elif (
        actual.size == 1 and expected.size and close(actual.ravel(), np.mean(expected, keepdims=True), tolerance).all()
    ):
        message += ": it is the mean of the elements that were expected"
    return outcome("shape", message)


def _pattern(actual: Numbers, expected: Numbers, tolerance: Tolerance, accumulates: bool) -> tuple[Kind, str] | None:
    """A difference with a name, for arrays of equal shape that differ and hold no NaN."""
    if (
        actual.dtype == bool
        or expected.dtype == bool
        or not (np.isfinite(actual).all() and np.isfinite(expected).all())
    ):
        return None
    if not actual.any():
        return "zeros", "is zero everywhere" if actual.size > 1 else f"is 0 instead of {_number(expected.flat[0])}"
    if close(actual, -expected, tolerance).all():
        return "sign", "has the opposite sign of what was expected"
    if actual.ndim == 2 and actual.shape[0] == actual.shape[1] and close(actual, expected.T, tolerance).all():
        return "transposed", "is the transpose of what was expected"
    return _factor(actual, expected, tolerance, accumulates)


def _factor(actual: Numbers, expected: Numbers, tolerance: Tolerance, accumulates: bool) -> tuple[Kind, str] | None:
    """Whether one number times ``expected`` gives ``actual``. For a single element only small integers say anything."""
    flat, wanted = actual.ravel(), expected.ravel()
    power = np.vdot(wanted, wanted).real
    if power == 0 or not np.isfinite(power):
        return None
    ratio = np.vdot(wanted, flat) / power
    if abs(ratio.imag) > 1e-6 * abs(ratio) or not np.isfinite(ratio):
        return None
    factor, count = float(ratio.real), actual.size
    if factor == 0:
        return None
    passes = round(factor)
    # One over a number this small would be infinite.
    for exact in (passes, 1 / round(1 / factor) if 1e-300 < abs(factor) < 1 else 0):
        if exact and abs(factor - exact) <= 1e-3 * abs(exact):
            factor = exact
    if not close(flat, factor * wanted, tolerance).all() or factor == 1:
        return None
    if factor == passes and 2 <= passes <= (10 if count == 1 else 1000):
        message = f"is {passes} times the expected value"
        passed = f"were the gradients of {passes} passes summed? They add up until they are zeroed"
        if passes == count:
            other = f" Or {passed}" if accumulates else ""
            return "scaled", f"{message}, and {count} is the number of elements: sum instead of mean?{other}"
        return ("accumulated", f"{message}: {passed}") if accumulates else ("scaled", message)
    if count == 1:
        return None
    if factor * count == 1:
        divided = f"is the expected value divided by {count}, the number of elements"
        return "scaled", f"{divided}: mean instead of sum?"
    if factor < 0 and passes == factor:
        return "scaled", f"is {passes} times the expected value: the sign is wrong, too"
    return "scaled", f"is {_number(factor)} times the expected value everywhere"


def _about_nan(actual: Numbers, expected: Numbers, agree: Mask) -> str:
    """NaN apart from other differences, so that one NaN does not hide the rest."""
    ours, theirs = np.isnan(actual), np.isnan(expected)
    message = "is NaN (not a number)"
    if not ours.any():
        message = f"cannot be judged: the expected value is NaN{_at(theirs)}"
    elif actual.size > 1:
        message += f" at {int(ours.sum())} of {actual.size} positions, first{_at(ours)}"
    others = ~agree & ~ours & ~theirs
    if others.any():
        message += f"; of the other elements {int(others.sum())} differ, first{_at(others)}"
    elif actual.size > 1 and ours.any() and not (ours | theirs).all():
        message += "; the other elements agree"
    return message


def _about_values(actual: Numbers, expected: Numbers, agree: Mask, tolerance: Tolerance, digits: int) -> str:
    first = np.unravel_index(int(np.argmax(~agree)), actual.shape)
    instead = f"{_number(actual[first], digits)} instead of {_number(expected[first], digits)}"
    if actual.size == 1:
        return f"is {instead}"
    apart = np.where(agree, 0.0, np.nan_to_num(np.abs(floats(actual) - floats(expected)), nan=np.inf, posinf=np.inf))
    greatest = np.unravel_index(int(np.argmax(apart)), apart.shape)
    details = f"greatest difference {_number(apart[greatest], 3)} at {_index(greatest)}"
    if tolerance.rtol or tolerance.atol:
        details += f", allowed {tolerance.rtol:.2g} relative" if tolerance.rtol else f", allowed {tolerance.atol:.2g}"
    differ = int((~agree).sum())
    return f"differs in {differ} of {actual.size} elements; first at {_index(first)}: {instead} ({details})"


def show(value: object, *, digits: int = 6) -> str:
    """A value as people write it: ``[0, 1, 4, 9]``, ``4``, never ``4.000000001``; long arrays are shortened."""
    match plain(value):
        case Undefined(reason=reason):
            return f"not to be computed ({reason})"
        case Array(data=None, shape=shape):
            return f"an array of shape {shape}, too large to be shown"
        case Array(data=data) if data is not None:
            return _show_array(data, digits)
        case Opaque(text=text):
            return text or "another kind of value"
        case None | bool() | int() | float() | complex() as number:
            return "None" if number is None else _number(number, digits)
        case str(text):
            return repr(text if len(text) <= 80 else text[:79] + "…")
        case tuple(items):
            return str(items)
    return f"a value of type {type(value).__name__}"


def _show_array(data: npt.NDArray[Any], digits: int) -> str:
    """At most eight numbers. More, or more than two dimensions, are named by their shape."""
    if data.ndim == 0:
        return _number(data.item(), digits)
    flat = data if data.ndim <= 2 else data.ravel()
    with np.printoptions(threshold=8, edgeitems=3 if flat.ndim == 1 else 1, linewidth=10_000):
        text = np.array2string(flat, separator=", ", formatter={"all": lambda number: _number(number, digits)})
    text = " ".join(text.split()).replace("...", "…")
    if data.size <= 8 and data.ndim <= 2:
        return text
    return f"{text} ({data.size} elements)" if data.ndim == 1 else f"{text} (shape {_shape(data)})"


def _number(value: Any, digits: int = 6) -> str:
    """A number with at most so many significant digits; a whole one without a point."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, complex | np.complexfloating):
        imaginary = _number(float(value.imag), digits)
        return f"{_number(float(value.real), digits)}{'' if imaginary.startswith('-') else '+'}{imaginary}j"
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


def _digits_to_tell_apart(actual: Numbers, expected: Numbers) -> int:
    """As few digits as show the first difference."""
    ours, theirs = actual.flat[0], expected.flat[0]
    return next((digits for digits in (6, 9) if _number(ours, digits) != _number(theirs, digits)), 17)


def _shape(data: Numbers) -> str:
    return str(data.shape)


def _at(mask: Mask) -> str:
    return f" at {_index(np.unravel_index(int(np.argmax(mask)), mask.shape))}" if mask.ndim else ""


def _index(position: Iterable[Any]) -> str:
    return "[" + ", ".join(str(int(each)) for each in position) + "]"
