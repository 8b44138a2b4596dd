"""Compares two values and explains to the student how they differ.

Numbers are compared as ``torch.testing.assert_close`` does, with the tolerances of the coarsest dtype involved.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from grader.judging.compared import NOT_SEEN, Comparison, Happened, Kind, Outcome
from grader.judging.number_comparison import compare_numbers
from grader.judging.structure_comparison import compare_structures
from grader.language.closeness import Tolerance, close, tolerance_between, tolerance_for
from grader.language.expression import Expression
from grader.language.expression.comparisons import compared
from grader.language.values import Undefined, a_structure, numbers, plain, show, show_number
from grader.model import Array, Structure

__all__ = ["NOT_SEEN", "Comparison", "Happened", "Kind", "compare", "happened_in"]


@np.errstate(all="ignore")
def happened_in(variables: Mapping[str, Any], *, accumulates: bool) -> Happened:
    """What happened in the backward pass that some variables are of. ``accumulates``: the value is a ``.grad``."""
    passes, root, output, weights = (variables.get(name) for name in ("passes", "root", "output", "weights"))
    summed = passes if accumulates and isinstance(passes, int) and _is_sum(variables) else 0
    arrays = [numbers(value) for value in (root, output, weights)]
    if any(isinstance(value, Undefined) for value in arrays):
        return Happened(passes=summed)
    whole, elements, factors = (value[0] for value in arrays if not isinstance(value, Undefined))
    if whole.size != 1 or elements.size < 2 or factors.shape != elements.shape:
        return Happened(passes=summed)
    reduced: Literal["sum", "mean"] | None = None
    # A root of a sum may itself be given a weight; then nothing is said.
    if (factors == 1).all():
        reduced = "sum"
    elif np.allclose(factors, 1 / elements.size, rtol=1e-2, atol=0) and np.allclose(whole, elements.mean(), rtol=1e-2):
        reduced = "mean"
    return Happened(passes=summed, reduced=reduced, elements=elements.size)


def _is_sum(variables: Mapping[str, Any]) -> bool:
    """Whether ``.grad`` is what it was before plus the gradient of the pass, where all three are known."""
    found = [numbers(variables.get(name)) for name in ("grad_before", "gradient", "grad")]
    known = [value for value in found if not isinstance(value, Undefined)]
    if len(known) < 3 or not known[0][0].shape == known[1][0].shape == known[2][0].shape:
        return True
    (before, _), (gradient, _), (after, dtype) = known
    return bool(close(after, before + gradient, tolerance_for((dtype,))).all())


def compare(
    actual: object, expected: object, *, tolerance: Tolerance | None = None, happened: Happened = NOT_SEEN
) -> Comparison:
    """Compare a recorded or computed value with the expected value.

    An ``expected`` value of one element is compared with every element of ``actual``. An ``actual`` value of one
    element does not stand for several. Where the expected value is NaN, nothing is wanted: such elements are not
    compared, and there has to be another one. Structures are equal if they have equal items, under equal keys or in
    the same order.
    """
    actual, expected = plain(actual), plain(expected)

    def outcome(
        kind: Kind,
        message: str,
        *,
        share: float = 0.0,
        digits: int = 6,
        values: tuple[object, object] = (actual, expected),
        item: str = "",
        of_item: str = "",
    ) -> Comparison:
        return Comparison(
            equal=kind == "equal",
            kind=kind,
            message=message,
            share=1.0 if kind == "equal" else share,
            values=values,
            digits=digits,
            item=item,
            of_item=of_item,
            tolerance=tolerance,
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
        if isinstance(actual, Structure) and isinstance(expected, Structure):
            return compare_structures(
                actual, expected, tolerance, lambda ours, theirs: compare(ours, theirs, tolerance=tolerance), outcome
            )
        ours, theirs = numbers(actual), numbers(expected)
        if isinstance(ours, Undefined) or isinstance(theirs, Undefined):
            return _compare_others(actual, expected, outcome)
        if tolerance is None:
            tolerance = tolerance_between(actual, expected, (ours[1], theirs[1]))
        return compare_numbers(ours[0], theirs[0], tolerance, outcome, happened)


def predicate_of(comparison: Comparison, observed: Expression) -> str:
    """The message of a comparison. Of a gradient that has to be None it says what this means."""
    asked = observed.name if observed.name is not None else observed.part[1] if observed.part is not None else ""
    value, wanted = comparison.values
    if comparison.kind != "none" or wanted is not None or asked not in _GRADIENTS:
        return comparison.message
    found = numbers(value)
    if isinstance(found, Undefined) or not found[0].any():
        return f"{comparison.message}: a backward pass reaches it, and none may"
    first = np.argwhere(found[0])[0]
    element = f"; its element {first.tolist()} is {show_number(found[0][tuple(first)])}" if found[0].size > 1 else ""
    return f"{comparison.message}: a gradient flows there, and none may{element}"


_GRADIENTS = frozenset({"gradient", "grad"})
_WHY_NONE = (
    "A gradient stays None until a backward pass reaches its tensor, "
    "which has to be a leaf that requires grad and must not be detached on the way"
)


def _compare_others(actual: object, expected: object, outcome: Outcome) -> Comparison:
    """Compare texts, shapes, values that are not numbers, and arrays that were not recorded."""
    if compared(ast.Eq, actual, expected, elementwise=False, tolerance=None) is True:
        return outcome("equal", "is as expected")
    for value in (actual, expected):
        if isinstance(value, Array) and value.data is None:
            return outcome("undefined", "cannot be compared: it is too large to be recorded")
    for value, other in ((actual, expected), (expected, actual)):
        if isinstance(value, Structure) and not isinstance(other, Structure):
            return outcome("values", f"is {_in_words(actual)} instead of {_in_words(expected)}")
    return outcome("values", f"is {show(actual)} instead of {show(expected)}")


def _in_words(value: object) -> str:
    """What a value is, where two are of different kinds."""
    if isinstance(value, Structure):
        return a_structure(value)
    if isinstance(value, Array):
        return f"a single tensor of shape {value.shape}" if value.kind == "tensor" else show(value)
    return show(value)
