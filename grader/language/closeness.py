"""Closeness of numbers: the tolerances of ``torch.testing.assert_close`` for the coarsest dtype involved."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from grader.language.dtypes import coarser
from grader.language.values import LongSum, Mask, Numbers, floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """Two numbers are close when ``|actual - expected| <= atol + rtol * |expected|``."""

    rtol: float
    atol: float


EXACT = Tolerance(rtol=0.0, atol=0.0)
_HALF = Tolerance(rtol=1e-3, atol=1e-5)
_SINGLE = Tolerance(rtol=1.3e-6, atol=1e-5)
_DOUBLE = Tolerance(rtol=1e-7, atol=1e-7)
# Integers and booleans are compared exactly.
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


def tolerance_for(dtypes: Iterable[str]) -> Tolerance:
    """The tolerance of ``torch.testing`` for the coarsest of some dtypes; exact if none is a float.

    A float that is not in the table (of eight bits) gets the tolerance of the coarsest float in it.
    """
    return _TOLERANCES.get(coarser(dtypes), EXACT)


_MANY_TERMS = 64


def tolerance_between(left: object, right: object, dtypes: Iterable[str]) -> Tolerance:
    """The tolerance for two values with these dtypes. Of sums of many terms, such as matrix products, all elements are
    as close as the largest one has to be; rounding errors grow with the square root of the number of terms.
    """
    usual = tolerance_for(dtypes)
    slack = 0.0
    for value in (left, right):
        if isinstance(value, LongSum) and value.terms >= _MANY_TERMS and value.data is not None:
            largest = np.abs(value.data[np.isfinite(value.data)]).max(initial=0.0)
            slack = max(slack, usual.rtol * float(largest) * max(1.0, math.sqrt(value.terms) / 20))
    return Tolerance(rtol=usual.rtol, atol=usual.atol + slack) if slack else usual


def close(actual: Numbers, expected: Numbers, tolerance: Tolerance) -> Mask:
    """For each element, whether two arrays agree. An infinity agrees with itself, NaN with nothing.

    Call it under ``np.errstate``: numpy warns about elements that are not finite.
    """
    actual, expected = floats(actual), floats(expected)
    near = np.abs(actual - expected) <= tolerance.atol + tolerance.rtol * np.abs(expected)
    # Without `isfinite`, an infinite expected element would be near to everything.
    return np.asarray((near & np.isfinite(expected)) | (actual == expected))
