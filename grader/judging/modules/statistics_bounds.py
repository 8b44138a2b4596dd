"""How far a mean over many calls may be from what is wanted, so that a right answer misses once in a million times.

By Bernstein's inequality, the mean of n independent values of variance V, which all lie within a range R, is farther
than t from its expectation with a probability of at most δ = 2·exp(-n·t² / (2V + 2Rt/3)). Solved for t, with
L = ln(2/δ):  t = (L·R/3 + √((L·R/3)² + 2·n·V·L)) / n.

A share of kept elements: each element is kept or not, so R is 1, and V is p·(1 - p) where the share p is wanted. Where
whole channels are dropped together, elements are not independent, but calls are: the share then varies more from call
to call, and t is no smaller than that of n calls with the variance that was seen. The mean of an element: V and R are
those seen, in all elements together, as multiples of what is wanted. δ is shared out among the elements.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.judging.comparison import Comparison, compare
from grader.language.closeness import Tolerance
from grader.language.values import Undefined, numbers, show_number
from grader.model import Statistics

ERROR_RATE = 1e-6
"""How often a right answer misses a bound, at most."""
_ROUNDING = 1e-5
"""Relative: another way to compute rounds otherwise."""

_FAR_MORE = 2
"""Shares of calls that vary by more than so many times the variance of independent elements are of dependent ones."""

Numbers = npt.NDArray[np.float64]


def bernstein(variance: Any, width: Any, count: int, error_rate: float = ERROR_RATE) -> Any:
    """How far a mean of so many values may be from its expectation; ``width`` is the range of the values."""
    log = math.log(2 / error_rate)
    linear = log * width / 3
    return (linear + np.sqrt(linear**2 + 2 * count * variance * log)) / count


@np.errstate(all="ignore")
def compare_kept(statistics: Statistics, wanted: object, theirs_too: Statistics | None = None) -> Comparison:
    """Whether the share of elements that are kept is what is wanted. ``theirs_too``: what is wanted is the share of
    other calls, which chance has a part in as well.
    """
    calls, elements = statistics.calls, math.prod(statistics.average.shape)
    share, spread = _data(statistics.kept), min(1.0, float(_data(statistics.kept_spread)))
    expected = numbers(wanted)
    if isinstance(expected, Undefined) or expected[0].size != 1 or expected[0].dtype.kind == "c":
        return compare(statistics.kept, wanted)
    theirs = float(expected[0].ravel()[0])
    variance = max(0.0, theirs * (1 - theirs))
    bound = _bound_of_share(spread, variance, calls, elements)
    if theirs_too is not None:
        bound += _bound_of_share(min(1.0, float(_data(theirs_too.kept_spread))), variance, theirs_too.calls, elements)
    compared = compare(statistics.kept, wanted, tolerance=Tolerance(rtol=0.0, atol=bound))
    if compared.equal:
        return compared
    message = (
        f"is {show_number(float(share), 3)} instead of {show_number(theirs, 3)}: over {calls} calls, this share of the "
        f"elements is not zero{_within(bound)}"
    )
    return replace(compared, message=message)


@np.errstate(all="ignore")
def compare_average(statistics: Statistics, wanted: object, theirs_too: Statistics | None = None) -> Comparison:
    """Whether the mean of each element is what is wanted. ``theirs_too``: as in ``compare_kept``."""
    average, calls = _data(statistics.average), statistics.calls
    expected = numbers(wanted)
    if isinstance(expected, Undefined) or expected[0].dtype.kind == "c":
        return compare(statistics.average, wanted)
    try:
        theirs = np.broadcast_to(expected[0].astype(np.float64), average.shape)
    except ValueError:
        return compare(statistics.average, wanted)
    bound = _bound_of_means(statistics, theirs)
    if theirs_too is not None and theirs_too.average.shape == average.shape:
        bound = bound + _bound_of_means(theirs_too, theirs)
    bound = bound + _ROUNDING * (1 + np.abs(theirs))
    misses = ~((np.abs(average - theirs) <= bound) & np.isfinite(bound))  # NaN misses
    if not misses.any():
        return compare(statistics.average, statistics.average)
    first = tuple(int(part) for part in np.unravel_index(int(np.argmax(misses)), misses.shape))
    at = f" at [{', '.join(map(str, first))}]" if first else ""
    message = (
        f"is {show_number(average[first], 4)} instead of {show_number(theirs[first], 4)}{at}, over {calls} "
        f"calls{_within(float(bound[first]))}"
    )
    compared = compare(statistics.average, wanted, tolerance=Tolerance(rtol=0.0, atol=0.0))
    return replace(compared, message=message, equal=False, kind="values", share=float(1 - misses.mean()))


def compare_units(statistics: Statistics, theirs: Statistics, share: Comparison) -> Comparison:
    """Whether as many elements are dropped at once as in the reference: each for itself, or whole channels. ``share``
    is how the share of elements that are kept compares.
    """
    ours, elements = statistics.units, math.prod(statistics.average.shape)
    if not ours or not theirs.units or statistics.average.shape != theirs.average.shape:
        return share
    if theirs.units < _FAR_MORE * ours and ours < _FAR_MORE * theirs.units:
        return share
    whole = "one draw decides on all of them" if ours == 1 else f"they are drawn in {ours} groups"
    if ours > theirs.units:
        whole = "too few of them are zero together"
    message = (
        f"is right on average, but not what is drawn: of the {elements} elements of a call, {theirs.units} have to be "
        f"drawn on their own, and over {statistics.calls} calls {whole}"
    )
    return replace(share, message=message, equal=False, kind="values", share=0.0)


def _bound_of_share(spread: float, variance: float, calls: int, elements: int) -> float:
    bound = float(bernstein(variance, 1.0, calls * elements))
    dependent = spread**2 > _FAR_MORE * variance / elements
    return max(bound, float(bernstein(spread**2, 1.0, calls))) if dependent else bound


def _bound_of_means(statistics: Statistics, scale: Numbers) -> Numbers:
    spread, width = _pooled(_data(statistics.spread), scale), _pooled(_data(statistics.width), scale)
    rate = ERROR_RATE / max(1, scale.size)
    return np.asarray(bernstein(spread**2, width, statistics.calls, rate))


def _pooled(seen: Numbers, scale: Numbers) -> Numbers:
    """The greatest seen, as a multiple of what is wanted of its element, times what is wanted of each element, but no
    less than what was seen of the element itself.
    """
    sizes = np.abs(scale)
    there = sizes > 0
    greatest = float((seen[there] / sizes[there]).max(initial=0.0))
    return np.maximum(seen, greatest * sizes)


def _data(array: Any) -> Numbers:
    assert array.data is not None  # the decoder has seen to it
    found: Numbers = array.data
    return found


def _within(bound: float) -> str:
    return f" (a right one differs by more than {show_number(bound, 2)} less than once in a million times)"
