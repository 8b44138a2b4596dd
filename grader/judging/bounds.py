"""How much of a record is judged: the same limits for every kind of check.

A submission may record millions of events, and describe one large array any number of times. Work is bounded by the
number of candidates and by the elements of their arrays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from grader.language.expression import Role
from grader.model import Array, RunPlace, Structure

MAX_CANDIDATES = 1_000
"""Candidates that one check examines. A longer training loop is examined at its beginning and at its end."""
MAX_ELEMENTS = 16_000_000
"""Elements of all arrays of these candidates: enough for nine passes with the largest tensors that are recorded."""
MAX_VARIABLE_SETS = 200
"""Candidates whose variables are kept for a rubric's mistakes."""
MAX_VARIABLE_ELEMENTS = 1_000_000
"""Elements of all arrays among these variables."""

T = TypeVar("T")


def typical(
    items: Sequence[T], place: Callable[[T], RunPlace], weight: Callable[[T], int] = lambda item: 0
) -> Sequence[T]:
    """All items, or, above the limits, the first and last items of every statement. The order stays.

    ``weight`` counts the elements of an item's arrays.
    """
    if len(items) <= MAX_CANDIDATES and sum(map(weight, items)) <= MAX_ELEMENTS:
        return items
    counts: Counter[object] = Counter()
    keys = []
    for item in items:
        where = place(item)
        key = where.cell, where.statement
        keys.append((key, counts[key]))
        counts[key] += 1
    # Within a statement, ranks grow from both ends to the middle: 0, 2, 4, … from the first and 1, 3, 5, … from the
    # last item.
    ranks = [min(2 * number, 2 * (counts[key] - 1 - number) + 1) for key, number in keys]
    chosen: list[int] = []
    room = MAX_ELEMENTS
    # Items of equal rank: those at the beginning and at the end of the run come first.
    order = sorted(range(len(items)), key=lambda index: (ranks[index], min(index, len(items) - 1 - index)))
    for index in order:
        needed = weight(items[index])
        if needed <= room:
            chosen.append(index)
            room -= needed
            if len(chosen) == MAX_CANDIDATES:
                break
    return [items[index] for index in sorted(chosen)]


def size_of(values: Iterable[object]) -> int:
    """The number of elements of all arrays among some values."""
    count = 0
    for value in values:
        if isinstance(value, Array):
            count += 0 if value.data is None else value.data.size
        elif isinstance(value, Structure):
            count += size_of(value.items)
        elif isinstance(value, Role):
            count += size_of(
                (value.value, value.gradient, value.grad, value.curvature, *value.parts.values(), *value.items.values())
            )
    return count


def bounded(variables: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """The first sets of variables, as many as are kept for a rubric's mistakes."""
    kept: list[Mapping[str, Any]] = []
    room = MAX_VARIABLE_ELEMENTS
    for one in islice(variables, MAX_VARIABLE_SETS):
        room -= size_of(one.values())
        if room < 0 and kept:
            break
        kept.append(one)
    return tuple(kept)
