"""Comparisons of a function's gradients that a ``function`` check makes itself: with slopes, and under weights."""

from __future__ import annotations

import math
from collections.abc import Mapping

from grader.judging.candidates import Candidate, tolerance_of
from grader.judging.checks.base import REFERENCE, Check
from grader.judging.comparison import Comparison, compare
from grader.judging.functions import weighed_gradients
from grader.judging.functions.called_functions import CalledFunction
from grader.judging.functions.numeric_gradient import Derivative, compare_call
from grader.model import FunctionCall
from grader.runtime.protocol.record import INPUT

NUMERIC = "numeric"
"""In ``expect``: compare with the result of numerical differentiation."""


def compared_with_slopes(check: Check, called: CalledFunction, call: FunctionCall) -> dict[str, Comparison] | None:
    """The comparisons of the lines that want ``numeric``, by what they observe; None if the slope at this input cannot
    be measured.
    """
    compared: dict[str, Comparison] = {}
    for observed, wanted in check.expect:
        if wanted.name != NUMERIC:
            continue
        derivative: Derivative = "second" if observed.name == "second" else "gradient"
        size = math.prod(called.inputs[call.input].shape)
        comparison = compare_call(call, derivative, size, tolerance=check.tolerance)
        if comparison is None:
            return None
        if comparison.equal and derivative == "gradient":
            comparison = weighed_gradients.compare_with_slopes(call, size, tolerance=check.tolerance) or comparison
        compared[observed.text] = comparison
    return compared


def compared_with_reference(
    check: Check, candidate: Candidate, call: FunctionCall, reference: Mapping[str, object] | None
) -> dict[str, Comparison]:
    """The comparisons of the lines that want the reference's gradient and have it, where it is another one when the
    output's elements are weighed.
    """
    if reference is None or call.error is not None:
        return {}
    tolerance = tolerance_of(check, candidate)
    compared: dict[str, Comparison] = {}
    for observed, wanted in check.expect:
        if wanted.name != REFERENCE or observed.name != "gradient":
            continue
        if compare(call.of(INPUT).gradient, reference["gradient"], tolerance=tolerance).equal:
            weighed = weighed_gradients.compare_with_reference(call, reference, tolerance)
            if weighed is not None and not weighed.equal:
                compared[observed.text] = weighed
    return compared
