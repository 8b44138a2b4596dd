"""An observation with what many checks read from it, computed once."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from grader.judging.bounds import size_of, typical
from grader.judging.passes.backward_passes import BackwardPass, find_backward_passes, output_tokens
from grader.judging.watched_values import WatchedValues, read_watched_values
from grader.model import (
    Array,
    Backward,
    BriefPasses,
    ChangedNames,
    Event,
    FunctionCall,
    ModuleCall,
    Observation,
    TorchError,
    Value,
)

RaisingCall = tuple[int, Backward | TorchError]
"""The position of an event and the event: a torch call that raised an error."""

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Observed:
    """An observation, with what many checks of many exercises read from it. Not slotted, since it caches."""

    observation: Observation
    _cache: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def events(self) -> tuple[Event, ...]:
        return self.observation.events

    @cached_property
    def backward_passes(self) -> tuple[BackwardPass, ...]:
        return find_backward_passes(self.events)

    @cached_property
    def typical_backward_passes(self) -> tuple[BackwardPass, ...]:
        """The passes that one check examines, without stale passes."""
        fresh = [entry for entry in self.backward_passes if not entry.event.stale]
        return tuple(typical_backward_passes(fresh))

    @cached_property
    def raising_calls(self) -> tuple[RaisingCall, ...]:
        """Every torch call that raised an error."""
        return tuple(
            (position, event)
            for position, event in enumerate(self.events)
            if isinstance(event, TorchError) or (isinstance(event, Backward) and event.error and not event.stale)
        )

    @cached_property
    def _positions_by_output(self) -> Mapping[int, list[int]]:
        """The positions of the passes that worked, by the token of the tensor that they started from."""
        found: dict[int, list[int]] = {}
        for position, event in enumerate(self.events):
            if isinstance(event, Backward) and event.error is None:
                found.setdefault(event.output.token, []).append(position)
            elif isinstance(event, BriefPasses):
                for token in (token for line in event.lines for token in output_tokens(line)):
                    found.setdefault(token, []).append(position)
        return found

    def passes_from(self, output: Array, *, before: int) -> int:
        """How many passes that worked started from a tensor before the event at a position."""
        return bisect.bisect_left(self._positions_by_output.get(output.token, ()), before) if output.token else 0

    @cached_property
    def watched_values(self) -> tuple[WatchedValues, ...]:
        return tuple(read_watched_values(self.events))

    @cached_property
    def _first_seen(self) -> Mapping[int, int]:
        """The position at which each object was first bound to a watched name, by ``_identity``."""
        found: dict[int, int] = {}
        for position, event in enumerate(self.events):
            for value in event.changed.values() if isinstance(event, ChangedNames) else ():
                found.setdefault(_identity(value), position)
        return found

    def first_seen(self, value: Value) -> int:
        """The position of the event at which a watched name was first seen to be bound to this object.

        Objects without a token, such as numpy's arrays, are told apart by the events that describe them.
        """
        return self._first_seen.get(_identity(value), -1)

    @cached_property
    def _watched_positions(self) -> list[int]:
        return [watched.position for watched in self.watched_values]

    @cached_property
    def function_calls(self) -> Mapping[str, Sequence[tuple[int, FunctionCall]]]:
        """The recorded calls of the student's functions with their positions, by the id of the probe."""
        calls: dict[str, list[tuple[int, FunctionCall]]] = {}
        for position, event in enumerate(self.events):
            if isinstance(event, FunctionCall):
                calls.setdefault(event.probe, []).append((position, event))
        return calls

    @cached_property
    def module_calls(self) -> Mapping[str, Sequence[tuple[int, ModuleCall]]]:
        """The recorded calls of the student's modules with their positions, by the id of the probe."""
        calls: dict[str, list[tuple[int, ModuleCall]]] = {}
        for position, event in enumerate(self.events):
            if isinstance(event, ModuleCall):
                calls.setdefault(event.probe, []).append((position, event))
        return calls

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result of ``make``, which is called for the first caller with this ``key`` only.

        Checks of all exercises share the cache, so a key must stand for one computation.
        """
        if key not in self._cache:
            self._cache[key] = make()
        made: T = self._cache[key]
        return made

    def names_at(self, position: int) -> Mapping[str, Any]:
        """The values of the watched names at the time of an event."""
        count = bisect.bisect_right(self._watched_positions, position)
        return self.watched_values[count - 1].values if count else {}


def _identity(value: Value) -> int:
    """A number that stands for an object: its token, else that of the description, which the events keep alive."""
    return value.token if isinstance(value, Array) and value.token > 0 else -id(value)


def typical_backward_passes(passes: Sequence[BackwardPass]) -> Sequence[BackwardPass]:
    """The passes that one check examines: all, or the first and last passes of every statement."""
    return typical(passes, lambda entry: entry.event.place, _elements_of)


def _elements_of(entry: BackwardPass) -> int:
    event = entry.event
    arrays = (entry.leaf, entry.gradient, entry.grad, entry.grad_before, event.root, event.output, entry.weights)
    return size_of(arrays)
