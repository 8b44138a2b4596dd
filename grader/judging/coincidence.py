"""Tells an answer from a coincidence of numbers: how the variables of a backward pass change with its leaf.

At a leaf whose elements are all alike, a gradient is one number, and other functions have that gradient as well. They
differ in how it changes: the recorder notes the *curvature*, the gradient of the gradient's sum. How a value changes is
its gradient. So an equation that holds for such numbers must hold for their changes too, as
``language.expression.nearby`` tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.judging.checks.yaml_lines import REFERENCE, Expectation
from grader.language.closeness import Tolerance, close, tolerance_for
from grader.language.expression import Change, Direction, Expression, Nearby, Role, Undefined, parse
from grader.language.expression.nearby import FURTHER_STEP, STEP, Further
from grader.language.values import numbers, show_number
from grader.model import Array, Structure
from grader.runtime.protocol.record import MAX_ELEMENTS

Floats = npt.NDArray[np.float64]

LEAF = "leaf"
_UNKNOWN = Undefined("it is not known how it changes")
_MOVED_BY_NOTHING = frozenset({"weights", "tangent"})
_OF_THE_PASS = frozenset({LEAF, "gradient", "grad", "grad_before", "curvature", "output", "root"})


@dataclass(slots=True)
class Room:
    """How much one check looks at nearby: many large leaves of zeros would take minutes. Beyond it nothing is known."""

    elements: int = 100_000
    leaves: int = 200

    def takes(self, elements: int) -> bool:
        self.elements -= elements
        self.leaves -= 1
        return self.elements >= 0 and self.leaves >= 0


def nearby(
    variables: Mapping[str, Any],
    *,
    zeros_count: bool = False,
    only_zeros: bool = False,
    is_derivative: bool = True,
    room: Room | None = None,
) -> Nearby:
    """The variables of a candidate or of a mistake, with what is known of their changes.

    ``zeros_count``: see ``Nearby``. ``only_zeros``: only zeros are a coincidence. ``is_derivative``: the gradients that
    are asked for say how the values change.
    """
    make = partial(_directions, variables, None, room, only_zeros=only_zeros) if is_derivative else _no_directions
    return Nearby(variables, make, zeros_count=zeros_count)


def agrees_with_itself(
    given: Sequence[Expression],
    expect: Sequence[Expectation],
    variables: Mapping[str, Any],
    tolerance: Tolerance | None,
    room: Room,
    reference: Mapping[str, Any] | None = None,
) -> bool:
    """Whether the gradient that is asked for is that of the function that is asked for, at these numbers.

    It is not where a part of the function is to be held constant: of u * x with u = x².detach() it is x², not 3x².
    """
    wanted = {
        name: expected.evaluate(variables, tolerance=tolerance)
        if reference is None or expected.name != REFERENCE
        else seen.evaluate(reference, tolerance=tolerance)
        for name in gradients_of(variables)
        for seen, expected in expect
        if seen.part == _gradient_of(name)
    }
    if not wanted:
        return True
    changed = Nearby(variables, partial(_directions, variables, wanted, room), zeros_count=True)
    return all(line.holds(changed, tolerance=tolerance) for line in given)


def doubt_of(
    seen: Expression,
    wanted: Expression,
    values: tuple[object, object],
    variables: Nearby,
    tolerance: Tolerance | None,
) -> str:
    """Why the equality of an observed and a wanted value proves nothing, as a predicate; empty if it does."""
    if not wanted.names:  # a constant that somebody wants says what it says
        return ""
    zero = variables.is_zero(*values, tolerance)
    undecided = False
    changes = []
    for direction in variables.directions(alike_only=not zero):
        change = seen.change(wanted, direction, tolerance=tolerance)
        changes.append(change)
        undecided = undecided or (
            change is Change.UNKNOWN
            and direction.alike
            and direction.whole
            and direction.leaf not in variables.confirmed
            and seen.part == _gradient_of(direction.leaf)
        )
    where = numbers_in_words(variables) if changes or zero else ""
    if Change.APART in changes:
        return _ANOTHER.format(where=where)
    if zero and Change.ALIKE not in changes:
        return _ZERO.format(where=where)
    return _UNDECIDED.format(where=where) if undecided else ""


def doubt_beside_reference(seen: Expression, variables: Nearby, reference: Nearby, tolerance: Tolerance | None) -> str:
    """Why it proves nothing that an observed gradient is that of the reference, at equal leaves; empty if it does.

    The reference may be about zeros, or numbers that are all alike, because the exercise gives them. So only a gradient
    that is known to change in another way counts.
    """
    if not seen.reads("gradient"):
        return ""
    theirs = {direction.leaf: direction for direction in reference.directions(alike_only=True)}
    for direction in variables.directions(alike_only=True):
        other = theirs.get(direction.leaf)
        if other is None:
            continue
        beside = replace(
            direction,
            below={**direction.below, REFERENCE: seen.evaluate(other.below, tolerance=tolerance)},
            above={**direction.above, REFERENCE: seen.evaluate(other.above, tolerance=tolerance)},
            further=None,
        )
        if seen.change(_REFERENCE, beside, tolerance=tolerance) is Change.APART:
            return _ANOTHER_THAN_THE_REFERENCE.format(where=numbers_in_words(variables))
    return ""


_REFERENCE = parse(REFERENCE)
_TRY = "Try it with several numbers that differ from each other"
_ANOTHER_THAN_THE_REFERENCE = (
    "is right only at these numbers{where}: when they change, it changes in another way than it should. So it belongs "
    "to another function, or a part of the function is cut off from the graph"
)
_ANOTHER = _ANOTHER_THAN_THE_REFERENCE + ". " + _TRY
_ZERO = (
    "is 0, as it should be at these numbers{where}, but that of many other functions is 0 as well, and 0 == 0 proves "
    "nothing. " + _TRY
)
_UNDECIDED = (
    f"is right at these numbers{{where}}, but other functions have it there as well, so it proves nothing. {_TRY}"
)
BY_CHANCE = (
    "One has the value that is asked for, but only at its numbers{where}, where other functions have it too. "
    + _TRY
    + ", and at which the value is not zero."
)
MAY_BE_ANOTHER = (
    "At these numbers{where} other functions have the value that is asked for as well: is it the right one?"
)
CHANCE_IN_A_LINE = (
    "holds at these numbers{where}, but it would for many other functions as well, so it proves nothing. "
    + _TRY
    + ", and from zero"
)


def _gradient_of(leaf: str) -> tuple[str, str]:
    """As ``Expression.part``."""
    return ("gradient", "") if leaf == LEAF else (leaf, "gradient")


def _no_directions(*, alike_only: bool) -> Sequence[Direction]:
    return ()


def gradients_of(variables: Mapping[str, Any]) -> dict[str, Role]:
    """The leaves of a backward pass by what expressions call them: their roles, or ``leaf``.

    Arguments of hidden calls are none: a coincidence at one of many calls does no harm.
    """
    roles = {
        name: value for name, value in variables.items() if isinstance(value, Role) and "changed" not in value.parts
    }
    leaf = variables.get(LEAF)
    if roles or not isinstance(leaf, Array):
        return roles
    gradient, curvature = variables.get("gradient"), variables.get("curvature")
    return {
        LEAF: Role(
            value=leaf,
            gradient=gradient if isinstance(gradient, Array) else None,
            grad=None,
            curvature=curvature if isinstance(curvature, Array) else None,
        )
    }


def is_alike(data: npt.NDArray[Any]) -> bool:
    """Whether the elements are all alike, or only 0, 1 and -1: then equal numbers prove little."""
    if not data.size or data.size > MAX_ELEMENTS or data.dtype.kind not in "fiu":
        return False
    return bool((data == data.flat[0]).all() or ((data == 0) | (np.abs(data) == 1)).all())


def numbers_in_words(variables: Mapping[str, Any]) -> str:
    """What is special about the numbers of the leaves: ", which are all 2,"; empty where nothing is."""
    for leaf in gradients_of(variables).values():
        data = leaf.value.data if isinstance(leaf.value, Array) else None
        if data is None or not is_alike(data):
            continue
        if data.size == 1:
            return f" (a single number, {show_number(data.flat[0])})"
        if (data == data.flat[0]).all():
            return f" (all are {show_number(data.flat[0])})"
        return f" (all are {', '.join(show_number(number) for number in sorted(set(data.ravel().tolist())))})"
    return ""


@np.errstate(all="ignore")
def _directions(
    variables: Mapping[str, Any],
    wanted: Mapping[str, object] | None,
    room: Room | None,
    *,
    alike_only: bool,
    only_zeros: bool = False,
) -> Sequence[Direction]:
    """``wanted``: gradients, by leaf, that values change by instead of the recorded ones."""
    if alike_only and only_zeros:
        return ()
    leaves = gradients_of(variables)
    found = []
    for name, leaf in leaves.items():
        data = _floats(leaf.value)
        if data is None or not data.size or data.size > MAX_ELEMENTS or not np.isfinite(data).all():
            continue
        alike = is_alike(data)
        if alike_only and not alike:
            continue
        if room is not None and not room.takes(data.size):
            found.append(Direction(leaf=name, alike=alike, whole=True, below={}, above={}, step=STEP))
            continue
        gradient = leaf.gradient if wanted is None else wanted.get(name)
        greatest = float(np.abs(data).max())
        step = STEP * (greatest if greatest > 1e-100 else 1.0)
        rates = _rates(variables, data, _floats(gradient), _floats(leaf.curvature) if wanted is None else None)
        direction = Direction(
            leaf=name,
            alike=alike,
            whole=bool((data == np.round(data)).all()),
            below=_moved(variables, leaves, name, rates, -step),
            above=_moved(variables, leaves, name, rates, step),
            step=step,
            further=_further(variables, leaves, name, rates, _floats(leaf.curvature)) if wanted is None else None,
        )
        found.append(replace(direction, others_stay=_with_constants(direction, variables)))
    return found


def _with_constants(direction: Direction, variables: Mapping[str, Any]) -> Direction | None:
    """The direction in which named arrays that require no gradient stay as they are; None where there are none."""
    constants = {
        name: variables[name]
        for name, value in direction.above.items()
        if value is _UNKNOWN and name not in _OF_THE_PASS and _is_constant(variables[name])
    }
    if not constants:
        return None
    below, above = ({**values, **constants} for values in (direction.below, direction.above))
    return replace(direction, below=below, above=above, further=None)


def _is_constant(value: object) -> bool:
    return isinstance(value, Array) and not value.requires_grad


def _further(
    variables: Mapping[str, Any],
    leaves: Mapping[str, Role],
    leaf: str,
    rates: Mapping[str, Floats],
    curvature: Floats | None,
) -> Further | None:
    """The variables to the second order: how a gradient changes is how the rate of a value does."""
    value, gradient = _floats(leaves[leaf].value), _floats(leaves[leaf].gradient)
    if value is None or gradient is None or curvature is None or curvature.shape != value.shape:
        return None
    bends = _rates(variables, value, curvature, None)
    greatest = float(np.abs(value).max())
    step = FURTHER_STEP * (greatest if greatest > 1e-100 else 1.0)
    values = {name: rate for name, rate in rates.items() if name != "gradient" and name in bends}
    return Further(
        below=_moved(variables, leaves, leaf, values, -step, bends),
        here=_moved(variables, leaves, leaf, values, 0.0, bends),
        above=_moved(variables, leaves, leaf, values, step, bends),
        step=step,
    )


def _rates(
    variables: Mapping[str, Any], leaf: Floats, gradient: Floats | None, curvature: Floats | None
) -> dict[str, Floats]:
    """How much the variables change when all elements of a leaf grow by 1; without those that are not known."""
    rates: dict[str, Floats] = {}
    if curvature is not None and curvature.shape == leaf.shape:
        rates["gradient"] = curvature
    output, weights, root = (_floats(variables.get(name)) for name in ("output", "weights", "root"))
    if gradient is None or output is None or weights is None or (gradient.size != 1 and gradient.shape != leaf.shape):
        return rates
    if weights.size == output.size == 1:  # inside `vmap` the weights have a dimension more
        weights = weights.reshape(output.shape)
    gradient = np.broadcast_to(gradient.reshape(() if gradient.size == 1 else gradient.shape), leaf.shape)
    total = gradient.sum()
    with np.errstate(all="ignore"):
        if output.shape == leaf.shape == weights.shape:
            # Elementwise, if the output is; else at least the weighed sum is right.
            rates["output"] = np.where(weights != 0, gradient / weights, np.nan)
        elif weights.shape == output.shape and weights.sum() != 0 and 1 in (output.size, leaf.size):
            rates["output"] = np.broadcast_to(total / weights.sum(), output.shape)
        if root is not None and root.size == 1:
            weighed = np.asarray((weights * output).sum()) if weights.shape == output.shape else None
            if weighed is not None and close(weighed, root.reshape(()), tolerance_for(("float16",))).all():
                rates["root"] = np.full(root.shape, total)
        elif root is not None and "output" in rates and root.shape == output.shape:
            rates["root"] = rates["output"]
    return rates


def _moved(
    variables: Mapping[str, Any],
    leaves: Mapping[str, Role],
    leaf: str,
    rates: Mapping[str, Floats],
    by: float,
    bends: Mapping[str, Floats] = MappingProxyType({}),
) -> dict[str, object]:
    """The variables where the elements of a leaf are larger by a number."""

    def shifted(array: Array | None, name: str) -> Array | None:
        return _shifted(array, rates.get(name), by, bends.get(name))

    moved: dict[str, object] = {}
    for name, value in variables.items():
        if isinstance(value, Role):
            at = value.value if name == leaf and isinstance(value.value, Array) else None
            gradient = shifted(value.gradient, "gradient") if at is not None else None
            moved[name] = Role(
                value=value.value if at is None else _shifted(at, 1.0, by),
                gradient=gradient,
                grad=gradient if _is_same(value.grad, value.gradient) else None,
                parts={name: part for name, part in value.parts.items() if name in _MOVED_BY_NOTHING},
            )
        elif not isinstance(value, Array | Structure) or name in _MOVED_BY_NOTHING:
            moved[name] = value
        elif isinstance(value, Structure):
            moved[name] = _UNKNOWN
        elif name == LEAF == leaf:
            moved[name] = _shifted(value, 1.0, by)
        elif name in ("output", "root") or (name == "gradient" and leaf == LEAF):
            moved[name] = shifted(value, name) or _UNKNOWN
        elif name == "grad" and leaf == LEAF and _is_same(value, variables.get("gradient")):
            moved[name] = shifted(value, "gradient") or _UNKNOWN
        else:
            moved[name] = _UNKNOWN
    return moved


def _is_same(grad: object, gradient: object) -> bool:
    """Whether a ``.grad`` is the gradient of this pass alone."""
    one, other = _floats(grad), _floats(gradient)
    return one is not None and other is not None and np.array_equal(one, other)


def _shifted(array: Array | None, rate: Floats | float | None, by: float, bend: Floats | None = None) -> Array | None:
    data = _floats(array)
    if array is None or data is None or rate is None or (isinstance(rate, np.ndarray) and rate.shape != data.shape):
        return None
    shifted = np.asarray(data + by * np.asarray(rate) + (0 if bend is None else by**2 / 2 * bend))
    shifted.flags.writeable = False
    return replace(array, data=shifted)


def _floats(value: object) -> Floats | None:
    found = numbers(value)
    if isinstance(found, Undefined) or found[0].dtype.kind == "c":
        return None
    return np.asarray(found[0], dtype=np.float64)
