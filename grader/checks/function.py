"""Kind ``function``: one of the student's functions gives the right output, or gradient, on hidden inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, field_validator

from grader.checks.base import Check
from grader.checks.context import REFERENCE, Candidate, Context, Subject, Trial, evidence, examine, meets
from grader.checks.families import name_of
from grader.comparison import show
from grader.inputs import InputSpecs, draw
from grader.model import Array, CallProbe, FunctionCall, Probes, Verdict


class FunctionCheck(Check):
    """Calls every function that fits with each hidden input. All inputs have to come out right; the simplest that
    does not is the one that is reported.
    """

    kind: Literal["function"]
    function: tuple[str, ...] = Field(
        description="The function's name, a list of names, or `any`: whatever it is called. Listed names come first."
    )
    inputs: InputSpecs = Field(description="The hidden inputs, simple ones first.")

    WANTED_WORDS = frozenset({REFERENCE})

    @field_validator("function", mode="before", json_schema_input_type=str | list[str])
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    def variables(self) -> frozenset[str]:
        return frozenset({"input", "output", "gradient", "error"})

    def probes(self, exercise: str, seed: int) -> Probes:
        probe = CallProbe(id=self._key(exercise), functions=self.function, inputs=self._inputs(exercise, seed))
        return Probes(calls=(probe,))

    def _key(self, exercise: str) -> str:
        """Checks with the same functions and inputs share a key, and so their calls."""
        text = repr((self.function, self.inputs))
        return f"{exercise}/{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def _inputs(self, exercise: str, seed: int) -> tuple[npt.NDArray[Any], ...]:
        return draw(self.inputs, seed=seed, key=self._key(exercise))

    def judge(self, context: Context) -> Verdict:
        key = self._key(context.exercise)
        inputs = self._inputs(context.exercise, context.seed)
        theirs = {} if context.reference is None else _reference(self.function, key, context.reference)
        functions = []
        for position, calls in _functions(key, context.subject):
            trials = []
            for call in calls:
                candidate = Candidate(position=position, place=call.place, scope=_scope(call, inputs))
                reference = _scope(theirs[call.input], inputs) if call.input in theirs else None
                if meets(self, candidate):
                    trials.append((call, examine(self, candidate, reference)))
            if trials:
                named = bool(set(calls[0].names) & set(self.function))
                functions.append(_Function(name=calls[0].name, named=named, asked=len(inputs), trials=tuple(trials)))
        found = [function for function in functions if function.met or function.named]
        if not found:
            return Verdict(check=self.id, status="failed", message=self._nothing(bool(functions)))
        best = max(
            found,
            key=lambda f: (
                f.passed,
                f.trials[0][0].place in context.subject.scope,
                f.met,
                f.named,
                f.trials[0][0].function,
            ),
        )
        return self._verdict(best, len(found), context)

    def _nothing(self, others: bool) -> str:
        names = [name for name in self.function if name != "any"]
        wanted = f"No function `{names[0]}` of one argument" if names else "No function of one argument"
        if others and "any" in self.function:
            return f"{wanted} was found, nor another one that does what is asked for."
        return f"{wanted} was found."

    def _verdict(self, best: _Function, candidates: int, context: Context) -> Verdict:
        failing = [(call, trial) for call, trial in best.trials if not trial.passed]
        call, trial = failing[0] if failing else best.trials[0]
        comparison = trial.comparison if failing and call.error is None else None
        return Verdict(
            check=self.id,
            status="passed" if best.passed else "failed",
            message=best.message(),
            expected=None if comparison is None else comparison.expected,
            actual=None if comparison is None else comparison.actual,
            place=call.place,
            position=trial.candidate.position if best.passed else None,
            share=best.met / best.asked,
            found=True,
            candidates=candidates,
            evidence=evidence(self, context, call.place, passed=best.passed),
            scopes=tuple(trial.candidate.scope for _, trial in failing or best.trials),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Function:
    """One of the student's functions with how each input fared, in the order of the inputs.

    ``asked`` is the number of inputs; fewer trials than that mean that the calls took too long.
    """

    name: str
    named: bool
    asked: int
    trials: tuple[tuple[FunctionCall, Trial], ...]

    @property
    def met(self) -> int:
        return sum(trial.passed for _, trial in self.trials)

    @property
    def passed(self) -> bool:
        return self.met == self.asked

    def message(self) -> str:
        """How the function fared, and what the simplest input that failed shows."""
        if self.passed:
            return f"`{self.name}` is right on all {self.asked} hidden inputs."
        wrong = self.asked - self.met
        share = f"all {self.asked}" if wrong == self.asked else f"{wrong} of {self.asked}"
        failing = next(((call, trial) for call, trial in self.trials if not trial.passed), None)
        if failing is None:
            return f"`{self.name}` took too long on {share} hidden inputs."
        call, trial = failing
        given = show(trial.candidate.scope["input"])
        if call.error is not None and call.error.type == "Stopped":
            what = "it takes too long: does its loop end?"
        elif call.error is not None:
            what = f"it raises {call.error.type}: {call.error.text}"
        elif trial.comparison is not None:
            what = f"its {trial.observed} {trial.comparison.message}"
        else:
            what = f"`{trial.broken}` does not hold."
        return f"`{self.name}` is wrong on {share} hidden inputs. Given {given}, {what}"


def _functions(key: str, subject: Subject) -> Iterator[tuple[int, list[FunctionCall]]]:
    """The calls for a probe, function by function, each with the position of its first event."""
    calls: dict[int, list[FunctionCall]] = {}
    positions: dict[int, int] = {}
    for position, event in enumerate(subject.observation.events):
        if isinstance(event, FunctionCall) and event.probe == key:
            calls.setdefault(event.function, []).append(event)
            positions.setdefault(event.function, position)
    for function, events in calls.items():
        yield positions[function], sorted(events, key=lambda event: event.input)


def _reference(names: tuple[str, ...], key: str, reference: Subject) -> Mapping[int, FunctionCall]:
    """The reference's calls by input: those of the function with a listed name, else of its latest one."""
    functions = [calls for _, calls in _functions(key, reference)]
    named = [calls for calls in functions if set(calls[0].names) & set(names)]
    chosen = (named or functions or [[]])[-1]
    return {call.input: call for call in chosen}


def _scope(call: FunctionCall, inputs: tuple[npt.NDArray[Any], ...]) -> dict[str, object]:
    # The stream is the student's: a number of an input that was never asked for must not be an IndexError.
    data = inputs[call.input] if 0 <= call.input < len(inputs) else np.zeros(0)
    return {
        "input": Array(kind="tensor", dtype=data.dtype.name, shape=data.shape, data=data),
        "output": call.output,
        "gradient": call.gradient,
        "error": None if call.error is None else name_of(call.error),
    }
