"""The student's modules with their recorded calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.judging.bounds import size_of
from grader.judging.observed import Observed
from grader.model import Event, ModuleCall, ModuleInput, ModuleProbe, NeededParameter, RunPlace, Verdict
from grader.runtime.protocol.record import ARRANGED

MAX_MODULES = 20
"""Modules for one probe; the recorder tries no more."""
MAX_CALLS = 2_000
"""Calls of all modules for one probe."""
MAX_ELEMENTS = 8_000_000
"""Elements of all arrays of these calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledModule:
    """A module of the student's with its calls for a probe, in the order of the inputs and modes.

    ``number`` is the number of what it was made of, ``position`` that of the first call's event.
    """

    number: int
    position: int
    place: RunPlace
    names: tuple[str, ...]
    calls: tuple[ModuleCall, ...]
    inputs: tuple[ModuleInput, ...]

    @property
    def name(self) -> str:
        """The name in messages."""
        return next((name for name in self.names if name), self.calls[0].type)

    @property
    def source(self) -> int:
        """The number of the class, function or object itself, in whatever order its parameters are matched."""
        return self.number % ARRANGED

    @property
    def missing(self) -> int:
        """Inputs that it was never called with, because the time for calls was used up."""
        return len(self.inputs) - len({call.input for call in self.calls})

    @property
    def ignores_sizes(self) -> bool:
        """Whether the probe has arguments to make a module with, and this one was there already."""
        made_with = self.inputs[self.calls[0].input].made_with
        return self.calls[0].form == "object" and bool(made_with.by_position or made_with.by_name)

    @property
    def was_made(self) -> bool:
        return any(call.stage in ("calling", "done") for call in self.calls)

    def is_named(self, listed: Sequence[str]) -> bool:
        return not set(self.names).isdisjoint(listed)


def modules_called(observed: Observed, probe: ModuleProbe) -> tuple[CalledModule, ...]:
    """Every module that was called for a probe.

    The student's process wrote the record, so calls that were not asked for are left out.
    """
    return observed.once(("modules", probe.id), lambda: tuple(_modules_called(observed, probe)))


def _modules_called(observed: Observed, probe: ModuleProbe) -> Iterator[CalledModule]:
    found: dict[int, dict[tuple[int, int], ModuleCall]] = {}
    positions: dict[int, int] = {}
    calls, room = 0, MAX_ELEMENTS
    for position, call in observed.module_calls.get(probe.id, ()):
        if not 0 <= call.input < len(probe.inputs) or call.mode not in probe.modes:
            continue
        if call.module not in found and len(found) == MAX_MODULES:
            continue
        calls += 1
        room -= _size_of(call)
        if calls > MAX_CALLS or room < 0:
            break
        found.setdefault(call.module, {}).setdefault((call.input, probe.modes.index(call.mode)), call)
        positions.setdefault(call.module, position)
    for number, by_input in found.items():
        ordered = tuple(by_input[key] for key in sorted(by_input))
        yield CalledModule(
            number=number,
            position=positions[number],
            place=ordered[0].place,
            names=(ordered[0].name, *ordered[0].names),
            calls=ordered,
            inputs=probe.inputs,
        )


def found_modules(verdict: Verdict | None, events: Sequence[Event], listed: Sequence[str]) -> frozenset[int]:
    """The numbers (``CalledModule.source``) of what a check found: those that passed, of a listed name if there is one;
    where none passed, the one that came closest.
    """
    if verdict is None:
        return frozenset()
    positions = [found.position for found in verdict.bound] if verdict.status == "passed" else [verdict.best_position]
    there = (events[position] for position in positions if position is not None and 0 <= position < len(events))
    found = [event for event in there if isinstance(event, ModuleCall)]
    named = [event for event in found if not set(listed).isdisjoint((event.name, *event.names))]
    return frozenset(event.module % ARRANGED for event in named or found)


def answer_among(modules: Sequence[CalledModule], listed: Sequence[str]) -> CalledModule | None:
    """The module of the reference solution that others are compared with: the last one that could be made, of a listed
    name if there is one. The recorder tries the last first, and functions that make a module after all others. Where
    the probe says what to make it with, a module that was there already, and so has any size, comes after all that can
    be made with it.
    """
    made = [called for called in modules if called.was_made] or list(modules)
    named = [called for called in made if called.is_named(listed)]
    return min(named or made, key=lambda called: (called.ignores_sizes, called.position), default=None)


def needed_parameters(observed: Observed, probe: ModuleProbe) -> tuple[NeededParameter, ...]:
    """The names and shapes of the parameters of the reference's module, by what was observed of the reference."""
    called = answer_among(modules_called(observed, probe), probe.modules)
    if called is None:
        return ()
    call = max(called.calls, key=lambda call: len(call.parameters))
    return tuple(
        NeededParameter(name=one.name, shape=one.shape, requires_grad=one.requires_grad) for one in call.parameters
    )


def _size_of(call: ModuleCall) -> int:
    """Elements of the arrays of a call."""
    arrays: list[object] = [*call.outputs, call.weights, call.buffers, *(part.after for part in call.changed)]
    for argument in call.arguments:
        arrays += [argument.gradient, argument.weighed]
    for parameter in call.parameters:
        arrays += [parameter.value, parameter.gradient, parameter.weighed, parameter.after]
    if call.statistics is not None:
        arrays += [call.statistics.average, call.statistics.spread, call.statistics.width]
    return size_of(arrays)
