"""Functions that stand in many files, as helpers of something else: what passes on them identifies nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.judging.checks.base import Check
from grader.judging.checks.yaml_lines import NUMERIC, REFERENCE
from grader.judging.comparison import compare
from grader.judging.functions.argument_roles import CallRecord, roles_of
from grader.judging.functions.asked_calls import AskedCalls
from grader.judging.trials import Candidate, examine, fits
from grader.model import ArgumentResult, Array, RunPlace, job

Numbers = npt.NDArray[np.float64]
Formula = Callable[[Numbers], Numbers]

_FUNCTIONS: Mapping[str, tuple[Formula, Formula, Formula]] = {
    "x + 1": (lambda x: x + 1, np.ones_like, np.zeros_like),
    "3 * x": (lambda x: 3 * x, lambda x: np.full_like(x, 3), np.zeros_like),
    "-x / 2": (lambda x: -x / 2, lambda x: np.full_like(x, -0.5), np.zeros_like),
    "x ** 2": (lambda x: x * x, lambda x: 2 * x, lambda x: np.full_like(x, 2)),
    "sin(x)": (np.sin, np.cos, lambda x: -np.sin(x)),
}
"""Each function with its derivatives of the first and second order."""
WEIGHT = -1.5
_NOWHERE = RunPlace(cell=0, line=0, statement=0)


def plain_functions_that_pass(check: Check, asked: AskedCalls) -> tuple[str, ...]:
    """The plain functions that pass a ``function`` check. None passes where the reference decides."""
    if any(wanted.name == REFERENCE for _, wanted in check.expect):
        return ()
    tried = _calls_with_arguments(asked.argument_samples()) if asked.arguments else _calls(tuple(asked.samples()))
    return tuple(text for text, calls in tried if _passes(check, calls))


def _passes(check: Check, calls: list[dict[str, object]]) -> bool:
    # The gradients of plain functions are as measured.
    measured = {observed.text: compare(None, None) for observed, wanted in check.expect if wanted.name == NUMERIC}
    candidates = [Candidate(position=0, place=_NOWHERE, variables=variables) for variables in calls]
    fitting = [candidate for candidate in candidates if fits(check, candidate)]
    return bool(fitting) and all(examine(check, candidate, None, measured).passed for candidate in fitting)


def _calls(inputs: tuple[npt.NDArray[Any], ...]) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """The variables of the check for every input, for one plain function after another."""
    for text, (function, derivative, second) in _FUNCTIONS.items():
        calls = []
        for given in inputs:
            data = given.astype(np.float64)
            gradient = derivative(data)
            calls.append(
                {
                    "input": _array(data),
                    "output": _array(function(data)),
                    "gradient": _array(gradient),
                    "weights": _array(np.full_like(data, WEIGHT)),
                    "weighed_gradient": _array(WEIGHT * gradient),
                    "second": _array(second(data)),
                    "paths": 1,
                    "branches": 1,
                    "varies": False,
                    "redraws": False,
                    "torch_calls": (),
                    "custom_function": False,
                    "error": None,
                }
            )
        yield text, calls


_OF_ALL: Mapping[str, tuple[Callable[[Numbers], Any], Formula, Formula]] = {
    "the sum of all arguments": (np.sum, np.ones_like, np.zeros_like),
    "three times their sum": (lambda x: 3 * np.sum(x), lambda x: np.full_like(x, 3), np.zeros_like),
    "the sum of their squares": (lambda x: np.sum(x * x), lambda x: 2 * x, lambda x: np.full_like(x, 2)),
}
"""Functions of all tensors that are handed in, as one term for each of them, with its derivatives."""


def _calls_with_arguments(samples: Sequence[job.Arguments]) -> Iterator[tuple[str, list[dict[str, object]]]]:
    for text, formulas in _OF_ALL.items():
        yield text, [_variables(arguments, formulas) for arguments in samples]


def _variables(
    arguments: job.Arguments, formulas: tuple[Callable[[Numbers], Any], Formula, Formula]
) -> dict[str, object]:
    """The variables of a call of such a function."""
    function, derivative, second = formulas
    tensors = dict(tensors_in(arguments))
    results = [
        ArgumentResult(
            path=path,
            gradient=_array(derivative(data)),
            second=_array(second(data)),
            weighed=_array(WEIGHT * derivative(data)),
        )
        for path, data in tensors.items()
    ]
    numbers = list(tensors.values()) or list(_numbers_in(arguments))
    output = _array(np.asarray(sum(function(data) for data in numbers), np.float64))
    return {
        "weights": _array(np.asarray(WEIGHT)),
        **roles_of(arguments, CallRecord.of(results, ())),
        "output": output,
        "paths": 1,
        "branches": 1,
        "varies": False,
        "redraws": False,
        "torch_calls": (),
        "custom_function": False,
        "error": None,
    }


def _numbers_in(arguments: job.Arguments) -> Iterator[Numbers]:
    """The numbers among some arguments, for a function that gets no tensor."""
    for _, argument in (*arguments.by_position, *arguments.by_name):
        if isinstance(argument, job.PlainArgument) and isinstance(argument.value, int | float):
            yield np.asarray(argument.value, np.float64)


def tensors_in(arguments: job.Arguments) -> Iterator[tuple[str, Numbers]]:
    """The tensors among some arguments that require a gradient, by their paths."""
    for name, argument in (*arguments.by_position, *arguments.by_name):
        yield from _tensors_of(name, argument)


def _tensors_of(path: str, argument: job.Argument) -> Iterator[tuple[str, Numbers]]:
    match argument:
        case job.TensorArgument(data=data, requires_grad=True):
            yield path, data.astype(np.float64)
        case job.ManyArguments(items=items, keys=keys):
            names = [f'["{key}"]' for key in keys] if keys else [f"[{index}]" for index in range(len(items))]
            for name, item in zip(names, items, strict=True):
                yield from _tensors_of(f"{path}{name}", item)


def _array(data: npt.NDArray[Any]) -> Array:
    return Array(kind="tensor", dtype="float64", shape=data.shape, data=np.asarray(data))
