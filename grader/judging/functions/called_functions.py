"""The student's functions with their recorded calls."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy.typing as npt

from grader.judging.bounds import size_of
from grader.judging.comparison import compare
from grader.judging.error_families import FAMILIES, ONE_ELEMENT_ONLY, name_of
from grader.judging.observed import Observed
from grader.model import Array, CallProbe, Event, Found, FunctionCall, RunPlace, Verdict, job

Numbers = npt.NDArray[Any]

MAX_FUNCTIONS = 60
"""Functions for one probe; the recorder calls no more."""
MAX_CALLS = 2_000
"""Calls of all functions for one probe."""
MAX_ELEMENTS = 4_000_000
"""Elements of all arrays of these calls."""


@dataclass(frozen=True, kw_only=True)
class CalledFunction:
    """A function of the student's with its calls for a probe, in the order of the inputs.

    ``number`` is the number of its definition, ``position`` that of the first call's event. ``inputs`` are what it was
    called with, by number: the first ``drawn`` were drawn as hidden inputs, the others derived from the student's own
    calls. Where it takes something else than one tensor, ``arguments`` has that instead.
    """

    number: int
    position: int
    place: RunPlace
    names: tuple[str, ...]
    calls: tuple[FunctionCall, ...]
    inputs: Mapping[int, Array]
    arguments: Mapping[int, job.Arguments]
    drawn: int

    @property
    def name(self) -> str:
        """The name in messages; of a lambda the variable that it was bound to."""
        return next((name for name in self.names if name != "<lambda>"), "lambda")

    @property
    def missing(self) -> int:
        """Drawn inputs that it was never called with, because the time for calls was used up."""
        return self.drawn - sum(call.input < self.drawn for call in self.calls)

    @cached_property
    def paths(self) -> int:
        """The number of distinct code paths for inputs of one shape; the maximum over all shapes.

        Shapes are counted apart because a path that depends on the shape alone is no control flow on values. Nor is one
        that is another one for the same input: such calls do not count.
        """
        return self._ways(lambda branches: branches)

    @cached_property
    def branches(self) -> int:
        """Like ``paths``, of the branches and loops in the code alone, without the masks that select elements."""
        return self._ways(lambda branches: branches.partition(".")[0])

    def _ways(self, part: Callable[[str], str]) -> int:
        ways: dict[object, set[str]] = {}
        for call in self.calls:
            # Where backward raised, the function itself came to its end.
            if (call.error is None or call.output is not None) and call.branches and call.steady:
                ways.setdefault(self._shape_of(call), set()).add(part(call.branches))
        return max((len(taken) for taken in ways.values()), default=0)

    def _shape_of(self, call: FunctionCall) -> object:
        arguments = self.arguments.get(call.input)
        if arguments is None:
            return self.inputs[call.input].shape
        return tuple(shapes_of(argument) for _, argument in (*arguments.by_position, *arguments.by_name))

    def is_own(self, call: FunctionCall) -> bool:
        """Whether the input was derived from the student's own calls."""
        return call.input >= self.drawn

    def refuses(self, call: FunctionCall) -> bool:
        """Whether the function raises for an input derived from the student's own (of another sign or size).

        Errors of autograd do not count as refusal: they are mistakes of the function.
        """
        if call.error is None or not self.is_own(call) or is_too_slow(call):
            return False
        family = name_of(call.error)
        return family == ONE_ELEMENT_ONLY or family not in FAMILIES


def is_too_slow(call: FunctionCall) -> bool:
    return call.error is not None and call.error.type == "Stopped"


def takes_one_element_only(call: FunctionCall) -> bool:
    return call.error is not None and name_of(call.error) == ONE_ELEMENT_ONLY


def functions_called(observed: Observed, probe: CallProbe) -> tuple[CalledFunction, ...]:
    """Every function that was called for a probe.

    The student's process wrote the record, so calls that were not asked for, or without a known input, are left out.
    """
    return observed.once(probe.id, lambda: tuple(_functions_called(observed, probe)))


