"""Compares two arrays of numbers, and explains to the student how they differ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from grader.judging.compared import Comparison, Happened, Kind, Outcome
from grader.language.closeness import Tolerance, close
from grader.language.values import Mask, Numbers, floats, show_number, show_shape


def compare_numbers(
    actual: Numbers, expected: Numbers, tolerance: Tolerance, outcome: Outcome, happened: Happened
) -> Comparison:
    if expected.size == 1:
        if actual.size == 0:
            return outcome("shape", "is empty")
        expected = np.broadcast_to(expected.reshape(()), actual.shape)
    if actual.shape != expected.shape:
        return _compare_shapes(actual, expected, tolerance, outcome)
    wanted = ~np.isnan(expected)
    if expected.size and not wanted.any():
        return outcome("undefined", "cannot be judged: at these numbers, what it should be is not defined")
    if not wanted.all():
        actual, expected = actual[wanted], expected[wanted]
    agree = close(actual, expected, tolerance)
    if agree.all():
        return outcome("equal", "is as expected")
    digits = _digits_to_tell_apart(actual[~agree], expected[~agree])
    share = float(agree.mean())
    nan = np.isnan(actual)
    if nan.any():
        return outcome("nan", _about_nan(actual, agree), share=share, digits=digits)
    found = _pattern(actual, expected, tolerance, happened)
    if found is not None:
        kind, message = found
    else:
        kind, message = "values", _about_values(actual, expected, agree, tolerance, digits)
    return outcome(kind, message, share=share, digits=digits)


def _compare_shapes(actual: Numbers, expected: Numbers, tolerance: Tolerance, outcome: Outcome) -> Comparison:
    if actual.shape == expected.shape[::-1] and close(actual, expected.T, tolerance).all():
        return outcome("transposed", f"is the transpose of what was expected (shape {show_shape(expected)})")
    message = f"has shape {show_shape(actual)} instead of {show_shape(expected)}"
    if actual.size == expected.size and close(actual.ravel(), expected.ravel(), tolerance).all():
        message += ", with the same elements"
    elif actual.size == 1 and expected.size and close(actual.ravel(), np.sum(expected, keepdims=True), tolerance).all():
        message += ": it is the sum of the elements that were expected"
    elif (
        actual.size == 1 and expected.size and close(actual.ravel(), np.mean(expected, keepdims=True), tolerance).all()
    ):
        message += ": it is the mean of the elements that were expected"
    return outcome("shape", message)


_ROUNDING = 1e-6
"""What is so much smaller than what is expected is what is left of zero in single precision."""


_LEAST = 1e-12
"""What is smaller still is no rounding of single precision."""


def _pattern(actual: Numbers, expected: Numbers, tolerance: Tolerance, happened: Happened) -> tuple[Kind, str] | None:
    """A typical mistake that explains the difference of two arrays of equal shape without NaN."""
    if (
        actual.dtype == bool
        or expected.dtype == bool
        or not (np.isfinite(actual).all() and np.isfinite(expected).all())
    ):
        return None
    if not actual.any():
        return "zeros", "is zero everywhere" if actual.size > 1 else f"is 0 instead of {show_number(expected.flat[0])}"
    if _LEAST <= np.abs(actual).max() / np.abs(expected).max(initial=1e-300) <= _ROUNDING:
        return "zeros", "is zero everywhere, up to rounding" if actual.size > 1 else (
            f"is 0, up to rounding, instead of {show_number(expected.flat[0])}"
        )
    if close(actual, -expected, tolerance).all():
        return "sign", "has the opposite sign of what was expected"
    if actual.ndim == 2 and actual.shape[0] == actual.shape[1] and close(actual, expected.T, tolerance).all():
        return "transposed", "is the transpose of what was expected"
    return _factor(actual, expected, tolerance, happened)


def _factor(actual: Numbers, expected: Numbers, tolerance: Tolerance, happened: Happened) -> tuple[Kind, str] | None:
    """Whether ``actual`` is a multiple of ``expected``. For a single element, only small integer factors count."""
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
    # The reciprocal of a smaller factor would be infinite.
    for exact in (passes, 1 / round(1 / factor) if 1e-300 < abs(factor) < 1 else 0):
        if exact and abs(factor - exact) <= 1e-3 * abs(exact):
            factor = exact
    if not close(flat, factor * wanted, tolerance).all() or factor == 1:
        return None
    if factor == passes and 2 <= passes <= (10 if count == 1 else 1000):
        message = f"is {passes} times the expected value"
        if passes == happened.passes:
            return "accumulated", f"{message}: {passes} passes have added up in it. They do until it is zeroed"
        if passes == happened.elements and happened.reduced == "sum":
            return "scaled", f"{message}, and {passes} is the number of elements: sum instead of mean?"
        return "scaled", f"{message}, and {passes} is the number of elements" if passes == count else message
    if happened.reduced == "mean" and abs(factor * happened.elements - 1) <= 1e-3:
        divided = f"is the expected value divided by {happened.elements}, the number of elements"
        return "scaled", f"{divided}: mean instead of sum?"
    if count == 1:
        return None
    if abs(factor * count - 1) <= 1e-3:
        return "scaled", f"is the expected value divided by {count}, the number of elements"
    if factor < 0 and passes == factor:
        return "scaled", f"is {passes} times the expected value: the sign is wrong, too"
    return "scaled", f"is {show_number(factor)} times the expected value everywhere"


def _about_nan(actual: Numbers, agree: Mask) -> str:
    """Describes NaN and other differences separately, so that a single NaN does not hide the rest."""
    nan = np.isnan(actual)
    message = "is NaN (not a number)"
    if actual.size > 1:
        message += f" at {int(nan.sum())} of {actual.size} positions, first{_at(nan)}"
    others = ~agree & ~nan
    if others.any():
        message += f"; of the other elements {int(others.sum())} differ, first{_at(others)}"
    elif actual.size > 1 and not nan.all():
        message += "; the other elements agree"
    return message


def _about_values(actual: Numbers, expected: Numbers, agree: Mask, tolerance: Tolerance, digits: int) -> str:
    first = np.unravel_index(int(np.argmax(~agree)), actual.shape)
    instead = f"{show_number(actual[first], digits)} instead of {show_number(expected[first], digits)}"
    if actual.size == 1:
        return f"is {instead}"
    apart = np.where(agree, 0.0, np.nan_to_num(np.abs(floats(actual) - floats(expected)), nan=np.inf, posinf=np.inf))
    greatest = np.unravel_index(int(np.argmax(apart)), apart.shape)
    details = f"greatest difference {show_number(apart[greatest], 3)} at {_index(greatest)}"
    if tolerance.rtol or tolerance.atol:
        details += f", allowed {tolerance.rtol:.2g} relative" if tolerance.rtol else f", allowed {tolerance.atol:.2g}"
    differ = int((~agree).sum())
    return f"differs in {differ} of {actual.size} elements; first at {_index(first)}: {instead} ({details})"


def _digits_to_tell_apart(actual: Numbers, expected: Numbers) -> int:
    """The fewest digits that show the first difference."""
    ours, theirs = actual.flat[0], expected.flat[0]
    return next((digits for digits in (6, 9) if show_number(ours, digits) != show_number(theirs, digits)), 17)


def _at(mask: Mask) -> str:
    return f" at {_index(np.unravel_index(int(np.argmax(mask)), mask.shape))}" if mask.ndim else ""


def _index(position: Iterable[Any]) -> str:
    return "[" + ", ".join(str(int(index)) for index in position) + "]"
