"""Compares tuples, lists, dictionaries and modules, and says which item differs."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.judging.bounds import size_of
from grader.judging.compared import Comparison, Outcome
from grader.language.closeness import Tolerance
from grader.language.expression.comparisons import compared
from grader.language.values import a_structure, items_by_key, named, plain
from grader.model import Structure, Value

Compare = Callable[[Value, Value], Comparison]

_MOST_IN_ANY_ORDER = 8
"""So many items are also compared in another order than that which is wanted."""
_MOST_ELEMENTS_IN_ANY_ORDER = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """An item that both structures have. ``step`` is how it is written after the structure."""

    step: str
    actual: Value
    expected: Value


def compare_structures(
    actual: Structure, expected: Structure, tolerance: Tolerance | None, compare: Compare, outcome: Outcome
) -> Comparison:
    """Compare two structures. ``compare`` compares two items, ``outcome`` makes the result for the whole."""
    keyed = _is_keyed(expected)
    if _is_keyed(actual) is not keyed:
        return outcome("values", f"is {a_structure(actual)} instead of {a_structure(expected)}")
    items = _by_key(actual, expected) if keyed else _in_order(actual, expected)
    is_cut = actual.cut or expected.cut
    found = [compare(item.actual, item.expected) for item in items]
    total = max(len(actual.items), len(expected.items))
    share = sum(comparison.share for comparison in found) / total if total else 0.0
    different = "" if is_cut else _other_items(actual, expected, keyed)
    if different:
        return outcome("shape", different, share=min(share, 0.99))
    wrong = [(item, comparison) for item, comparison in zip(items, found, strict=True) if not comparison.equal]
    if not wrong:
        if is_cut:
            return outcome("undefined", "cannot be compared: it has too many items to be recorded")
        return outcome("equal", "is as expected")
    if not keyed and _is_another_order(actual.items, expected.items, tolerance):
        return outcome("values", "has the right items, but in another order than was asked for", share=share)
    item, first = wrong[0]
    of_item = first.of_item or first.message
    many = f"in {len(wrong)} of its {total} items; the first is" if len(wrong) > 1 else "in its item"
    return outcome(
        first.kind,
        f"is not as expected {many} `{item.step}{first.item}`, which {of_item}",
        share=share,
        digits=first.digits,
        values=first.values,
        item=f"{item.step}{first.item}",
        of_item=of_item,
    )


def _is_keyed(structure: Structure) -> bool:
    return structure.kind in ("dict", "module")


def _by_key(actual: Structure, expected: Structure) -> list[_Item]:
    ours, theirs = items_by_key(actual), items_by_key(expected)
    return [
        _Item(step=f'["{key}"]', actual=ours[key], expected=wanted) for key, wanted in theirs.items() if key in ours
    ]


def _in_order(actual: Structure, expected: Structure) -> list[_Item]:
    pairs = enumerate(zip(actual.items, expected.items, strict=False))
    return [_Item(step=f"[{position}]", actual=ours, expected=theirs) for position, (ours, theirs) in pairs]


def _other_items(actual: Structure, expected: Structure, keyed: bool) -> str:
    """How the items are others than those that are wanted, as a predicate; empty if they are not."""
    if not keyed:
        if len(actual.items) == len(expected.items):
            return ""
        return f"is {a_structure(actual)} instead of {len(expected.items)}"
    missing = [key for key in expected.keys if key not in actual.keys]
    beyond = [key for key in actual.keys if key not in expected.keys]
    if missing:
        return f"has no item {named(missing)}" + (f", but {named(beyond)}" if beyond else "")
    return f"has {named(beyond)} beside what was asked for" if beyond else ""


def _is_another_order(actual: Sequence[Value], expected: Sequence[Value], tolerance: Tolerance | None) -> bool:
    """Whether each item is equal to one that is wanted at another place."""
    if not 2 <= len(actual) == len(expected) <= _MOST_IN_ANY_ORDER:
        return False
    if size_of(actual) > _MOST_ELEMENTS_IN_ANY_ORDER:
        return False
    left = [plain(item) for item in expected]
    for item in map(plain, actual):
        same = (compared(ast.Eq, item, wanted, elementwise=False, tolerance=tolerance) is True for wanted in left)
        position = next((number for number, is_same in enumerate(same) if is_same), None)
        if position is None:
            return False
        del left[position]
    return True
