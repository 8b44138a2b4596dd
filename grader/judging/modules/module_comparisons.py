"""Comparisons that a ``module`` check makes itself: with the reference, also under weights, and of statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from grader.judging.checks.base import Check
from grader.judging.checks.yaml_lines import REFERENCE
from grader.judging.comparison import Comparison, compare
from grader.judging.functions.ignored_weights import leaves_out_the_weights
from grader.judging.modules.statistics_bounds import compare_average, compare_kept, compare_units
from grader.judging.trials import Candidate, tolerance_of
from grader.language.closeness import Tolerance, tolerance_for
from grader.model import Array, ModuleCall, Statistics, Structure

_ROUNDING = 8
"""How many times the usual tolerance: another way to compute adds the products of a layer up in another order."""

Variables = Mapping[str, object]


def compared_with_reference(
    check: Check, candidate: Candidate, ours: Variables, theirs: Variables | None, theirs_weighed: Variables | None
) -> dict[str, Comparison]:
    """The comparisons of the lines that want what the reference has. Of gradients also where the output is weighed:
    ``ours`` are the variables with weighed gradients.
    """
    if theirs is None:
        return {}
    compared: dict[str, Comparison] = {}
    for observed, wanted in check.expect:
        if wanted.name != REFERENCE or observed.name in ("kept", "average"):
            continue
        values = [observed.evaluate(variables) for variables in (candidate.variables, theirs)]
        tolerance = tolerance_of(check, candidate) or _tolerance_for(values[1])
        comparison = compare(values[0], values[1], tolerance=tolerance)
        if comparison.equal and theirs_weighed is not None and theirs.keys() >= theirs_weighed.keys():
            values = [observed.evaluate(variables) for variables in (ours, theirs_weighed)]
            weighed = compare(
                values[0], values[1], tolerance=tolerance_of(check, candidate) or _tolerance_for(values[1])
            )
            if not weighed.equal and weighed.kind != "undefined":
                comparison = replace(
                    weighed,
                    message="is right where each element of the output counts once, but not where they are weighed at "
                    f"random: then it {weighed.message}",
                )
        compared[observed.text] = comparison
    return compared


def compared_with_formulas(
    check: Check, candidate: Candidate, call: ModuleCall, weighed: Variables
) -> dict[str, Comparison]:
    """The comparisons of the lines that want a formula of a gradient which is right for the output's sum only."""
    compared: dict[str, Comparison] = {}
    for observed, wanted in check.expect:
        if observed.part is None or observed.part[1] != "gradient" or wanted.name == REFERENCE:
            continue
        ours = observed.evaluate(candidate.variables)
        wrong = leaves_out_the_weights(ours, observed.evaluate(weighed), None, call.hands)
        theirs = wanted.evaluate(candidate.variables) if wrong is not None else None
        if wrong is not None and compare(ours, theirs, tolerance=tolerance_of(check, candidate)).equal:
            compared[observed.text] = wrong
    return compared


def compared_statistics(
    check: Check, candidate: Candidate, call: ModuleCall, theirs: Statistics | None, variables: Variables | None
) -> dict[str, Comparison]:
    """The comparisons of ``kept`` and ``average``, within bounds that a right answer misses once in a million times.
    ``theirs`` and ``variables`` are the reference's.
    """
    statistics = call.statistics
    if statistics is None or check.tolerance is not None:
        return {}
    compared: dict[str, Comparison] = {}
    for observed, wanted in check.expect:
        if observed.name not in ("kept", "average"):
            continue
        compare_them = compare_kept if observed.name == "kept" else compare_average
        if wanted.name == REFERENCE:
            value = None if variables is None else observed.evaluate(variables)
            compared[observed.text] = compare_them(statistics, value, theirs)
        else:
            compared[observed.text] = compare_them(statistics, wanted.evaluate(candidate.variables))
        if observed.name == "kept" and theirs is not None and compared[observed.text].equal:
            compared[observed.text] = compare_units(statistics, theirs, compared[observed.text])
    return {text: replace(comparison, of_chance=True) for text, comparison in compared.items()}


def _tolerance_for(value: object) -> Tolerance | None:
    """The usual tolerance, in proportion to the greatest number; None: by the dtypes involved."""
    arrays = list(_arrays_in(value))
    if not arrays:
        return None
    usual = tolerance_for(array.dtype for array in arrays)
    if not usual.rtol:
        return None
    greatest = 0.0
    for array in arrays:
        if array.data is not None and array.data.dtype.kind in "fiu":
            greatest = max(greatest, float(np.abs(array.data[np.isfinite(array.data)]).max(initial=0.0)))
    return Tolerance(rtol=_ROUNDING * usual.rtol, atol=usual.atol + _ROUNDING * usual.rtol * greatest)


def _arrays_in(value: object) -> list[Array]:
    if isinstance(value, Array):
        return [value]
    if isinstance(value, Structure):
        return [array for item in value.items for array in _arrays_in(item)]
    return []
