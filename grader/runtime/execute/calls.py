"""Calls the student's functions after the run, with hidden inputs and with inputs derived from the student's calls."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import torch

from ..protocol.record import FUNCTION_CALL
from ..record.functions import DefinedFunction, Functions, Numbers, OneArgument
from ..record.recorder import Recorder
from ..record.stream import MAX_NAME, Json, is_tensor, raised, read_array
from .code_branches import BranchTrace
from .shifted_calls import NOWHERE, Point, measure
from .statements import Clock, Stopped

CALL_S = 1.0
"""Seconds for one call, and again for all calls of its numerical differentiation. A function gets half of it after its
first timeout, a third after its second, and so on."""
MAX_SLOW = 8
"""After this many timeouts of one function for one probe, its other calls are left out."""
MAX_OWN = 8
"""Arguments of the student's own calls from which inputs are derived."""
OWN_FACTORS = (1.0, -1.0, 0.01, -0.01, 100.0, -100.0)
JITTER = 0.1
_ONE_ELEMENT_ONLY = (
    "Boolean value of Tensor with more than one value",
    "elements cannot be converted to Scalar",
    "only one element tensors can be converted",
    "only length-1 arrays can be converted",
    "only 0-dimensional arrays can be converted",
)
"""Error texts of torch and Python where a vector is used as a number. ``judging.error_families`` has them, too."""


def seed_everything(seed: int) -> None:
    """Seed all random number generators, so that every run and every call gets the same random numbers."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.default_generator.manual_seed(seed)  # torch.manual_seed seeds every device type, which takes 0.2 ms


def call_functions(
    functions: Functions,
    probes: list[Json],
    payload: bytes,
    *,
    recorder: Recorder,
    clock: Clock,
    gradient_of: Callable[..., Any],
    quiet: Callable[[], AbstractContextManager[None]],
    seed: int,
) -> None:
    """Call every function that a probe asks for with every input of the probe, and send the results."""
    for probe in probes:
        drawn = [read_array(fields, payload) for fields in probe["inputs"]]
        for known in functions.matching(probe["functions"]):
            if clock.left() < 0.2:
                return
            call = None
            with quiet():
                try:
                    with clock.limit(min(CALL_S, clock.left())):
                        call = functions.callable_of(known)
                except Stopped:
                    continue
            if call is not None:
                _Caller(known, call, probe, recorder, clock, gradient_of, quiet, seed).call_with_all(drawn)


class _Caller:
    """Calls one function for one probe."""

    def __init__(
        self,
        known: DefinedFunction,
        call: OneArgument,
        probe: Json,
        recorder: Recorder,
        clock: Clock,
        gradient_of: Callable[..., Any],
        quiet: Callable[[], AbstractContextManager[None]],
        seed: int,
    ) -> None:
        self._known = known
        self._function = call
        self._probe = probe
        self._recorder = recorder
        self._clock = clock
        self._gradient_of = gradient_of
        self._quiet = quiet
        self._seed = seed
        self._number = 0
        self._slow = 0

    def call_with_all(self, drawn: list[Numbers]) -> None:
        """Call it with the inputs that the judge drew, then with those derived from the student's own calls."""
        for data in drawn:
            self._call_and_send(data, own=False)
        if not self._probe["own"]:
            return
        arguments = list(self._known.arguments.values())
        errors = [self._call_and_send(data, own=True) for data in own_inputs(arguments, self._seed)]
        if errors and all(any(words in error for words in _ONE_ELEMENT_ONLY) for error in errors):
            elements = [np.asarray(element) for argument in arguments for element in argument.flat]
            for data in own_inputs(elements, self._seed):
                self._call_and_send(data, own=True)

    def _call_and_send(self, data: Numbers, *, own: bool) -> str:
        """Call it once; returns the text of its exception, or an empty text."""
        number, self._number = self._number, self._number + 1
        if self._slow >= MAX_SLOW or self._clock.left() < 0.2:
            return ""
        with self._quiet(), torch.enable_grad():
            answer = self._call(data)
        known, code = self._known, self._known.function.__code__
        self._recorder.send(
            FUNCTION_CALL,
            place=self._recorder.place_of(code.co_filename, code.co_firstlineno),
            probe=self._probe["id"],
            function=known.position,
            name=known.function.__name__[:MAX_NAME],
            names=[name[:MAX_NAME] for name in list(known.names)[:20]],
            input=number,
            argument=self._recorder.stream.array(data) if own else None,
            **answer,
        )
        return "" if answer["error"] is None else answer["error"]["text"]

    def _call(self, data: Numbers) -> Json:
        """The result of a call. The gradient is that of the output's sum, ``second`` that of the gradient's sum."""
        probe, stream = self._probe, self._recorder.stream
        trace = BranchTrace(self._recorder.files) if probe["branches"] or probe["numeric"] else None
        tensor = _as_leaf(data)
        output: Any = None
        gradient = second = shifts = None
        failed: BaseException | None = None
        try:
            with self._limit():
                seed_everything(self._seed)
                with trace or nullcontext():
                    output = self._function(tensor)
                gradient = self._gradient(output, tensor)
                second = self._second(gradient, tensor)
            if trace is not None and probe["numeric"]:
                with self._limit():
                    shifts = measure(self._point_at, self._point_near, data, trace.fingerprint, seed=self._seed)
        except BaseException as error:
            failed = error
            self._slow += isinstance(error, Stopped)
            self._known.slow += isinstance(error, Stopped)
        # Outside the time limits: an interrupted frame would end the record.
        return {
            "output": None if output is None and failed is not None else stream.value(output),
            "gradient": stream.maybe_tensor(gradient),
            "second": stream.maybe_tensor(second),
            "branches": "" if trace is None else trace.fingerprint,
            "shifts": None if shifts is None else shifts.described(stream),
            "error": None if failed is None else raised(failed),
        }

    def _limit(self) -> AbstractContextManager[None]:
        return self._clock.limit(min(CALL_S / (1 + self._known.slow), self._clock.left()))

    def _gradient(self, output: object, tensor: torch.Tensor) -> torch.Tensor | None:
        if not is_tensor(output) or not output.requires_grad or not tensor.requires_grad:
            return None
        second = self._probe["second"]
        (gradient,) = self._gradient_of(output.sum(), tensor, create_graph=second, allow_unused=True)
        assert gradient is None or is_tensor(gradient)
        return gradient

    def _second(self, gradient: torch.Tensor | None, tensor: torch.Tensor) -> torch.Tensor | None:
        """The second derivative: zero where autograd sees a constant gradient, None where there is no gradient."""
        if gradient is None or not self._probe["second"]:
            return None
        if not gradient.requires_grad:
            return torch.zeros_like(gradient)
        (second,) = self._gradient_of(gradient.sum(), tensor, allow_unused=True)
        return torch.zeros_like(gradient) if second is None else second

    def _point_at(self, data: Numbers) -> Point:
        """Evaluate at the input itself, with autograd's gradients. Raises Stopped."""
        return self._point(data, gradients=2 if self._probe["second"] else 1)

    def _point_near(self, data: Numbers) -> Point:
        """Evaluate at a shifted input. A gradient is needed only to differentiate it numerically. Raises Stopped."""
        return self._point(data, gradients=1 if self._probe["second"] else 0)

    def _point(self, data: Numbers, *, gradients: int) -> Point:
        trace = BranchTrace(self._recorder.files)
        tensor = _as_leaf(data)
        try:
            seed_everything(self._seed)
            with trace:
                output = self._function(tensor)
            total = _sum(output, tensor.dtype)
            if total is None:
                return NOWHERE
            gradient = self._gradient(output, tensor) if gradients else None
            second = self._second(gradient, tensor) if gradients > 1 else None
        except Stopped:
            raise
        except BaseException:
            return NOWHERE
        slope = math.nan if gradient is None else float(gradient.detach().double().sum())
        return Point(total, slope, trace.fingerprint, gradient, second)


