"""Sums, means and norms of gradients, and how the second run changes them.

What is computed from a gradient changes with all its elements: a sum by the mean of their changes, weighed by what each
contributes to it. So its value and its change show together that it comes from this gradient.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice

import numpy as np
import numpy.typing as npt

from grader.judging.curves.computed_gradient import ComputedGradient
from grader.model import Array

Floats = npt.NDArray[np.float64]

MAX_SUMMED = 2_000
"""Gradients of which sums and norms are known."""
MAX_SIZE = 200_000
"""Elements of a gradient of which sums and norms are known."""
MAX_AXES = 4
_FIRST_WAY = -100
"""From here on downwards, in the place of the number of a change in ``ComputedGradient.line``."""
_WAYS = 8 * (MAX_AXES + 1)
_ALIKE = 0.2
"""Units by which the changes of elements differ at least, so that a sum is told from a multiple of one of them."""


def sums_and_norms(gradients: Iterable[ComputedGradient]) -> Iterator[ComputedGradient]:
    """Of single gradients, and of all gradients of one pass."""
    kept = [one for one in islice(gradients, MAX_SUMMED) if 0 < one.gradient.size <= MAX_SIZE]
    for one in kept:
        if one.gradient.size > 1:
            yield from _of_gradient(one)
    for _, of_pass in groupby(kept, key=lambda one: (id(one.variables["root"]), one.line)):
        leaves = list(of_pass)
        if len(leaves) > 1:
            yield from _of_parts(leaves[0], _joined(leaves))


def _joined(leaves: Sequence[ComputedGradient]) -> tuple[Floats, Floats]:
    return np.concatenate([one.gradient for one in leaves]), np.concatenate([one.change for one in leaves])


def _of_gradient(one: ComputedGradient) -> Iterator[ComputedGradient]:
    yield from _of_parts(one, (one.gradient, one.change))
    array = one.variables["gradient"]
    shape = array.shape if isinstance(array, Array) else ()
    if 1 < len(shape) <= MAX_AXES and np.prod(shape) == one.gradient.size:
        for axis in range(len(shape)):
            gradient, change = (
                np.moveaxis(data.reshape(shape), axis, 0).reshape(shape[axis], -1)
                for data in (one.gradient, one.change)
            )
            yield from _of_parts(one, (gradient, change), way=8 * (axis + 1))


@np.errstate(all="ignore")
def _of_parts(one: ComputedGradient, parts: tuple[Floats, Floats], way: int = 0) -> list[ComputedGradient]:
    """``parts``: gradients and changes; sums go over their first axis."""
    gradient, change = parts
    if np.ptp(change) < _ALIKE or np.count_nonzero(gradient.reshape(len(gradient), -1).any(1)) < 2:
        return []  # multiples of single elements
    count, size, square = gradient.shape[0], np.abs(gradient), gradient * gradient
    total, sizes, squares = gradient.sum(0), size.sum(0), square.sum(0)
    of_total, of_sizes = (gradient * change).sum(0) / total, (size * change).sum(0) / sizes
    of_squares = (square * change).sum(0) / squares
    found = [(total, of_total, 1), (total / count, of_total, 1)]
    if not np.array_equal(np.abs(total), sizes):
        found += [(sizes, of_sizes, 1), (sizes / count, of_sizes, 1)]
    found += [(np.sqrt(squares), of_squares, 1), (squares, 2 * of_squares, 2), (squares / count, 2 * of_squares, 2)]
    first = _FIRST_WAY - _WAYS * (one.line[2] + 2) - way
    return [
        replace(
            one,
            gradient=np.atleast_1d(values),
            change=np.atleast_1d(changes),
            order=one.order * power,
            line=(*one.line[:2], first - number),
            bend=None,
        )
        for number, (values, changes, power) in enumerate(found)
    ]
