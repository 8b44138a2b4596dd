"""Events with less in them: without lines of the solution, and names that no check lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from grader.judging.watched_values import matching_names
from grader.model import Array, Backward, BriefPasses, ChangedNames, LeafPass, Raised, RunPlace, Value


def reduced_pass(event: Backward, listed: Sequence[str], *, keep_grad: bool, keep_gradient: bool = True) -> Backward:
    """A pass without lines, and with those names only that are listed. ``grad`` is what was in ``.grad``, ``gradient``
    what the pass itself gave.
    """

    def named(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(matching_names(listed, names))

    def leaf(one: LeafPass) -> LeafPass:
        before, after = (one.grad_before, one.grad_after) if keep_grad else (None, None)
        left = replace(one, names=named(one.names), value=alone(one.value), bend=None)
        gradient = one.gradient if keep_gradient else None
        return replace(left, gradient=gradient, grad_before=before, grad_after=after)

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
    """An error without its text, which may be the solution's own. ``keep``: the check asks for errors, which of torch's
    are known by their texts.
    """
    if error is None:
        return None
    text = error.text if keep and error.origin == "torch" else ""
    return Raised(type=error.type, text=text, origin=error.origin, bases=error.bases)


def reduced_brief(event: BriefPasses, listed: Sequence[str]) -> BriefPasses:
    """Passes in brief without lines, and with those names only that are listed."""
    lines = tuple(
        replace(
            line,
            place=nowhere(line.place),
            leaves=tuple(replace(leaf, names=tuple(matching_names(listed, leaf.names))) for leaf in line.leaves),
            hands=(),
        )
        for line in event.lines
    )
    return replace(event, place=nowhere(event.place), lines=lines)


def without_lines(value: Any) -> Any:
    """An event without the lines of the solution, wherever they stand in it."""
    if isinstance(value, RunPlace):
        return nowhere(value)
    if isinstance(value, tuple):
        return tuple(map(without_lines, value))
    if is_dataclass(value) and not isinstance(value, Array | type):
        return replace(value, **{part.name: without_lines(getattr(value, part.name)) for part in fields(value)})
    return value
