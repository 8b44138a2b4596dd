"""What is wrong with the steps of a loop, in words for the student."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.judging.comparison import Comparison, Happened, compare
from grader.judging.locations import location_of
from grader.judging.series import Moment, SeriesResult, ordinal
from grader.language.closeness import Tolerance, close, tolerance_for
from grader.language.expression import Expression, Role
from grader.language.values import Undefined, floats, numbers
from grader.model import Array, Submission

_ROUGH = Tolerance(rtol=1e-3, atol=1e-8)
"""Changes are differences of values, so that they are less exact than these."""
_TELLING = frozenset({"sign", "scaled", "accumulated", "zeros", "transposed"})
"""Differences of changes that say more than those of values."""


def moved(moments: Sequence[Moment], tolerance: Tolerance | None) -> bool:
    """Whether any step changed its leaf by more than rounding, as far as that was recorded."""
    pairs = [pair for moment in moments for pair in _values_in(moment)]
    known = [(before, after) for before, after in pairs if before.data is not None and after.data is not None]
    return not known or any(_are_apart(before, after, tolerance) for before, after in known)


def _values_in(moment: Moment) -> list[tuple[Array, Array]]:
    found = [(moment.variables.get("leaf"), moment.variables.get("after"))]
    found += [(value.value, value.parts.get("after")) for value in moment.variables.values() if isinstance(value, Role)]
    return [(before, after) for before, after in found if isinstance(before, Array) and isinstance(after, Array)]


@np.errstate(all="ignore")
def _are_apart(before: Array, after: Array, tolerance: Tolerance | None) -> bool:
    one, other = numbers(before), numbers(after)
    if isinstance(one, Undefined) or isinstance(other, Undefined):
        return False
    return not close(other[0], one[0], tolerance or tolerance_for((before.dtype,))).all()


STEPPED_INSIDE = (
    "A hook makes the steps of this loop while its passes run. What they computed is not recorded then, so a person "
    "has to look."
)


def never_changed(moment: Moment) -> str:
    """What is said of a leaf that may hold data, or may have been forgotten."""
    return (
        f"The passes of the loop reach {moment.noun}, which it never changes. That is right if it holds data, and "
        "else it was forgotten. A person has to look."
    )


def why_wrong(
    words: tuple[str, str],
    count: int,
    numbers_seen: Collection[int],
    result: SeriesResult,
    submission: Submission,
    *,
    is_enough: bool,
    has_moved: bool,
) -> str:
    """Why a series does not pass; empty: it passes. ``words`` are what its moments are called, in singular and plural;
    ``count`` is how many there were, of which those in ``numbers_seen`` were looked at.
    """
    thing, things = words
    wrong = result.wrong[0] if result.wrong else None
    how_many = f"one {thing}" if count == 1 else f"{count:,} {things}"
    if wrong is not None and wrong.at_end:
        return f"After {how_many}, {wrong.message}"
    if wrong is not None:
        which = ordinal(wrong.moment.number, thing)
        where = location_of(wrong.moment.place, submission)
        at = "" if where is None else f", {where.in_words_alone()},"
        looked_at = len(result.looked_at)
        if count == 1:
            return f"The {thing}{at} is not right: {wrong.message}"
        if looked_at == 1:  # lines about the first step, and no others
            return f"{which[:1].upper()}{which[1:]}{at} is not right: {wrong.message}"
        if result.right == 0:
            many = f"None of {looked_at:,} {things} is right. In {which}{at.rstrip(',')}: {wrong.message}"
        else:
            of = f"{result.right:,} of {looked_at:,} {things}"
            many = f"{of} {'is' if result.right == 1 else 'are'} right; {which}{at} is not: {wrong.message}"
        if len(numbers_seen) < count:
            return f"{many} (of {how_many}, {len(numbers_seen):,} were looked at)"
        return many
    if result.unknown:
        return f"The values of the {things} could not be recorded, so they cannot be judged"
    if result.unasked is not None:
        return f"There were {how_many}, too few to look at `{result.unasked.text}`"
    if not is_enough:
        return f"Only one {thing} was seen. What is asked for has to hold for the {things} of a loop"
    if not has_moved:
        return (
            f"There were {how_many}, but nothing changed from one to the next that can be seen, so they show nothing: "
            "is the gradient zero, or the learning rate too small?"
        )
    return ""


def explain_step(
    moment: Moment, observed: Expression, wanted: Expression, comparison: Comparison, *, tolerance: Tolerance | None
) -> str | None:
    """In which way the value after a step is wrong: by what it should have changed, or by gradients that added up.
    None: nothing more is known.
    """
    role, attribute = ("", observed.text) if observed.part is None or not observed.part[1] else observed.part
    if attribute != "after" or comparison.kind in ("none", "undefined", "shape"):
        return None
    of = moment.variables.get(role) if role else None
    before = of.value if isinstance(of, Role) else moment.variables.get("leaf")
    after, expected = (numbers(value) for value in comparison.values)
    start = numbers(before)
    if isinstance(after, Undefined) or isinstance(expected, Undefined) or isinstance(start, Undefined):
        return None
    noun = moment.noun or "the leaf"
    if role:
        noun = f"`{moment.called[role]}`" if role in moment.called else f"the leaf for `{role}`"
    passes = of.parts.get("passes") if isinstance(of, Role) else moment.variables.get("passes")
    with_sum = wanted.evaluate(_with_sums(moment), tolerance=tolerance)
    if isinstance(passes, int) and passes > 1 and compare(comparison.values[0], with_sum, tolerance=tolerance).equal:
        return (
            f"the value after it is what `.grad` gives, in which the gradients of {passes} passes have added up: they "
            "do until `.grad` is cleared"
        )
    if after[0].shape != start[0].shape or np.broadcast_shapes(expected[0].shape, start[0].shape) != start[0].shape:
        return None
    with np.errstate(all="ignore"):
        change = floats(after[0]) - floats(start[0])
        right = floats(np.broadcast_to(expected[0], start[0].shape)) - floats(start[0])
    summed = Happened(passes=passes if isinstance(passes, int) else 0)
    told = compare(_array(change), _array(right), tolerance=_ROUGH, happened=summed)
    if told.kind not in _TELLING:
        return f"the value of {noun} after it {comparison.message}"
    if told.kind == "zeros":
        return f"it did not change {noun}"
    return f"its change of {noun} {told.message}"


def _array(values: npt.NDArray[Any]) -> Array:
    return Array(kind="tensor", dtype="float64", shape=values.shape, data=values)


def _with_sums(moment: Moment) -> dict[str, object]:
    """The variables with ``.grad`` in the place of the gradient of the last pass."""
    variables = dict(moment.variables)
    if "grad" in variables:
        variables["gradient"] = variables["grad"]
    for name, value in variables.items():
        if isinstance(value, Role):
            variables[name] = replace(value, gradient=value.grad)
    return variables
