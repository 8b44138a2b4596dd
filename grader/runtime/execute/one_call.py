"""One call of a function with hidden arguments, and further calls with the same ones or with others close to them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import torch

from ..record.functions import DefinedFunction
from ..record.hands.error_origin import described_error_of_function
from ..record.hands.found_hands import HandSet, hands_of
from ..record.hands.hands import Hands
from ..record.hands.silent_writes import WritesInCall
from ..record.passes.graph import walk
from ..record.recorder import Recorder
from ..record.stream import MAX_NAME, Json, Stream, cut
from ..record.structures import described
from .call_arguments import CallArguments, MadeArguments, Moved
from .call_gradients import (
    Gradients,
    Leaves,
    Weights,
    described_weights,
    differentiate,
    sum_of,
    summed,
    weighed_sum_of,
    weights_for,
)
from .clock import Clock, Stopped
from .code_branches import BranchTrace
from .double_precision import DoublePrecision
from .kept_state import KeptState
from .lost_graphs import CutTrace
from .other_run import OtherRun, reads_numbers
from .repeated_calls import Repeats, Seen, seen
from .seeds import generators_in, seed_everything, shifted_seeds
from .shifted_calls import NOWHERE, Point, Precision, Shifts, measure
from .support_functions import CourseError, place_in_support

CALL_S = 1.0
"""Seconds for one call, and again for all calls of its numerical differentiation. A function gets half of it after its
first timeout, a third after its second, and so on."""
FURTHER_CALLS = 4
QUICK_S = 0.1
"""A call that takes longer is not repeated."""

Function = Callable[..., Any]


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """What calls of functions need of the run: see ``execute.run``."""

    recorder: Recorder
    clock: Clock
    gradient_of: Callable[..., Any]
    quiet: Callable[[], AbstractContextManager[None]]
    """Nothing that runs inside is recorded, and what it prints is only counted."""
    printed: Callable[[], int]
    """How many characters were written while nothing is recorded."""
    other_run: OtherRun
    state: KeptState
    hands: Hands
    seed: int
    generators: tuple[Any, ...]
    """The random number generators that names of the submission are bound to."""
    torch_calls: Callable[[], AbstractContextManager[set[str]]]
    """The names of what is called of torch inside the ``with`` block."""
    lines: bool = False
    """Record which lines run in each call."""
    named_first: bool = False
    """Call what has no listed name only where nothing has one."""
    left_out: list[str] = field(default_factory=list)
    """The ids of the probes for which something was not called because of that."""


class Caller:
    """Calls one function for one probe."""

    def __init__(self, known: DefinedFunction, function: Function, probe: Json, run: Surroundings) -> None:
        self._known = known
        self._function = function
        self._probe = probe
        self._run = run
        self._namespace = run.recorder.namespace
        self._generators = generators_in(run.generators, known.function, known.owner)
        self._reads_numbers = probe["varies"] and reads_numbers(known, self._namespace)
        self._traces = probe["branches"] or bool(probe["numeric"])
        self._repeats = Repeats(self._seen) if self._traces or probe["varies"] or probe["redraws"] else None
        self.slow = 0
        """Calls that ran out of time."""

    def call(self, arguments: CallArguments, number: int) -> Json:
        """The result of a call, as fields of ``grader.model.FunctionCall``."""
        probe, stream = self._probe, self._run.recorder.stream
        trace = BranchTrace(self._run.recorder.files) if self._traces else None
        made: MadeArguments | None = None
        output: Any = None
        leaves: Leaves = ()
        centres: Sequence[Moved] = ()
        found: list[Gradients] = []
        weights: Weights | None = None
        failed: BaseException | None = None
        printed, began, took_s = self._run.printed(), time.monotonic(), 0.0
        acted: HandSet = {}
        shifts: dict[str, Shifts] = {}
        named: set[str] | None = None
        try:
            with self._limit(), self._run.hands.collected() as acted:
                made = self._made(arguments)
                leaves = made.leaves
                centres = made.numbers_of(probe["numeric"]) if probe["numeric"] else ()
                self._set_back()
                with (
                    trace or nullcontext(),
                    WritesInCall(self._run.hands.writes),
                    self._run.torch_calls() if probe["torch_calls"] else nullcontext() as named,
                ):
                    output = self._function(*made.by_position, **made.by_name)
                took_s = time.monotonic() - began
                weights = weights_for(summed(output), self._run.seed, number) if probe["weighed"] else None
                found = self._differentiate(output, leaves, arguments, weights=weights, second=probe["second"])
        except BaseException as error:
            failed = self._noted(error)
        # Outside the time limits: an interrupted frame would end the record. And before any further call, which may
        # change what this one returned.
        has_printed = self._run.printed() > printed
        is_weighed = any(each.weighed is not None for each in found)
        answer: Json = {
            "output": None if output is None and failed is not None else described(output, stream),
            "weights": described_weights(output, weights, stream) if weights and is_weighed else None,
            "changed": [] if made is None else made.changed(stream),
            "branches": "" if trace is None else trace.fingerprint,
            "printed": has_printed,
            "hands": self._hands(output, leaves, acted),
            **({} if named is None else {"torch_calls": sorted(named)}),
        }
        results = [_result(path, each, stream) for (path, _), each in zip(leaves, found, strict=False)]
        values = made.made_by_support(stream) if made is not None and arguments.calls_support else {}
        if trace is not None and probe["numeric"] and failed is None:
            try:
                with self._limit():
                    shifts = self._measure(arguments, centres, trace.fingerprint, weights)
            except BaseException as error:
                failed = self._noted(error)
        answer["arguments"] = [
            result | {"shifts": shifts[path].described(stream) if path in shifts else None, "value": values.get(path)}
            for (path, _), result in zip(leaves, results, strict=False)
        ]
        answer["error"] = None if failed is None else self._error(failed)
        if failed is None and made is not None and took_s < QUICK_S:
            lacks_gradient = any(each.gradient is None for each in found)
            answer |= self._call_again(arguments, output, made, answer["branches"], lacks_gradient=lacks_gradient)
        return answer

    def _call_again(
        self, arguments: CallArguments, output: object, made: MadeArguments, branches: str, *, lacks_gradient: bool
    ) -> Json:
        """Further calls with the same arguments: what does the result depend on, and why has it no gradient?"""
        answer: Json = {"steady": True}
        try:
            with self._limit():
                if self._repeats is not None:
                    result = seen(output, branches, made.values_changed())
                    answer["steady"] = self._repeats.is_steady(arguments, result)
                    if answer["steady"] and self._probe["varies"]:
                        answer["varies"] = self._varies(self._function, arguments, result)
                if self._probe["redraws"]:
                    answer["redraws"] = self._redraws(arguments)
                if lacks_gradient:
                    made = self._made(arguments)
                    with CutTrace(self._run.recorder) as trace:
                        self._set_back()
                        self._function(*made.by_position, **made.by_name)
                    answer["cuts"] = trace.cuts
            if answer.get("varies") is False and self._reads_numbers:
                function = self._run.other_run.function(self._known, arguments.positions, arguments.names)
                with self._limit():
                    answer["varies"] = function is not None and self._varies(function, arguments, result)
        except BaseException:
            answer["steady"] = False  # this call returned something, and another one with the same arguments did not
        return answer

    def _made(self, arguments: CallArguments, *, wide: bool = False, moved: Moved | None = None) -> MadeArguments:
        if arguments.calls_support:
            seed_everything(self._run.seed)
        return arguments.make(wide=wide, moved=moved)

    def _noted(self, error: BaseException) -> BaseException:
        """The error, after a timeout was counted."""
        self.slow += isinstance(error, Stopped)
        self._known.slow += isinstance(error, Stopped)
        return error

    def _error(self, failed: BaseException) -> Json:
        described = described_error_of_function(failed, self._run.recorder)
        if type(failed) is CourseError:
            return described | {"origin": "course"}
        if place := place_in_support(failed):
            # Whose fault it is cannot be known: the function may have been called with what it does not take.
            described["text"] = cut(f"{described['text']} (in {place})")
        return described

    def _hands(self, output: object, leaves: Leaves, acted: HandSet) -> list[Json]:
        """What had a hand in the gradients of a call: what acted, and what the graph of its output shows."""
        hands = self._run.hands
        tensors = tuple(summed(output)) if hands.any else ()
        if not tensors:
            return hands_of(acted)
        with torch._C.DisableTorchFunction():
            return hands_of(hands.in_graph(walk(tensors)[0], [leaf for _, leaf in leaves]), acted)

    def _limit(self) -> AbstractContextManager[None]:
        clock = self._run.clock
        return clock.limit(min(CALL_S / (1 + self._known.slow), clock.left()))

    def _set_back(self, shift: int = 0) -> None:
        """Give the next call the state in which the submission ended, and the same random numbers as any other call."""
        self._run.state.restore()
        seed_everything(self._run.seed + shift, self._generators)

    def _seen(self, arguments: CallArguments) -> Seen:
        """What another call returns for some arguments."""
        trace = BranchTrace(self._run.recorder.files) if self._traces else None
        made = self._made(arguments)
        self._set_back()
        with trace or nullcontext():
            output = self._function(*made.by_position, **made.by_name)
        return seen(output, "" if trace is None else trace.fingerprint, made.values_changed())

    def _varies(self, function: Function, arguments: CallArguments, result: Seen) -> bool:
        """Whether a function, of this run or of one with other seeds, returns something else under another seed."""
        made = self._made(arguments)
        with shifted_seeds(self._namespace):
            self._set_back(shift=1)
            output = function(*made.by_position, **made.by_name)
            return seen(output, "", made.values_changed()).value != result.value

    def _redraws(self, arguments: CallArguments) -> bool:
        """Whether further calls, without new seeds, return something else than the first. More than one: the same may
        be drawn twice by chance.
        """
        self._set_back()
        first: object = None
        for number in range(1 + FURTHER_CALLS):
            made = self._made(arguments)
            value = seen(self._function(*made.by_position, **made.by_name), "", made.values_changed()).value
            if number and value != first:
                return True
            first = value
        return False

    def _differentiate(
        self, output: object, leaves: Leaves, arguments: CallArguments, *, weights: Weights | None, second: bool
    ) -> list[Gradients]:
        def call_again() -> tuple[object, Leaves]:
            made = self._made(arguments)
            self._set_back()
            return self._function(*made.by_position, **made.by_name), made.leaves

        return differentiate(
            output,
            leaves,
            gradient_of=self._run.gradient_of,
            second=second,
            weights=weights,
            call_again=call_again,
        )

    def _measure(
        self, arguments: CallArguments, centres: Sequence[Moved], branches: str, weights: Weights | None
    ) -> dict[str, Shifts]:
        """Evaluate at the arguments themselves with autograd's gradients, and close to them, where a gradient is needed
        only to differentiate it numerically. Raises Stopped.
        """

        def evaluate(*, precision: Precision, moved: Moved | None, near: bool) -> Point:
            return self._point(arguments, weights, precision=precision, moved=moved, near=near)

        return measure(evaluate, centres, branches, seed=self._run.seed)

    def _point(
        self,
        arguments: CallArguments,
        weights: Weights | None,
        *,
        precision: Precision,
        moved: Moved | None,
        near: bool,
    ) -> Point:
        trace = BranchTrace(self._run.recorder.files)
        second = self._probe["second"]
        try:
            # Before anything changes the default dtype: with another one, the course's functions draw other numbers.
            made = self._made(arguments, wide=precision != "own", moved=moved)
            leaves = [leaf for leaf in made.leaves if moved is None or leaf[0] == moved.path]
            self._set_back()
            with DoublePrecision() if precision == "all float64" else nullcontext():
                with trace:
                    output = self._function(*made.by_position, **made.by_name)
                total = sum_of(output, {leaf.dtype for _, leaf in leaves})
                if total is None:
                    return NOWHERE
                found: list[Gradients] = []
                if not near:
                    found = self._differentiate(output, leaves, arguments, weights=weights, second=second)
                elif second:
                    found = self._differentiate(output, leaves, arguments, weights=None, second=False)
        except Stopped:
            raise
        except BaseException:
            return NOWHERE
        gradients = {path: each for (path, _), each in zip(leaves, found, strict=False)}
        return Point(total, weighed_sum_of(output, weights), trace.fingerprint, gradients)


def _result(path: str, found: Gradients, stream: Stream) -> Json:
    return {
        "path": path[:MAX_NAME],
        "gradient": stream.maybe_tensor(found.gradient),
        "second": stream.maybe_tensor(found.second),
        "weighed": stream.maybe_tensor(found.weighed),
    }
