"""Notes on the student's functions and modules, and on their calls with hidden inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from grader.judging.tracing.notes import CandidateNotes, CheckNotes
from grader.model import Arguments, FunctionCall, Hand, ModuleCall, ModuleInput, RunPlace

UNSTEADY = "called again with the same input and random numbers, it does something else"
NO_SLOPE = "its slope cannot be measured there: a kink, no value, or a change too small beside rounding"
REFUSED = "an input made of the submission's own, which the function does not take"
GIVEN = "`unlike`: students were given it, or it does the same as one that they were given"
NOT_FOUND = "it is not what the check `{check}` found"
_OTHER_NAME = "its name is not listed, and it is right for no input"
_WITHHELD = "something besides torch had a hand in it, so a person has to look"


class Called(Protocol):
    """A function or module with its recorded calls."""

    @property
    def number(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def position(self) -> int: ...
    @property
    def place(self) -> RunPlace: ...


class Result(Protocol):
    """What came of all calls of a function or module."""

    @property
    def called(self) -> Called: ...
    @property
    def passed(self) -> bool: ...
    @property
    def met(self) -> int: ...
    @property
    def asked(self) -> int: ...


def note_called(notes: CheckNotes, called: Called) -> CandidateNotes:
    """Notes on a function or module, which are the same each time."""
    return notes.thing(called.number, f"`{called.name}`", called.position, called.place)


def note_call(
    notes: CheckNotes, called: Called, call: FunctionCall | ModuleCall, variables: Mapping[str, Any]
) -> CandidateNotes:
    """Notes on a call, with what it was given, what it returned, and the error that ended it."""
    mode = f", {call.mode} mode" if isinstance(call, ModuleCall) else ""
    noted = note_called(notes, called).part(f"input {call.input + 1}{mode}", called.position, call.place, variables)
    noted.give(variables, _names_of(called, call))
    if call.error is not None:
        noted.why = f"{call.error.type}: {call.error.text}"
    return noted


def note_results(notes: CheckNotes, results: Iterable[Result], found: Iterable[Result]) -> None:
    """Note what came of all functions or modules of which a call meets ``given``; ``found`` are those that count."""
    counting = {result.called.number for result in found}
    for result in results:
        noted = note_called(notes, result.called)
        if result.called.number not in counting:
            noted.decide("left_out", _OTHER_NAME)
        else:
            right = f"right in {result.met} of {result.asked} calls"
            noted.decide("passed" if result.passed else "failed", right)


def note_best(notes: CheckNotes, called: Called, hands: Sequence[Hand]) -> None:
    """Note the function or module that the verdict is about. ``hands``: what withholds it."""
    noted = note_called(notes, called)
    noted.is_best = True
    if hands:
        noted.decide("withheld", _WITHHELD)


def _names_of(called: Called, call: FunctionCall | ModuleCall) -> list[str]:
    """The names by which a call's arguments and results are known."""
    if isinstance(call, ModuleCall):
        inputs = getattr(called, "inputs", ())
        given: ModuleInput = inputs[call.input]
        return [
            *_argument_names(given.made_with),
            *(name for one in given.calls for name in _argument_names(one.arguments)),
        ]
    arguments: Arguments | None = getattr(called, "arguments", {}).get(call.input)
    return ["input"] if arguments is None else _argument_names(arguments)


def _argument_names(arguments: Arguments) -> list[str]:
    return [name for name, _ in (*arguments.by_position, *arguments.by_name)]
