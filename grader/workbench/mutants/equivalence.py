"""Whether a mutant does what the reference does, by what was observed of both. Pure: nothing is run here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np

from grader.judging.checks.base import Check
from grader.judging.functions.ran_words import ran_patterns
from grader.language.closeness import tolerance_for
from grader.language.expression.functions import ran
from grader.model import (
    Array,
    Backward,
    BriefPasses,
    CallProbe,
    ChangedNames,
    Curve,
    Event,
    Figure,
    FunctionCall,
    ModuleCall,
    Observation,
    Opaque,
    Output,
    Probes,
    TorchCall,
    TorchError,
    TrainingStep,
    UncaughtError,
)

SCALES = (-1.0, 10.0, 0.1)
"""What hidden inputs are multiplied by, to see more of a function than the exercise asks for."""
# fmt: off
_SILENT = frozenset({
    "place", "raised_at", "names", "root_names", "output_names", "through", "through_tokens", "functions",
    "operations", "token", "tokens", "output_tokens", "graph", "group", "stale", "stale_names", "call",
    "retain_graph", "text", "branches", "cuts", "label", "titles", "labels", "legend", "name", "hands", "affine",
    "untouched", "source", "run", "continues", "function", "module", "printed", "kind",
})
# fmt: on
"""Fields that say where something stands and what it is called, not what it is."""


_REPEATED = ("varies", "redraws")
"""What further calls with the same arguments tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an exercise can ask besides what is always looked at: texts of plots, printed text, calls of torch."""

    printed: bool
    torch_calls: bool
    words_of_plots: bool
    ran: tuple[str, ...] = ()
    """The names of torch's functions that lines ask for by `ran`."""

    @classmethod
    def by(cls, checks: Iterable[Check]) -> Asked:
        ways = [way for check in checks for way in check.ways()]
        read = {name for way in ways for _, expression in way.expressions() for name in expression.names}
        return cls(
            printed=any(way.kind == "output" for way in ways),
            torch_calls=any(way.kind == "uses" for way in ways),
            ran=tuple(ran_patterns(expression for way in ways for _, expression in way.expressions())),
            words_of_plots=bool(read & {"label", "title", "xlabel", "ylabel", "legend", "labels"}),
        )


def widened(probes: Probes, names: Sequence[str]) -> Probes:
    """Probes that see more: all names, where values come from, and functions with more inputs of each kind."""
    calls = tuple(_with_more_inputs(call) for call in probes.calls)
    return replace(
        probes, names=tuple(dict.fromkeys((*probes.names, *names))), calls=calls, second_run=True, steps=True
    )


def _with_more_inputs(call: CallProbe) -> CallProbe:
    scaled = [(each * scale).astype(each.dtype) for scale in SCALES for each in call.inputs if each.dtype.kind == "f"]
    return replace(call, inputs=(*call.inputs, *scaled), branches=True, varies=True)


def count_inputs(observation: Observation) -> int:
    """How many calls of functions and modules were observed."""
    return sum(isinstance(event, FunctionCall | ModuleCall) for event in observation.events)


def difference(reference: Observation, mutant: Observation, asked: Asked) -> str | None:
    """The first thing that differs, in words; None where they do the same in everything that is looked at."""
    if reference.outcome is not mutant.outcome:
        return "how the run ends"
    for what, kinds in _groups(asked):
        left, right = (list(_events(each, kinds, asked)) for each in (reference, mutant))
        if what == "values of names":
            if name := _other_name(left, right):
                return f"the values of `{name}`"
            continue
        if len(left) != len(right):
            return f"how many {what} there are"
        for one, other in zip(left, right, strict=True):
            if not alike(*_as_far_as_both_tell(one, other)):
                return what
        if _paths(left) != _paths(right):
            return "which branches functions take"
    second = reference.second_run_figures, mutant.second_run_figures
    if (second[0] is None) != (second[1] is None) or not alike(_curves(second[0]), _curves(second[1])):
        return "where the values of curves come from"
    return None


def _groups(asked: Asked) -> Iterator[tuple[str, tuple[type, ...]]]:
    yield "backward passes", (Backward, BriefPasses)
    yield "errors", (TorchError, UncaughtError)
    yield "curves", (Figure,)
    yield "calls of functions", (FunctionCall,)
    yield "calls of modules", (ModuleCall,)
    yield "training steps", (TrainingStep,)
    yield "values of names", (ChangedNames,)
    if asked.torch_calls:
        yield "calls of torch", (TorchCall,)
    if asked.printed:
        yield "printed lines", (Output,)


