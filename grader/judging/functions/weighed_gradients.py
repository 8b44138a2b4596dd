"""The gradient of a function's output under random weights: whether it is right not only for the output's sum.

A backward of the student's own may ignore the gradient that it is given. Under weights of 1, as the sum's are, nothing
shows it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from grader.judging.comparison import Comparison, compare
from grader.judging.functions.call_variables import Variables, role_at
from grader.judging.functions.derivatives import Derivative
from grader.judging.functions.numeric_gradient import compare_call
from grader.language.closeness import Tolerance, tolerance_for
from grader.language.values import show
from grader.model import Array, FunctionCall, Structure

_ROUNDING = 8
"""How many times the usual tolerance: another way to compute adds the weighed terms up in another order."""


def compare_with_reference(
    call: FunctionCall, derivative: Derivative, reference: Variables, tolerance: Tolerance | None
) -> Comparison | None:
    """Compare the weighed gradient with that of the reference solution; None where either has none, as for outputs of
    different shapes, whose weights differ.
    """
    role, weights = role_at(derivative.path, reference), reference.get("weights")
    theirs = None if role is None else role.parts.get("weighed_gradient")
    if not isinstance(theirs, Array) or call.weights is None or _shapes_of(weights) != _shapes_of(call.weights):
        return None
    ours = call.of(derivative.path).weighed
    if tolerance is None and ours is not None and theirs.data is not None:
        usual = tolerance_for((ours.dtype, theirs.dtype))
        greatest = float(np.abs(theirs.data[np.isfinite(theirs.data)]).max(initial=0.0))
        tolerance = Tolerance(rtol=_ROUNDING * usual.rtol, atol=usual.atol + _ROUNDING * usual.rtol * greatest)
    return _in_words(call, derivative, compare(ours, theirs, tolerance=tolerance))


def compare_with_slopes(
    call: FunctionCall, derivative: Derivative, size: int, *, tolerance: float | None
) -> Comparison | None:
    """Compare it with the measured slopes of the weighed output, at an input of ``size`` elements; None if they cannot
    decide.
    """
    if call.weights is None:
        return None
    weighed = Derivative(derivative.path, "weighed_gradient")
    comparison = compare_call(call, weighed, size, tolerance=tolerance)
    return None if comparison is None else _in_words(call, derivative, comparison)


def _shapes_of(value: object) -> object:
    match value:
        case Array(shape=shape):
            return shape
        case Structure(keys=keys, items=items):
            return keys, tuple(map(_shapes_of, items))
    return None


def _in_words(call: FunctionCall, derivative: Derivative, comparison: Comparison) -> Comparison:
    if comparison.equal:
        return comparison
    assert call.weights is not None
    result = call.of(derivative.path)
    if compare(result.weighed, result.gradient).equal:
        message = (
            "is right only where each element of the result counts once. It stays the same when they are weighed, by "
            f"{show(call.weights, digits=3)}: its backward leaves out the gradient that it is given (`grad_output`)"
        )
    else:
        message = (
            "is right where each element of the result counts once, but not when they are weighed, by "
            f"{show(call.weights, digits=3)}: then it {comparison.message}"
        )
    return replace(comparison, message=message)
