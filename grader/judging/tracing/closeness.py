"""How near a comparison comes to what its tolerance allows."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from grader.judging.comparison import Comparison, compare
from grader.language import expression
from grader.language.closeness import EXACT, Tolerance, tolerance_between, tolerance_for
from grader.language.expression import Expression, ExpressionError
from grader.language.expression.evaluation import source_of
from grader.language.values import Undefined, floats, numbers, plain
from grader.model import Structure


def share_of(comparison: Comparison) -> float | None:
    """The greatest difference as a share of what is allowed: up to 1 where the values are equal. None where nothing is
    compared by a tolerance: whole numbers, texts, shapes that differ. None of statistics too, whose difference is no
    error of computation.
    """
    if comparison.of_chance:
        return None
    return _share(*comparison.values, comparison.tolerance)


def share_of_line(line: Expression, variables: Mapping[str, Any], tolerance: Tolerance | None) -> float | None:
    """The greatest share of the equations that ``and`` joins in a line. None where it has none, and where something
    else in it does not hold: then no tolerance would help.
    """
    shares = [0.0]
    equations = 0
    for part in _parts(line.tree):
        match part:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                try:
                    sides = [
                        expression.parse(source_of(side)).evaluate(variables, tolerance=tolerance)
                        for side in (left, right)
                    ]
                except ExpressionError:  # a part that is no line by itself
                    continue
                comparison = compare(sides[0], sides[1], tolerance=tolerance)
                share = share_of(comparison)
                if share is None and not comparison.equal:
                    return None
                equations += share is not None
                shares.append(share or 0.0)
            case _ if not expression.parse(source_of(part)).holds(dict(variables), tolerance=tolerance):
                return None
    return max(shares) if equations else None


def _parts(tree: ast.expr) -> Iterator[ast.expr]:
    match tree:
        case ast.BoolOp(op=ast.And(), values=values):
            for value in values:
                yield from _parts(value)
        case _:
            yield tree


@np.errstate(all="ignore")
def _share(actual: object, expected: object, tolerance: Tolerance | None) -> float | None:
    actual, expected = plain(actual), plain(expected)
    if isinstance(actual, Structure) and isinstance(expected, Structure):
        if len(actual.items) != len(expected.items):
            return None
        pairs = zip(actual.items, expected.items, strict=True)
        shares = [_share(ours, theirs, None) for ours, theirs in pairs]
        return max((share for share in shares if share is not None), default=None)
    ours, theirs = numbers(actual), numbers(expected)
    if isinstance(ours, Undefined) or isinstance(theirs, Undefined):
        return None
    allowed = tolerance or tolerance_between(actual, expected, (ours[1], theirs[1]))
    is_exact = tolerance_for((ours[1], theirs[1])) == EXACT  # whole numbers
    if is_exact or allowed == EXACT:
        return None
    left, right = floats(ours[0]), floats(theirs[0])
    if right.size != 1 and left.shape != right.shape:
        return None
    right = np.broadcast_to(right.reshape(()) if right.size == 1 else right, left.shape)
    counted = np.isfinite(right) & (left != right)
    if np.isnan(left[counted]).any():
        return None
    bound = allowed.atol + allowed.rtol * np.abs(right[counted])
    return float((np.abs(left[counted] - right[counted]) / bound).max(initial=0.0))
