"""What came of calling the student's functions: the calls of each put together, and how it fared in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy.typing as npt

from grader.judging.comparison import compare
from grader.judging.context import Observed, Trial, size_of
from grader.judging.error_families import FAMILIES, ONE_ELEMENT_ONLY, name_of
from grader.language.values import show
from grader.model import Array, CallProbe, FunctionCall, RunPlace

Numbers = npt.NDArray[Any]

MAX_FUNCTIONS = 60
"""As many as the recorder calls for one probe."""
MAX_CALLS = 2_000
"""Of all functions for one probe."""
MAX_ELEMENTS = 4_000_000
"""Elements of all arrays of these calls."""


@dataclass(frozen=True, kw_only=True)
class Called:
    """One of the student's functions with its calls for a probe, one an input, in their order.

    ``number`` counts definitions, ``position`` is that of the first call's event. ``inputs`` are the arguments of the
    calls: those that the judge drew, known here already, and those that came of the student's own calls.
    """

    number: int
    position: int
    place: RunPlace
    names: tuple[str, ...]
    calls: tuple[FunctionCall, ...]
    inputs: Mapping[int, Array]
    drawn: int

    @property
    def name(self) -> str:
        """What to call it; a lambda by the variable that it was bound to."""
        return next((name for name in self.names if name != "<lambda>"), "lambda")

    @property
    def missing(self) -> int:
        """Drawn inputs that it was never called with: its calls, or the others', had used up the time."""
        return self.drawn - sum(call.input < self.drawn for call in self.calls)

    @cached_property
    def paths(self) -> int:
        """Distinct ways through its code over inputs of one shape, the greatest number of any shape.

        Another shape may well be another way, and says nothing about the values.
        """
        ways: dict[tuple[int, ...], set[str]] = {}
        for call in self.calls:
            if call.error is None and call.branches:
                ways.setdefault(self.inputs[call.input].shape, set()).add(call.branches)
        return max((len(taken) for taken in ways.values()), default=0)

    def is_own(self, call: FunctionCall) -> bool:
        """Whether the input came of the student's own calls."""
        return call.input >= self.drawn

    def refuses(self, call: FunctionCall) -> bool:
        """Whether the function cannot take an input that was made of the student's own: another sign, another size.

        Errors that autograd knows are none of that: they are the function's own.
        """
        if call.error is None or not self.is_own(call) or is_too_slow(call):
            return False
        family = name_of(call.error)
        return family == ONE_ELEMENT_ONLY or family not in FAMILIES


def is_too_slow(call: FunctionCall) -> bool:
    return call.error is not None and call.error.type == "Stopped"


def takes_one_element_only(call: FunctionCall) -> bool:
    return call.error is not None and name_of(call.error) == ONE_ELEMENT_ONLY


def functions_called(observed: Observed, probe: CallProbe) -> tuple[Called, ...]:
    """Every function that was called for a probe. The stream is the student's: calls that nobody asked for, or whose
    input is not known, are left out.
    """
    return observed.once(probe.id, lambda: tuple(_functions_called(observed, probe)))


def _functions_called(observed: Observed, probe: CallProbe) -> Iterator[Called]:
    drawn = len(probe.inputs)
    found: dict[int, dict[int, FunctionCall]] = {}
    positions: dict[int, int] = {}
    calls, room = 0, MAX_ELEMENTS
    for position, event in observed.function_calls.get(probe.id, ()):
        came_along = event.argument is not None and event.argument.data is not None
        if not (event.input >= 0 and (event.input < drawn or came_along)):
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
        ordered = tuple(by_input[each] for each in sorted(by_input))
        own = {call.input: call.argument for call in ordered if call.argument is not None}
        yield Called(
            number=number,
            position=positions[number],
            place=ordered[0].place,
            names=(ordered[0].name, *ordered[0].names),
            calls=ordered,
            inputs=own | given,
            drawn=drawn,
        )


