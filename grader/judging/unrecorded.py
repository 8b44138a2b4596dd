"""What the record does not have is not failed: where values are too many to be recorded, a person has to look."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from grader.judging.checks.base import Check
from grader.judging.checks.yaml_lines import REFERENCE
from grader.judging.comparison import compare
from grader.language.closeness import Tolerance
from grader.language.expression import Expression, Role
from grader.language.values import Unrecorded, numbers
from grader.model import Array, Structure
from grader.runtime.protocol.record import MAX_ELEMENTS


def may_pass(
    check: Check,
    variables: Mapping[str, Any],
    tolerance: Tolerance | None,
    reference: Mapping[str, Any] | None = None,
) -> bool:
    """Whether a candidate would pass a check with some values in the place of those that were not recorded.

    ``reference``: the reference's variables, for lines that want ``reference``.
    """
    if next(_unrecorded_in({**variables, **(reference or {})}), None) is None:
        return False

    def may_hold(line: Expression) -> bool:
        return line.holds(variables, tolerance=tolerance) or line.is_unrecorded(variables, tolerance=tolerance)

    def may_be_equal(seen: Expression, wanted: Expression) -> bool:
        is_theirs = wanted.name == REFERENCE and reference is not None
        theirs = seen.evaluate(reference or {}, tolerance=tolerance) if is_theirs else None
        sides = [
            seen.evaluate(variables, tolerance=tolerance),
            theirs if is_theirs else wanted.evaluate(variables, tolerance=tolerance),
        ]
        return None not in sides and (
            any(isinstance(numbers(side), Unrecorded) for side in sides)
            or compare(sides[0], sides[1], tolerance=tolerance).equal
        )

    return all(map(may_hold, (*check.given, *check.holds))) and all(may_be_equal(*pair) for pair in check.expect)


def in_words(check: Check, variables: Mapping[str, Any]) -> str:
    """Why what was seen cannot be judged, as a sentence."""
    names = frozenset().union(*(line.names for _, line in check.expressions()))
    missing = _unrecorded_in({name: value for name, value in variables.items() if name in names})
    largest = max(missing, key=lambda array: math.prod(array.shape), default=None)
    if largest is not None and math.prod(largest.shape) > MAX_ELEMENTS:
        why = (
            f"An array of shape {largest.shape} is in it, and of more than {MAX_ELEMENTS:,} elements none is recorded."
        )
    else:
        why = "An array is in it whose values could not be recorded, or came after too many others."
    return f"This may be what is asked for, but it cannot be judged. {why} A person has to look."


def _unrecorded_in(variables: Mapping[str, Any]) -> Iterator[Array]:
    return (array for value in variables.values() for array in _arrays_in(value) if array.data is None)


def _arrays_in(value: object) -> Iterator[Array]:
    """The arrays in a variable: in its value, in what can be asked of it, and in the items of structures."""
    if isinstance(value, Array):
        yield value
    elif isinstance(value, Structure):
        for item in value.items:
            yield from _arrays_in(item)
    elif isinstance(value, Role):
        for part in (value.value, value.gradient, value.grad, *value.parts.values(), *value.items.values()):
            yield from _arrays_in(part)