def _functions_called(observed: Observed, probe: CallProbe) -> Iterator[CalledFunction]:
    drawn = len(probe.inputs) + len(probe.arguments)
    found: dict[int, dict[int, FunctionCall]] = {}
    positions: dict[int, int] = {}
    calls, room = 0, MAX_ELEMENTS
    for position, event in observed.function_calls.get(probe.id, ()):
        has_argument = probe.own and event.argument is not None and event.argument.data is not None
        if not (event.input >= 0 and (event.input < drawn or has_argument)):
            continue
        if event.function not in found and len(found) == MAX_FUNCTIONS:
            continue
        calls += 1
        room -= _size_of(event)
        if calls > MAX_CALLS or room < 0:
            break
        found.setdefault(event.function, {}).setdefault(event.input, event)
        positions.setdefault(event.function, position)
    given = {number: _as_array(data) for number, data in enumerate(probe.inputs)}
    for number, by_input in found.items():
        ordered = tuple(by_input[index] for index in sorted(by_input))
        own = {call.input: call.argument for call in ordered if call.argument is not None}
        yield CalledFunction(
            number=number,
            position=positions[number],
            place=ordered[0].place,
            names=(ordered[0].name, *ordered[0].names),
            calls=ordered,
            inputs=own | given,
            arguments=dict(enumerate(probe.arguments)),
            drawn=drawn,
        )


def found_numbers(verdict: Verdict | None, events: Sequence[Event]) -> frozenset[int]:
    """The numbers of the functions that a check found: those that passed, else the one that came closest."""
    if verdict is None:
        return frozenset()
    positions = [found.position for found in verdict.bound] if verdict.status == "passed" else [verdict.best_position]
    found = (events[position] for position in positions if position is not None and 0 <= position < len(events))
    return frozenset(event.function for event in found if isinstance(event, FunctionCall))


def functions_among(verdict: Verdict, functions: Collection[tuple[int, int]]) -> list[Found]:
    """The functions that a check found, any of those that passed or else the best, among those with these places of
    definition.
    """
    branches = verdict.variables[0].get("branches", 0) if verdict.variables else 0
    best = Found(position=-1, place=verdict.place, branches=branches)
    return [
        found
        for found in verdict.bound or (best,)
        if found.place is not None and (found.place.cell, found.place.line) in functions
    ]


def _size_of(event: FunctionCall) -> int:
    """Elements of the arrays of a call."""
    arrays: list[object] = [event.argument, event.output, event.weights, *(part.after for part in event.changed)]
    for result in event.arguments:
        arrays += [result.value, result.gradient, result.second, result.weighed]
        if (shifts := result.shifts) is not None:
            arrays += [shifts.gradient, shifts.second, shifts.weighed, shifts.steps, shifts.slopes]
            arrays += [shifts.outputs, shifts.weighed_outputs, shifts.half_steps, shifts.half_outputs]
            arrays += [shifts.half_weighed_outputs, shifts.half_slopes]
    return size_of(arrays)


def is_equivalent(one: CalledFunction, other: CalledFunction) -> bool:
    """Whether two functions return equal values wherever both return, for two inputs at least.

    Inputs for which a function raises do not count: a copy that only takes single numbers raises on vectors.
    """
    theirs = {call.input: call for call in other.calls}
    decided = 0
    for call in one.calls:
        counterpart = theirs.get(call.input)
        if counterpart is None or call.error is not None or counterpart.error is not None:
            continue
        if not compare(call.output, counterpart.output).equal:
            return False
        decided += 1
    return decided >= 2


def shapes_of(argument: job.Argument) -> object:
    """The shapes of the tensors in an argument; of everything else its type."""
    match argument:
        case job.TensorArgument(data=data):
            return data.shape
        case job.ManyArguments(items=items):
            return tuple(map(shapes_of, items))
        case job.PlainArgument(value=value):
            return type(value).__name__
        case job.SupportArgument(name=name):
            return name


def _as_array(data: Numbers) -> Array:
    return Array(kind="tensor", dtype=data.dtype.name, shape=data.shape, data=data)
