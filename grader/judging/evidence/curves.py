"""The curves that a check looks at, each with the curve that it expects at the same points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.judging.checks.base import Check
from grader.judging.evidence.wanted_values import are_close, own_tolerance, real, wanted_values
from grader.judging.functions.call_variables import value_of
from grader.model import Array, CurveEvidence, Verdict
from grader.model.evidence import MAX_CURVES, MAX_POINTS, Floats
from grader.text_bounds import LABEL, bounded

Bools = npt.NDArray[np.bool_]
MIN_POINTS = 10
"""A function of fewer points shows no curve."""


def find_curves(check: Check, verdict: Verdict) -> tuple[CurveEvidence, ...]:
    if check.kind == "plot":
        found = _drawn(check, verdict) if verdict.found else _missing(check, verdict)
    elif check.kind == "function":
        found = _of_function(check, verdict)
    else:
        return ()
    return tuple(islice(found, MAX_CURVES))


def _drawn(check: Check, verdict: Verdict) -> Iterator[CurveEvidence]:
    """The curve of the best candidate. Without an equation for it, nothing in particular is expected."""
    for variables in verdict.variables[:1]:
        x, y = _points(variables.get("x")), _points(variables.get("y"))
        if x is not None and y is not None and x.shape == y.shape:
            wanted = _expected(check, variables, x.shape)
            expected, close = (None, None) if wanted is None else (wanted[0], _close(check, y, variables["y"], wanted))
            yield _curve(_label(variables), x, y, expected, close)


def _missing(check: Check, verdict: Verdict) -> Iterator[CurveEvidence]:
    """The curve that is missing, where the equation for it needs no other values than x. Its points are those of the
    longest curve that was drawn instead.
    """
    drawn = [(x, one) for one in verdict.variables if (x := _points(one.get("x"))) is not None]
    if not drawn:
        return
    x, variables = max(drawn, key=lambda pair: pair[0].size)
    wanted = _expected(check, {"x": variables["x"]}, x.shape)
    if wanted is not None:
        yield _curve("", x, None, wanted[0])


def _expected(check: Check, variables: Mapping[str, Any], shape: tuple[int, ...]) -> tuple[Floats, str] | None:
    """The expected values of y, with the name of their dtype."""
    for text, _, wanted in wanted_values(check, variables, own_tolerance(check)):
        found = real(wanted) if text == "y" else None
        if found is not None and (found[0].shape == shape or found[0].size == 1):
            return np.broadcast_to(found[0].reshape(()) if found[0].size == 1 else found[0], shape), found[1]
    return None


def _close(check: Check, y: Floats, drawn: object, wanted: tuple[Floats, str]) -> Bools:
    """For each point, whether the check takes it for equal to what it wants."""
    found = real(drawn)
    dtypes = (wanted[1] if found is None else found[1], wanted[1])
    return np.asarray(are_close(y, wanted[0], own_tolerance(check), dtypes), np.bool_)


def _of_function(check: Check, verdict: Verdict) -> Iterator[CurveEvidence]:
    """What a function gave for the elements of the input that the message names, where it computes by elements."""
    if verdict.difference is None or not verdict.variables:
        return
    text, actual, expected = verdict.difference
    given = value_of(verdict.variables[0].get("input"))
    x, y, wanted = (_points(value) for value in (given, actual, expected))
    if x is None or y is None or wanted is None or not x.size >= MIN_POINTS or not x.shape == y.shape == wanted.shape:
        return
    known = real(expected)
    yield _curve(text, x, y, wanted, None if known is None else _close(check, y, actual, (wanted, known[1])))


def _curve(
    name: str, x: Floats, drawn: Floats | None, expected: Floats | None, close: Bools | None = None
) -> CurveEvidence:
    """Its points in the order of x: as a line, points in any order would be a tangle."""
    order = np.argsort(x, kind="stable")
    kept = order
    if x.size > MAX_POINTS:
        kept = order[np.linspace(0, x.size - 1, MAX_POINTS).round().astype(np.intp)]
    return CurveEvidence(
        name=name,
        x=x[kept],
        drawn=None if drawn is None else drawn[kept],
        expected=None if expected is None else expected[kept],
        is_close=None if close is None else close[kept],
        is_shortened=x.size > kept.size,
    )


def _points(value: object) -> Floats | None:
    found = real(value) if isinstance(value, Array) else None
    return found[0] if found is not None and found[0].ndim == 1 and found[0].size else None


def _label(variables: Mapping[str, Any]) -> str:
    label = variables.get("label")
    # matplotlib's own names of curves without a label begin with an underscore.
    return bounded(label, LABEL) if isinstance(label, str) and not label.startswith("_") else ""
