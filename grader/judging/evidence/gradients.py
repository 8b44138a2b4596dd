"""The gradients that a check looks at, with those that it expects."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np

from grader.judging.checks.base import Check
from grader.judging.curves.curve_sources import are_among, recorded_gradients
from grader.judging.evidence.wanted_values import Wanted, are_close, own_tolerance, real, wanted_values
from grader.judging.observed import Observed
from grader.language.closeness import Tolerance
from grader.language.expression import Role
from grader.language.values import plain
from grader.model import Array, Backward, GradientEvidence, Verdict
from grader.model.evidence import MAX_ELEMENTS, MAX_GRADIENTS
from grader.text_bounds import NAME, bounded

_GRADIENTS = frozenset({"gradient", "grad", "second", "weighed_gradient"})
"""Variables and attributes that are gradients by their name."""


def find_gradients(check: Check, verdict: Verdict, observed: Observed) -> tuple[GradientEvidence, ...]:
    if check.kind == "plot" or not verdict.found or not verdict.variables:
        return ()
    return tuple(islice(_unlike_each_other(_gradients(check, verdict, observed)), MAX_GRADIENTS))


def _gradients(check: Check, verdict: Verdict, observed: Observed) -> Iterator[GradientEvidence]:
    variables, tolerance = verdict.variables[0], own_tolerance(check)
    for text, actual, expected in _wanted(check, verdict, tolerance):
        if _is_gradient(text, plain(actual), check, observed):
            name = _name_of(text, variables, verdict, observed)
            found = _compared(name, plain(actual), expected, tolerance)
            if found is not None:
                yield found


def _wanted(check: Check, verdict: Verdict, tolerance: Tolerance | None) -> Iterator[Wanted]:
    if check.kind != "function":
        yield from wanted_values(check, verdict.variables[0], tolerance)
        against_words = {seen.text for seen, wanted in check.expect if wanted.name in check.WANTED_WORDS}
        if verdict.difference is not None and verdict.difference[0] in against_words:
            yield verdict.difference
    elif verdict.difference is not None:
        # Other hidden inputs than that of the message stay hidden.
        yield verdict.difference


def _is_gradient(text: str, actual: object, check: Check, observed: Observed) -> bool:
    """By its name; a declared name of the student's, if autograd computed its values."""
    if text.rpartition(".")[2] in _GRADIENTS and text not in check.names:
        return True
    if text not in check.names or not isinstance(actual, Array):
        return False
    found = real(actual)
    if found is None or actual.dtype == "bool" or not 0 < found[0].size <= MAX_ELEMENTS:
        return False
    return are_among(found[0].ravel(), observed.once(recorded_gradients, lambda: recorded_gradients(observed.events)))


def _name_of(text: str, variables: Mapping[str, Any], verdict: Verdict, observed: Observed) -> str:
    """The name of the leaf in the student's code, as far as it is known; otherwise what the check calls it."""
    variable, _, attribute = text.rpartition(".") if "." in text else ("leaf", "", "")
    of = variables.get(variable)
    leaf = of.value if isinstance(of, Role) else of
    event = None if verdict.best_position is None else observed.events[verdict.best_position]
    names = next((one.names for one in event.leaves if one.value is leaf), ()) if isinstance(event, Backward) else ()
    if names:
        return bounded(names[0], NAME)
    return "" if variable == "leaf" and text in _GRADIENTS else variable if attribute else text


def _compared(name: str, actual: object, expected: object, tolerance: Tolerance | None) -> GradientEvidence | None:
    """None where there are no elements to compare: for values that are no numbers, and for other shapes."""
    wanted = real(expected)
    if wanted is None:
        return None
    theirs, their_dtype = wanted
    if actual is None:
        cut = theirs.ravel()[:MAX_ELEMENTS]
        return GradientEvidence(
            name=name, shape=theirs.shape, actual=None, expected=cut, is_close=None, is_shortened=theirs.size > cut.size
        )
    found = real(actual)
    if found is None:
        return None
    ours, our_dtype = found
    if theirs.size == 1:
        theirs = np.broadcast_to(theirs.reshape(()), ours.shape)
    if ours.shape != theirs.shape or not ours.size:
        return None
    flat, flat_wanted = ours.ravel()[:MAX_ELEMENTS], theirs.ravel()[:MAX_ELEMENTS]
    return GradientEvidence(
        name=name,
        shape=ours.shape,
        actual=flat,
        expected=flat_wanted,
        is_close=are_close(flat, flat_wanted, tolerance, (our_dtype, their_dtype)),
        is_shortened=math.prod(ours.shape) > flat.size,
    )


def _unlike_each_other(found: Iterator[GradientEvidence]) -> Iterator[GradientEvidence]:
    """``gradient`` and ``grad`` of a leaf are often equal, and so are two lines about them."""
    seen = set()
    for one in found:
        key = (one.name, None if one.actual is None else one.actual.tobytes(), one.expected.tobytes())
        if key not in seen:
            seen.add(key)
            yield one
