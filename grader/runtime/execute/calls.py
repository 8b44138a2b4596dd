"""Calls the student's functions after the run: with hidden arguments, and with inputs from the student's own calls."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import numpy as np
import torch

from ..protocol.record import FUNCTION_CALL
from ..record.bound_functions import callable_of
from ..record.functions import DefinedFunction, Functions
from ..record.stream import MAX_NAME, Json
from .call_arguments import CallArguments
from .clock import Stopped
from .line_trace import LineTrace
from .one_call import CALL_S, Caller, Function, Surroundings
from .own_inputs import own_inputs
from .support_functions import SupportFunctions

Numbers = np.ndarray[Any, Any]

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


def call_functions(
    functions: Functions, probes: list[Json], payload: bytes, support: SupportFunctions, run: Surroundings
) -> None:
    """Call every function that a probe asks for with all arguments of the probe, and send the results."""
    for probe in probes:
        drawn = [CallArguments(fields, payload, support) for fields in probe["arguments"]]
        taken = (drawn[0].positions, drawn[0].names) if drawn else (1, ())
        takes_one = not drawn or drawn[0].is_one_input
        has_named = False
        for known in functions.matching(probe["functions"]):
            if run.clock.is_over(0.2):
                return
            is_named = known.has_a_name_of(probe["functions"])
            if run.named_first and has_named and not is_named:
                run.left_out.append(probe["id"])
                break
            function = None
            with run.quiet():
                try:
                    with run.clock.limit(min(CALL_S, run.clock.left())):
                        function = callable_of(known, functions.namespace, *taken, is_meant=is_named and not takes_one)
                except Stopped:
                    continue
            if function is not None:
                has_named |= is_named
                _Calls(known, function, probe, run).call_with_all(drawn)


def calls_of_functions(functions: Functions, probes: list[Json]) -> int:
    """How many calls ``call_functions`` would make at most, without those with the student's own arguments."""
    return sum(len(functions.matching(probe["functions"])) * len(probe["arguments"]) for probe in probes)


class _Calls:
    """Calls one function for one probe with all arguments."""

    def __init__(self, known: DefinedFunction, function: Function, probe: Json, run: Surroundings) -> None:
        self._known = known
        self._probe = probe
        self._run = run
        self._caller = Caller(known, function, probe, run)
        self._number = 0

    def call_with_all(self, drawn: list[CallArguments]) -> None:
        """Call it with the arguments that the judge drew, then with those derived from the student's own calls."""
        for arguments in drawn:
            self._call_and_send(arguments, own=None)
        if not self._probe["own"]:
            return
        seed, own = self._run.seed, self._known.own_arguments
        errors = [self._call_and_send(CallArguments.of_input(data), own=data) for data in own_inputs(own, seed)]
        if errors and all(any(words in error for words in _ONE_ELEMENT_ONLY) for error in errors):
            elements = [np.asarray(element) for argument in own for element in argument.flat]
            for data in own_inputs(elements, seed):
                self._call_and_send(CallArguments.of_input(data), own=data)

    def _call_and_send(self, arguments: CallArguments, *, own: Numbers | None) -> str:
        """Call it once; returns the text of its exception, or an empty text. ``own``: the input, where it is derived
        from the student's.
        """
        number, self._number = self._number, self._number + 1
        if self._caller.slow >= MAX_SLOW or self._run.clock.is_over(0.2):
            return ""
        trace = LineTrace(self._run.recorder) if self._run.lines else None
        with self._run.quiet(), torch.enable_grad():
            with trace or nullcontext():
                answer = self._caller.call(arguments, number)
            if number == 0 and not answer.get("steady", True):
                answer = self._caller.call(arguments, number)  # the first call may prepare something for later ones
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
            argument=None if own is None else recorder.stream.array(own),
            **({} if trace is None else {"lines": trace.lines}),
            **answer,
        )
        return "" if answer["error"] is None else answer["error"]["text"]
