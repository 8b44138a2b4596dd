"""Compares two values as an expression does: true where it holds for all elements, or element by element."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.language.closeness import Tolerance, close, tolerance_between
from grader.language.expression.arrays import MAX_OUTER, array, is_too_large
from grader.language.values import Undefined, Unrecorded, items_by_key, numbers, plain
from grader.model import Structure

ORDER: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}


def compared(
    op: type[ast.cmpop], left: object, right: object, elementwise: bool, tolerance: Tolerance | None
) -> object:
    """True or False. If elementwise, an array of bool for arrays, Undefined for values that cannot be compared."""
    for side in (left, right):
        if isinstance(side, Undefined):
            return side if elementwise or isinstance(side, Unrecorded) else False
    if isinstance(left, tuple) or isinstance(right, tuple):
        texts = _texts(left, right)
        if texts is not None:
            return _by_text(op, *texts, elementwise)
    if isinstance(left, Structure) and isinstance(right, Structure) and not elementwise:
        return _of_same(op, _same_structure(left, right, tolerance))
    ours, theirs = numbers(left), numbers(right)
    if isinstance(ours, Undefined) or isinstance(theirs, Undefined):
        same = _is_same(left, right)
        if isinstance(same, Undefined):
            for number in (ours, theirs):
                if isinstance(number, Unrecorded):
                    return number
        if isinstance(same, Undefined) or op in ORDER or (elementwise and (left is None or right is None)):
            return Undefined("there are no elements to compare") if elementwise else False
        return _of_same(op, same)
    (a, a_dtype), (b, b_dtype) = ours, theirs
    if a.shape != b.shape and 1 not in (a.size, b.size):
        if not elementwise:
            return op is ast.NotEq
        try:
            np.broadcast_shapes(a.shape, b.shape)
            if is_too_large((a, b)):
                return Undefined(f"the result would have more than {MAX_OUTER} elements")
        except ValueError:
            return Undefined(f"shapes {a.shape} and {b.shape} do not go together")
    if op is ast.Eq:
        mask = close(a, b, tolerance or tolerance_between(left, right, (a_dtype, b_dtype)))
    elif op is ast.NotEq:
        agree = close(a, b, tolerance or tolerance_between(left, right, (a_dtype, b_dtype)))
        known = ~(np.isnan(a) | np.isnan(b))
        if not elementwise:
            return bool(known.all() and not agree.all())
        mask = ~agree & known
    elif "c" in (a.dtype.kind, b.dtype.kind):
        return Undefined("complex numbers have no order") if elementwise else False
    else:
        mask = np.asarray(ORDER[op](a, b))
    if elementwise:
        return array(mask, "bool")
    # No comparison of empty arrays holds, except that two empty arrays of one shape are equal.
    return bool(mask.all()) and (mask.size > 0 or (op is ast.Eq and a.shape == b.shape))


def _of_same(op: type[ast.cmpop], same: bool | Undefined) -> object:
    if isinstance(same, Undefined):
        return same
    return op not in ORDER and same is (op is ast.Eq)


def _texts(left: object, right: object) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Both sides as texts, where one of them is a list of texts and the other a list of texts or a text."""
    sides: list[tuple[str, ...]] = []
    for side, other in ((left, right), (right, left)):
        if isinstance(side, str) and isinstance(other, tuple):
            sides.append((side,))
        elif isinstance(side, tuple) and all(isinstance(text, str) for text in side):
            sides.append(side)
    if len(sides) < 2 or not (sides[0] or sides[1]):
        return None
    return sides[0], sides[1]


def _by_text(op: type[ast.cmpop], left: tuple[str, ...], right: tuple[str, ...], elementwise: bool) -> object:
    """Lists of texts are compared in order. One text is compared with every text of a list."""
    if op in ORDER:
        return Undefined("texts have no order") if elementwise else False
    if len(left) != len(right) and 1 not in (len(left), len(right)):
        return Undefined(f"{len(left)} and {len(right)} texts cannot be compared") if elementwise else op is ast.NotEq
    size = 0 if not left or not right else max(len(left), len(right))
    ours, theirs = (side * size if len(side) == 1 else side for side in (left, right))
    mask = np.asarray([one == other for one, other in zip(ours, theirs, strict=False)], dtype=bool)
    if elementwise:
        return array(mask if op is ast.Eq else ~mask, "bool")
    same = bool(mask.size and mask.all())
    return same is (op is ast.Eq)


def _same_structure(left: Structure, right: Structure, tolerance: Tolerance | None) -> bool | Undefined:
    """Whether two structures have equal items, under equal keys or in the same order."""
    keyed = [side.kind in ("dict", "module") for side in (left, right)]
    if keyed[0] is not keyed[1]:
        return False
    unrecorded = Unrecorded("not all items were recorded") if left.cut or right.cut else None
    if keyed[0]:
        ours, theirs = items_by_key(left), items_by_key(right)
        if unrecorded is None and ours.keys() != theirs.keys():
            return False
        pairs = [(ours[key], theirs[key]) for key in ours if key in theirs]
    else:
        if unrecorded is None and len(left.items) != len(right.items):
            return False
        pairs = list(zip(left.items, right.items, strict=False))
    for one, other in pairs:
        outcome = compared(ast.Eq, plain(one), plain(other), False, tolerance)
        if isinstance(outcome, Unrecorded):
            unrecorded = outcome
        elif outcome is not True:
            return False
    return True if unrecorded is None else unrecorded


def _is_same(left: object, right: object) -> bool | Undefined:
    """Equality of None, texts, shapes and lists of texts; Undefined for other values that are not numbers."""
    if left is None or right is None:
        return left is right
    for side, other in ((left, right), (right, left)):
        if isinstance(side, tuple) and not isinstance(other, tuple | str):
            return _is_tuple(other, side)
    if isinstance(left, str | tuple) or isinstance(right, str | tuple):
        return type(left) is type(right) and left == right
    return Undefined("values of this kind cannot be compared")


def _is_tuple(value: object, wanted: tuple[object, ...]) -> bool:
    """Whether a list that is written out, or that a function returned, has the numbers of a tuple."""
    if not wanted:
        found = numbers(value)
        return not isinstance(found, Undefined) and found[0].shape == (0,)
    if not isinstance(value, Structure) or value.cut or len(value.items) != len(wanted):
        return False
    return all(map(_is_whole, value.items, wanted))


def _is_whole(item: object, wanted: object) -> bool:
    """Whether an item is a whole number."""
    found = numbers(item)
    return isinstance(wanted, int) and not isinstance(found, Undefined) and found[0].size == 1 and found[0] == wanted
