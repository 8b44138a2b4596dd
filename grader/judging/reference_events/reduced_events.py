"""Events with less in them: without lines of the solution, and names that no check lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.judging.watched_values import matching_names
from grader.model import Array, Backward, ChangedNames, LeafPass, Raised, RunPlace, Value


def reduced_pass(event: Backward, listed: Sequence[str], *, keep_grad: bool) -> Backward:
    def named(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(matching_names(listed, names))

    def leaf(one: LeafPass) -> LeafPass:
        before, after = (one.grad_before, one.grad_after) if keep_grad else (None, None)
        left = replace(one, names=named(one.names), value=alone(one.value), bend=None)
        return replace(left, grad_before=before, grad_after=after)

    return replace(
        event,
        place=nowhere(event.place),
        root=alone(event.root),
        output=alone(event.output),
        root_names=named(event.root_names),
        output_names=named(event.output_names),
        through=named(event.through),
        functions=(),
        operations=(),
        leaves=tuple(map(leaf, event.leaves)),
        stale_names=(),
        hands=(),
        graph=0,
    )


def names_event(values: Mapping[str, Value], *, keep_grad: bool) -> ChangedNames:
    changed = {
        name: value if keep_grad or not isinstance(value, Array) else alone(value) for name, value in values.items()
    }
    place = RunPlace(cell=0, line=0, statement=0)
    return ChangedNames(place=place, frame="", changed=changed, removed=(), stale=())


def alone(array: Array) -> Array:
    """An array without its gradient."""
    return array if array.grad is None else replace(array, grad=None)


def nowhere(place: RunPlace) -> RunPlace:
    """The statement alone: by it calls of one statement are told from others."""
    return RunPlace(cell=0, line=0, statement=place.statement)


def without_text(error: Raised | None, *, keep: bool) -> Raised | None:
    return error if error is None or keep else Raised(type=error.type, text="", origin=error.origin, bases=error.bases)
