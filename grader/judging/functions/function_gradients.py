"""Comparisons of a function's gradients that a ``function`` check makes itself: with slopes, and under weights."""

from __future__ import annotations

import math

from grader.judging.checks.base import Check
from grader.judging.checks.yaml_lines import NUMERIC, REFERENCE
from grader.judging.comparison import Comparison, compare
from grader.judging.functions import weighed_gradients
from grader.judging.functions.call_variables import Variables, role_at
from grader.judging.functions.derivatives import derivative_of
from grader.judging.functions.ignored_weights import leaves_out_the_weights
from grader.judging.functions.numeric_gradient import compare_call
from grader.judging.trials import Candidate, all_hold, tolerance_of
from grader.model import Array, FunctionCall, Structure


def compared_with_slopes(check: Check, candidate: Candidate, call: FunctionCall) -> dict[str, Comparison] | None:
    """The comparisons of the lines that want ``numeric``, by what they observe.

    None where a slope cannot be measured at this input, unless another of these lines, or one of ``holds``, is wrong
    there: ``finite(output)`` does not hold where there is no slope because the output is NaN.
    """
    compared: dict[str, Comparison] = {}
    is_undecided = False
    for observed, wanted in check.expect:
        derivative = derivative_of(observed)
        if wanted.name != NUMERIC or derivative is None:
            continue
        size = _size_of(derivative.path, call, candidate.variables)
        comparison = compare_call(call, derivative, size, tolerance=check.tolerance)
        if comparison is not None and comparison.equal and derivative.name == "gradient":
            weighed = weighed_gradients.compare_with_slopes(call, derivative, size, tolerance=check.tolerance)
            comparison = weighed or comparison
        is_undecided = is_undecided or comparison is None
        compared[observed.text] = comparison or compare(None, None)
    if not is_undecided or not all(comparison.equal for comparison in compared.values()):
        return compared
    return None if all_hold(check.holds, candidate, tolerance_of(check, candidate)) else compared


def _size_of(path: str, call: FunctionCall, variables: Variables) -> int:
    """How many elements an argument has; of what a function of the course made, as many as were moved."""
    role = role_at(path, variables)
    if role is not None and isinstance(role.value, Array):
        return math.prod(role.value.shape)
    shifts = call.of(path).shifts
    return shifts.steps.shape[1] if shifts is not None and len(shifts.steps.shape) == 2 else 0


def compared_with_reference(
    check: Check, candidate: Candidate, call: FunctionCall, reference: Variables | None
) -> dict[str, Comparison]:
    """The comparisons of the lines that want ``reference`` where one of two things is wrong: there are several elements
    where the reference has one; or a gradient is right, but another one when the output's elements are weighed.
    """
    if reference is None or call.error is not None:
        return {}
    tolerance = tolerance_of(check, candidate)
    compared: dict[str, Comparison] = {}
    for observed, wanted in check.expect:
        if wanted.name != REFERENCE:
            continue
        ours, theirs = observed.evaluate(candidate.variables), observed.evaluate(reference)
        stretched = _stretched(ours, theirs)
        if stretched is not None:
            item, one, other = stretched
            of_item = f"has shape {one.shape} where a single number is needed"
            compared[observed.text] = Comparison(
                equal=False,
                kind="shape",
                message=f"is not as expected in its item `{item}`, which {of_item}" if item else of_item,
                share=0.0,
                values=(one, other),
                item=item,
                of_item=of_item if item else "",
            )
            continue
        derivative = derivative_of(observed)
        if derivative is None or derivative.name != "gradient":
            continue
        if compare(ours, theirs, tolerance=tolerance).equal:
            weighed = weighed_gradients.compare_with_reference(call, derivative, reference, tolerance)
            if weighed is not None and not weighed.equal:
                compared[observed.text] = weighed
    return compared


def compared_with_formulas(check: Check, candidate: Candidate, call: FunctionCall) -> dict[str, Comparison]:
    """The comparisons of the lines that want a formula of a gradient which is right for the output's sum only."""
    compared: dict[str, Comparison] = {}
    for observed, wanted in check.expect:
        derivative = derivative_of(observed)
        if derivative is None or derivative.name != "gradient" or wanted.name in (REFERENCE, NUMERIC):
            continue
        result = call.of(derivative.path)
        wrong = leaves_out_the_weights(result.gradient, result.weighed, call.weights, call.hands)
        ours = observed.evaluate(candidate.variables)
        theirs = wanted.evaluate(candidate.variables) if wrong is not None else None
        if wrong is not None and compare(ours, theirs, tolerance=tolerance_of(check, candidate)).equal:
            compared[observed.text] = wrong
    return compared


def _stretched(ours: object, theirs: object, item: str = "") -> tuple[str, Array, Array] | None:
    """The first part with several elements where the reference has one, which elsewhere counts for every element."""
    if isinstance(ours, Array) and isinstance(theirs, Array):
        return (item, ours, theirs) if math.prod(theirs.shape) == 1 < math.prod(ours.shape) else None
    if not isinstance(ours, Structure) or not isinstance(theirs, Structure):
        return None
    parts = dict(zip(theirs.keys or range(len(theirs.items)), theirs.items, strict=False))
    pairs = zip(ours.keys or range(len(ours.items)), ours.items, strict=False)
    inner = (
        _stretched(part, parts[key], f"{item}[{key}]" if isinstance(key, int) else f'{item}["{key}"]')
        for key, part in pairs
        if key in parts
    )
    return next((found for found in inner if found is not None), None)
