"""Calls the student's functions after the run, with hidden inputs and with inputs derived from the student's calls."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from ..protocol.record import FUNCTION_CALL, INPUT
from ..record.functions import DefinedFunction, Functions, Numbers, OneArgument
from ..record.hands.error_origin import described_error_of_function
from ..record.hands.found_hands import HandSet, hands_of
from ..record.hands.hands import Hands
from ..record.hands.silent_writes import WritesInCall
from ..record.passes.graph import walk
from ..record.recorder import Recorder
from ..record.stream import MAX_NAME, Json, is_tensor, read_array
from ..record.structures import described
from .call_gradients import Gradients, differentiate, weights_for
from .clock import Clock, Stopped
from .code_branches import BranchTrace
from .kept_state import KeptState
from .lost_graphs import CutTrace
from .other_run import OtherRun, reads_numbers
from .own_inputs import own_inputs
from .repeated_calls import Repeats, Seen, seen
from .seeds import generators_in, seed_everything, shifted_seeds
from .shifted_calls import NOWHERE, Point, Shifts, measure

CALL_S = 1.0
"""Seconds for one call, and again for all calls of its numerical differentiation. A function gets half of it after its
first timeout, a third after its second, and so on."""
QUICK_S = 0.1
"""A call that takes longer is not repeated."""
MAX_SLOW = 8
"""After this many timeouts of one function for one probe, its other calls are left out."""
_ONE_ELEMENT_ONLY = (
    "Boolean value of Tensor with more than one value",
    "elements cannot be converted to Scalar",
    "only one element tensors can be converted",
    "only length-1 arrays can be converted",
    "only 0-dimensional arrays can be converted",
)
"""Error texts of torch and Python where a vector is used as a number. ``judging.error_families`` has them, too."""


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


def call_functions(functions: Functions, probes: list[Json], payload: bytes, run: Surroundings) -> None:
    """Call every function that a probe asks for with every input of the probe, and send the results."""
    for probe in probes:
        drawn = [read_array(fields, payload) for fields in probe["inputs"]]
        for known in functions.matching(probe["functions"]):
            if run.clock.is_over(0.2):
                return
            call = None
            with run.quiet():
                try:
                    with run.clock.limit(min(CALL_S, run.clock.left())):
                        call = functions.callable_of(known)
                except Stopped:
                    continue
            if call is not None:
                _Caller(known, call, probe, run).call_with_all(drawn)


class _Caller:
    """Calls one function for one probe."""

    def __init__(self, known: DefinedFunction, call: OneArgument, probe: Json, run: Surroundings) -> None:
        self._known = known
        self._function = call
        self._probe = probe
        self._run = run
        self._namespace = run.recorder.namespace
        self._generators = generators_in(self._namespace, known.function, known.owner)
        self._reads_numbers = probe["varies"] and reads_numbers(known, self._namespace)
        self._traces = probe["branches"] or probe["numeric"]
        self._repeats = Repeats(self._seen) if self._traces or probe["varies"] else None
        self._number = 0
        self._slow = 0

    def call_with_all(self, drawn: list[Numbers]) -> None:
        """Call it with the inputs that the judge drew, then with those derived from the student's own calls."""
        for data in drawn:
            self._call_and_send(data, own=False)
        if not self._probe["own"]:
            return
        seed, arguments = self._run.seed, self._known.own_arguments
        errors = [self._call_and_send(data, own=True) for data in own_inputs(arguments, seed)]
        if errors and all(any(words in error for words in _ONE_ELEMENT_ONLY) for error in errors):
            elements = [np.asarray(element) for argument in arguments for element in argument.flat]
            for data in own_inputs(elements, seed):
                self._call_and_send(data, own=True)

    def _call_and_send(self, data: Numbers, *, own: bool) -> str:
        """Call it once; returns the text of its exception, or an empty text."""
        number, self._number = self._number, self._number + 1
        if self._slow >= MAX_SLOW or self._run.clock.is_over(0.2):
            return ""
        with self._run.quiet(), torch.enable_grad():
            answer = self._call(data, number)
            if number == 0 and not answer.get("steady", True):
                answer = self._call(data, number)  # the very first call may prepare something for later ones
        known, recorder = self._known, self._run.recorder
        code = None if known.function is None else known.function.__code__
        recorder.send(
            FUNCTION_CALL,
            place=known.place if code is None else recorder.place_of(code.co_filename, code.co_firstlineno),
            probe=self._probe["id"],
            function=known.position,
            name=known.name[:MAX_NAME],
            names=[name[:MAX_NAME] for name in list(known.names)[:20]],
            input=number,
            argument=recorder.stream.array(data) if own else None,
            **answer,
        )
        return "" if answer["error"] is None else answer["error"]["text"]

    def _call(self, data: Numbers, number: int) -> Json:
        """The result of a call. The gradient is that of the output's sum, ``second`` that of the gradient's sum."""
        probe, stream = self._probe, self._run.recorder.stream
        trace = BranchTrace(self._run.recorder.files) if self._traces else None
        tensor = _as_leaf(data)
        output: Any = None
        found = Gradients()
        shifts = weights = None
        failed: BaseException | None = None
        printed, began = self._run.printed(), time.monotonic()
        acted: HandSet = {}
        try:
            with self._limit(), self._run.hands.collected() as acted:
                self._set_back()
                with trace or nullcontext(), WritesInCall(self._run.hands.writes):
                    output = self._function(tensor)
                took_s = time.monotonic() - began
                weights = weights_for(output, self._run.seed, number) if probe["weighed"] else None
                found = self._differentiate(output, tensor, weights=weights, second=probe["second"])
            if trace is not None and probe["numeric"]:
                with self._limit():
                    shifts = self._measure(data, trace.fingerprint, weights)
        except BaseException as error:
            failed = error
            self._slow += isinstance(error, Stopped)
            self._known.slow += isinstance(error, Stopped)
        # Outside the time limits: an interrupted frame would end the record.
        branches = "" if trace is None else trace.fingerprint
        answer: Json = {
            "output": None if output is None and failed is not None else described(output, stream),
            "arguments": [
                {
                    "path": INPUT,
                    "gradient": stream.maybe_tensor(found.gradient),
                    "second": stream.maybe_tensor(found.second),
                    "weighed": stream.maybe_tensor(found.weighed),
                    "shifts": None if shifts is None else shifts.described(stream),
                }
            ],
            "weights": None if found.weighed is None or weights is None else stream.array(weights),
            "branches": branches,
            "printed": self._run.printed() > printed,
            "hands": self._hands(output, tensor, acted),
            "error": None if failed is None else described_error_of_function(failed, self._run.recorder),
        }
        if failed is None and took_s < QUICK_S:
            answer |= self._call_again(data, output, branches, has_gradient=found.gradient is not None)
        return answer

    def _call_again(self, data: Numbers, output: object, branches: str, *, has_gradient: bool) -> Json:
        """Further calls with the same input, which show what its result depends on, and why it has no gradient."""
        answer: Json = {"steady": True}
        try:
            with self._limit():
                if self._repeats is not None:
                    result = seen(output, branches)
                    answer["steady"] = self._repeats.is_steady(data, result)
                    if answer["steady"] and self._probe["varies"]:
                        answer["varies"] = self._varies(self._function, data, result)
                if not has_gradient and data.dtype.kind == "f":
                    with CutTrace(self._run.recorder) as trace:
                        self._set_back()
                        self._function(_as_leaf(data))
                    answer["cuts"] = trace.cuts
            if answer.get("varies") is False and self._reads_numbers:
                function = self._run.other_run.function(self._known)
                with self._limit():
                    answer["varies"] = function is not None and self._varies(function, data, result)
        except BaseException:
            answer["steady"] = False  # this call returned something, and another one with the same input did not
        return answer

    def _hands(self, output: object, tensor: torch.Tensor, acted: HandSet) -> list[Json]:
        """What had a hand in the gradients of a call: what acted, and what the graph of its output shows."""
        hands = self._run.hands
        if not hands.any or not is_tensor(output):
            return hands_of(acted)
        with torch._C.DisableTorchFunction():
            return hands_of(hands.in_graph(walk((output,))[0], (tensor,)), acted)

    def _limit(self) -> AbstractContextManager[None]:
        clock = self._run.clock
        return clock.limit(min(CALL_S / (1 + self._known.slow), clock.left()))

    def _set_back(self, shift: int = 0) -> None:
        """Give the next call the state in which the submission ended, and the same random numbers as any other call."""
        self._run.state.restore()
        seed_everything(self._run.seed + shift, self._generators)

    def _seen(self, data: Numbers) -> Seen:
        """What another call returns for an input."""
        trace = BranchTrace(self._run.recorder.files) if self._traces else None
        self._set_back()
        with trace or nullcontext():
            output = self._function(_as_leaf(data))
        return seen(output, "" if trace is None else trace.fingerprint)

    def _varies(self, function: OneArgument, data: Numbers, result: Seen) -> bool:
        """Whether a function, of this run or of one with other seeds, returns something else under another seed."""
        with shifted_seeds(self._namespace):
            self._set_back(shift=1)
            return seen(function(_as_leaf(data)), "").value != result.value

    def _differentiate(
        self, output: object, tensor: torch.Tensor, *, weights: Numbers | None, second: bool = False
    ) -> Gradients:
        def call_again(tensor: torch.Tensor) -> Any:
            self._set_back()
            return self._function(tensor)

        return differentiate(
            output,
            tensor,
            gradient_of=self._run.gradient_of,
            second=second,
            weights=weights,
            call_again=call_again,
        )

    def _measure(self, data: Numbers, branches: str, weights: Numbers | None) -> Shifts:
        """Evaluate at the input itself with autograd's gradients, and at shifted inputs, where a gradient is needed
        only to differentiate it numerically. Raises Stopped.
        """
        second = self._probe["second"]

        def at(data: Numbers) -> Point:
            return self._point(data, weights, partial(self._differentiate, weights=weights, second=second))

        def near(data: Numbers) -> Point:
            return self._point(data, weights, partial(self._differentiate, weights=None) if second else None)

        return measure(at, near, data, branches, seed=self._run.seed)

    def _point(
        self,
        data: Numbers,
        weights: Numbers | None,
        gradients_of: Callable[[Any, torch.Tensor], Gradients] | None,
    ) -> Point:
        trace = BranchTrace(self._run.recorder.files)
        tensor = _as_leaf(data)
        try:
            self._set_back()
            with trace:
                output = self._function(tensor)
            total = _sum(output, tensor.dtype)
            if total is None:
                return NOWHERE
            found = Gradients() if gradients_of is None else gradients_of(output, tensor)
        except Stopped:
            raise
        except BaseException:
            return NOWHERE
        slope = math.nan if found.gradient is None else float(found.gradient.detach().double().sum())
        return Point(total, _weighed_sum(output, weights), slope, trace.fingerprint, *found)


def _sum(output: object, dtype: torch.dtype) -> float | None:
    """The sum of an output's elements; None where it is no number, or of another precision than the input."""
    if is_tensor(output):
        if output.is_complex() or (output.is_floating_point() and output.dtype != dtype):
            return None
        return float(output.detach().double().sum())
    # Not `isinstance`, which asks `__class__`: that may be the student's code.
    return float(output) if issubclass(type(output), (int, float)) else None  # type: ignore[arg-type]  # by its type


def _weighed_sum(output: object, weights: Numbers | None) -> float:
    """The sum of an output's elements times their weights; NaN where there are none for its shape."""
    if weights is None or not is_tensor(output) or tuple(output.shape) != weights.shape:
        return math.nan
    return float((output.detach().double() * torch.from_numpy(weights)).sum())


def _as_leaf(data: Numbers) -> torch.Tensor:
    """A new tensor for every call, because a function may write to its argument."""
    tensor = torch.from_numpy(data.copy())
    return tensor.requires_grad_(True) if tensor.is_floating_point() else tensor