def _size_of(event: FunctionCall) -> int:
    """Elements of the arrays of a call."""
    shifts = event.shifts
    further = () if shifts is None else (shifts.gradient, shifts.second, shifts.steps, shifts.outputs, shifts.slopes)
    return size_of((event.argument, event.output, event.gradient, event.second, *further))


def does_the_same(one: Called, other: Called) -> bool:
    """Whether two functions gave the same wherever both gave something, for two inputs at least: a copy that takes
    single numbers only raises on vectors.
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


def _as_array(data: Numbers) -> Array:
    return Array(kind="tensor", dtype=data.dtype.name, shape=data.shape, data=data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One of the student's functions with how each input fared, in the order of the inputs.

    ``refused`` are calls with inputs of the student's own kind that it cannot take after all, ``undecided`` counts
    those at which no slope could be measured; neither count.
    """

    called: Called
    named: bool
    trials: tuple[tuple[FunctionCall, Trial], ...]
    refused: tuple[FunctionCall, ...]
    undecided: int

    @property
    def failing(self) -> tuple[tuple[FunctionCall, Trial], ...]:
        return tuple((call, trial) for call, trial in self.trials if not trial.passed)

    @property
    def met(self) -> int:
        return len(self.trials) - len(self.failing)

    @property
    def asked(self) -> int:
        """Inputs that count; those for which there was no time are as good as wrong."""
        return len(self.trials) + self.called.missing

    @property
    def share(self) -> float:
        return self.met / self.asked if self.asked else 0.0

    @property
    def passed(self) -> bool:
        return 0 < self.asked == self.met

    def message(self) -> str:
        """How the function fared, and what the simplest input that failed shows."""
        name, asked, wrong = self.called.name, self.asked, self.asked - self.met
        if not asked:
            return (
                f"`{name}` could not be judged: at none of {self.undecided} inputs can its slope be measured, since it "
                "has a kink or no value there, or hangs on nothing."
            )
        if not wrong:
            paths = self.trials[0][1].candidate.scope.get("paths", 0)
            ways = f", by {paths} different ways through its code" if paths > 1 else ""
            return f"`{name}` is right on all {asked} hidden inputs{ways}.{self._left_out()}"
        share = f"all {asked}" if wrong == asked else f"{wrong} of {asked}"
        if not self.failing:
            return f"`{name}` took too long on {share} hidden inputs."
        call, trial = self.failing[0]
        if call.error is None and trial.comparison is None and "paths" in trial.broken:
            return self._about_paths(trial)
        given = show(trial.candidate.scope["input"])
        said = f"`{name}` is wrong on {share} hidden inputs. Given {given}, {_what_is_wrong(call, trial)}"
        return f"{said.rstrip('.')}.{self._left_out()}"

    def _about_paths(self, trial: Trial) -> str:
        paths = trial.candidate.scope["paths"]
        ways = "the same way" if paths == 1 else f"{paths} different ways"
        return (
            f"`{self.called.name}` went {ways} through its code for all {self.asked} inputs that it was tried with, so "
            f"`{trial.broken}` does not hold.{self._left_out()}"
        )

    def _left_out(self) -> str:
        """What else was tried and does not count, in words."""
        said = ""
        if self.undecided:
            said += f" At {self.undecided} more, its slope cannot be measured (a kink, or no value)."
        if any(takes_one_element_only(call) for call in self.refused):
            said += " It takes a single number only, so what counts is how it does with numbers."
        elif self.refused:
            said += f" {len(self.refused)} more it does not take."
        return said


def _what_is_wrong(call: FunctionCall, trial: Trial) -> str:
    if is_too_slow(call):
        return "it takes too long: does its loop end?"
    if takes_one_element_only(call):
        return "it cannot answer: it takes a single number only, and this is more than one"
    if call.error is not None:
        return f"it raises {call.error.type}: {call.error.text}"
    if trial.comparison is not None:
        return f"its {trial.observed} {trial.comparison.message}"
    return f"`{trial.broken}` does not hold"