def _events(observation: Observation, kinds: tuple[type, ...], asked: Asked) -> Iterator[Any]:
    for event in observation.events:
        if not isinstance(event, kinds):
            continue
        if isinstance(event, Figure):
            yield _curves((event,))
            if asked.words_of_plots:
                yield (event.titles, event.labels, event.legend, tuple(curve.label for curve in event.curves))
        elif isinstance(event, Output):
            yield event.text
        elif isinstance(event, TorchCall):
            yield event.call, event.tensor, event.source != 0
        elif isinstance(event, FunctionCall | ModuleCall) and event.torch_calls is not None:
            # Which other functions it is written with makes no difference.
            yield replace(event, torch_calls=tuple(name for name in event.torch_calls if ran(asked.ran, (name,))))
        elif isinstance(event, TorchError | UncaughtError):
            yield type(event).__name__, event.error.type, event.error.origin
        else:
            yield event


def _as_far_as_both_tell(one: Any, other: Any) -> tuple[Any, Any]:
    """Two calls of functions or modules, without what is not known of one of them: a call that took longer than the
    recorder waits, where other programs had the processor, is not repeated.
    """
    for kind in (FunctionCall, ModuleCall):
        if isinstance(one, kind) and isinstance(other, kind):
            unknown: dict[str, Any] = {
                name: None for name in _REPEATED if None in (getattr(one, name, 0), getattr(other, name, 0))
            }
            return replace(one, **unknown), replace(other, **unknown)
    return one, other


def _curves(figures: Sequence[Figure] | None) -> tuple[tuple[Any, ...], ...]:
    """The points of curves, without what they are called."""
    curves: Iterator[Curve] = (curve for figure in figures or () for curve in figure.curves)
    return tuple((curve.x, curve.y, curve.default_x) for curve in curves)


def _other_name(reference: Sequence[ChangedNames], mutant: Sequence[ChangedNames]) -> str | None:
    """A name that had other values, one after the other, than in the reference."""
    left, right = _values(reference), _values(mutant)
    for key, values in left.items():
        found = right.get(key, [])
        if len(values) != len(found) or not all(map(alike, values, found)):
            return key[1]
    return None


def _values(events: Sequence[ChangedNames]) -> dict[tuple[str, str], list[object]]:
    """The values of names of the file, and of functions, one after the other."""
    found: dict[tuple[str, str], list[object]] = {}
    for event in events:
        for name, value in event.changed.items():
            values = found.setdefault((event.frame, name), [])
            if not values or not alike(values[-1], value):
                values.append(value)
    return found


def _paths(events: Sequence[Event]) -> list[int]:
    """For each call of a function the number of the way that it took through the code, counted as they come."""
    seen: dict[tuple[str, int, str], int] = {}
    return [
        seen.setdefault((event.probe, event.function, event.branches), len(seen))
        for event in events
        if isinstance(event, FunctionCall)
    ]


def alike(left: object, right: object) -> bool:
    """Whether two recorded values are equal, numbers up to rounding, wherever they are and whatever they are called."""
    if isinstance(left, Array) and isinstance(right, Array):
        return _arrays_alike(left, right)
    if isinstance(left, Opaque):
        return left == right
    if isinstance(left, float) and isinstance(right, float):
        return (
            left == right or math.isclose(left, right, rel_tol=1e-5, abs_tol=1e-6) or (left != left and right != right)
        )
    if type(left) is not type(right):
        return False
    if isinstance(left, Backward):
        assert isinstance(right, Backward)
        left, right = _with_sorted_leaves(left), _with_sorted_leaves(right)
    if is_dataclass(left) and not isinstance(left, type):
        return all(
            alike(getattr(left, field.name), getattr(right, field.name))
            for field in fields(left)
            if field.name not in _SILENT
        )
    if isinstance(left, tuple | list):
        assert isinstance(right, tuple | list)
        return len(left) == len(right) and all(map(alike, left, right))
    if isinstance(left, dict):
        assert isinstance(right, dict)
        return left.keys() == right.keys() and all(alike(value, right[key]) for key, value in left.items())
    return left == right


def _with_sorted_leaves(event: Backward) -> Backward:
    """In which order a pass reaches its leaves, depends on how its formula is written."""
    return replace(event, leaves=tuple(sorted(event.leaves, key=lambda leaf: leaf.names)))


def _arrays_alike(left: Array, right: Array) -> bool:
    if (left.kind, left.dtype, left.shape, left.requires_grad) != (
        right.kind, right.dtype, right.shape, right.requires_grad
    ):  # fmt: skip
        return False
    if (left.data is None) != (right.data is None) or not alike(left.grad, right.grad):
        return False
    if left.data is None or right.data is None:
        return True
    if left.data.dtype.kind not in "fc":
        return bool((left.data == right.data).all())
    tolerance = tolerance_for((left.dtype,))
    return bool(np.allclose(left.data, right.data, rtol=tolerance.rtol, atol=tolerance.atol, equal_nan=True))