def _sum(output: object, dtype: torch.dtype) -> float | None:
    """The sum of an output's elements; None where it is no number, or of another precision than the input."""
    if is_tensor(output):
        if output.is_complex() or (output.is_floating_point() and output.dtype != dtype):
            return None
        return float(output.detach().double().sum())
    return float(output) if isinstance(output, (int, float)) else None


def own_inputs(arguments: list[Numbers], seed: int) -> Iterator[Numbers]:
    """Inputs derived from the arguments of the student's own calls: with noise, and multiplied by ``OWN_FACTORS``.

    Small arguments come first. Where there are many arguments, evenly spaced ones are taken.
    """
    step = max(1, math.ceil(len(arguments) / MAX_OWN))
    chosen = sorted(arguments[::step], key=lambda argument: argument.size)
    for turn, factor in enumerate(OWN_FACTORS):
        for number, argument in enumerate(chosen):
            wide = np.asarray(argument, dtype=np.float64)
            scale = float(np.abs(wide).max()) or 1.0
            jitter = np.random.default_rng([seed, turn, number]).uniform(-JITTER, JITTER, wide.shape) * scale
            with np.errstate(over="ignore"):
                made = np.asarray(factor * (wide + jitter)).astype(argument.dtype)
            if np.isfinite(made).all():
                yield made


def _as_leaf(data: Numbers) -> torch.Tensor:
    """A new tensor for every call, because a function may write to its argument."""
    tensor = torch.from_numpy(data.copy())
    return tensor.requires_grad_(True) if tensor.is_floating_point() else tensor
