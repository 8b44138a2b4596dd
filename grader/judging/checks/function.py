"""Kind ``function``: the student's functions, called with hidden inputs, give what is asked for."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from grader.judging.called_functions import Attempt, Called, does_the_same, functions_called
from grader.judging.checks.base import REFERENCE, Check
from grader.judging.comparison import Comparison, compare
from grader.judging.context import Candidate, Context, Observed, Trial, bounded, evidence, examine, meets
from grader.judging.error_families import name_of
from grader.judging.hidden_inputs import Inputs, InputSpecs, OwnInputs, UniformInputs, draw
from grader.judging.numeric_gradient import compare_with_slopes, slopes
from grader.language.values import Undefined
from grader.model import Array, CallProbe, FunctionCall, Probes, Verdict

NUMERIC = "numeric"
"""The word that stands for numerical differentiation in ``expect``."""

# What functions are compared on to see whether they do the same: both signs, numbers and vectors, a large one.
_LIKENESS: tuple[Inputs, ...] = (
    UniformInputs(uniform=(), low=1, high=3),
    UniformInputs(uniform=(), low=-3, high=-1),
    UniformInputs(uniform=(), low=500, high=2000),
    UniformInputs(uniform=(3,), low=1, high=3),
    UniformInputs(uniform=(3,), low=-3, high=-1),
)


_Scopes = Mapping[int, Mapping[str, object]]
"""The variables of a function's calls, by input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """What the reference solution says. ``scopes`` are the variables of its function with a listed name, else of its
    latest one; ``given``, with ``unlike``, its functions that students were given.
    """

    scopes: _Scopes
    given: tuple[Called, ...]


class FunctionCheck(Check):
    """Calls every function that fits with each hidden input. All inputs have to come out right; the simplest that
    does not is the one that is reported.
    """

    kind: Literal["function"]
    function: tuple[str, ...] = Field(
        description="The function's name, a list of names, or `any`: whatever it is called. Listed names come first."
    )
    inputs: InputSpecs = Field(
        description="The hidden inputs, simple ones first; `own` stands for the arguments of the student's own calls, "
        "moved a little, times ±1, ±0.01 and ±100."
    )
    unlike: Literal["reference"] | None = Field(
        default=None,
        description="`reference`: functions that students were given do not count, and none that does the same. Those "
        "are the functions of the reference solution, save the last one that passes this check: its own answer.",
    )

    WANTED_WORDS: ClassVar[frozenset[str]] = frozenset({REFERENCE, NUMERIC})

    @field_validator("function", mode="before", json_schema_input_type=str | list[str])
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _wanted_words_fit(self) -> FunctionCheck:
        for observed, wanted in self.expect:
            if wanted.text == NUMERIC and observed.text not in ("gradient", "second"):
                raise ValueError(
                    f"`numeric` is what `gradient` or `second` can be compared with, not `{observed.text}`"
                )
            if wanted.text == REFERENCE and self._has_own_inputs:
                raise ValueError(
                    "`reference` cannot be wanted with `own` inputs: those of the reference are others. Compare with "
                    "`numeric`, or with an expression"
                )
        return self

    def wants_reference(self) -> bool:
        return self.unlike is not None or super().wants_reference()

    def variables(self) -> frozenset[str]:
        return frozenset({"input", "output", "gradient", "second", "paths", "error"})

    # ----------------------------------------------------------------------------------------------------------------
    # What is asked of the sandbox
    # ----------------------------------------------------------------------------------------------------------------

    def probes(self, exercise: str, seed: int) -> Probes:
        calls = [
            CallProbe(
                id=self._probe_id(exercise),
                functions=self.function,
                inputs=draw(self.inputs, seed=seed, key=self._key(exercise)),
                own=self._has_own_inputs,
                second="second" in self._names_used,
                branches="paths" in self._names_used,
                numeric=self._wants_numeric,
            )
        ]
        if self.unlike:
            identity = f"{exercise}/likeness/{'+'.join(self.function)}"
            likeness = draw(_LIKENESS, seed=seed, key=f"{exercise}/likeness")
            calls.append(CallProbe(id=identity, functions=self.function, inputs=likeness))
        return Probes(calls=tuple(calls))

    @property
    def _has_own_inputs(self) -> bool:
        return any(isinstance(entry, OwnInputs) for entry in self.inputs)

    @property
    def _wants_numeric(self) -> bool:
        return any(wanted.text == NUMERIC for _, wanted in self.expect)

    @cached_property
    def _names_used(self) -> frozenset[str]:
        return frozenset().union(*(line.names for _, line in self.expressions()))

    def _key(self, exercise: str) -> str:
        """The same for checks with the same functions and inputs, which are then drawn once."""
        text = repr((self.function, self.inputs))
        return f"{exercise}/{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def _probe_id(self, exercise: str) -> str:
        """Checks that also want to know the same share their calls."""
        wants = {
            "second": "second" in self._names_used,
            "branches": "paths" in self._names_used,
            NUMERIC: self._wants_numeric,
        }
        return "+".join((self._key(exercise), *(name for name, wanted in wants.items() if wanted)))

    # ----------------------------------------------------------------------------------------------------------------
    # Judgement
    # ----------------------------------------------------------------------------------------------------------------

    def judge(self, context: Context) -> Verdict:
        model = self._model(context)
        functions = self._functions(context, model)
        attempts = list(self._attempts(functions, model.scopes))
        # Where anything may be the answer, a search finds nothing but what fits; an open question takes what there is.
        found = [attempt for attempt in attempts if attempt.met or attempt.named or self.unlike]
        if not found:
            message = self._nothing(bool(attempts))
            return Verdict(check=self.id, status="failed", message=message, scopes=self._scopes(functions))
        scope = context.subject.scope
        best = max(
            found,
            key=lambda a: (
                a.passed,
                not scope.is_given(a.called.place),
                a.called.place in scope,
                a.share,
                a.named,
                a.called.number,
            ),
        )
        return self._verdict(best, len(found), context)

    def _functions(self, context: Context, model: _Model) -> list[Called]:
        """Those that were called; with ``unlike`` none that students were given, nor any that does the same."""
        observed, scope = context.subject.observed, context.subject.scope
        asked, *likeness = context.probes.calls
        left_out = {
            called.number
            for probe in likeness
            for called in functions_called(observed, probe)
            if scope.is_given(called.place) or any(does_the_same(called, given) for given in model.given)
        }
        return [called for called in functions_called(observed, asked) if called.number not in left_out]

    def _attempts(self, functions: Iterable[Called], theirs: _Scopes) -> Iterator[Attempt]:
        """How each function fared that was called, and has something to be judged by."""
        for called in functions:
            attempt = self._attempt(called, theirs)
            if attempt.trials or attempt.undecided:
                yield attempt

    def _attempt(self, called: Called, theirs: _Scopes) -> Attempt:
        trials: list[tuple[FunctionCall, Trial]] = []
        refused: list[tuple[FunctionCall, Trial]] = []
        undecided = 0
        for call in called.calls:
            candidate = Candidate(position=called.position, place=call.place, scope=self._scope(called, call))
            if not meets(self, candidate):
                continue
            compared = self._compare_with_slopes(called, call)
            if compared is None:
                undecided += 1
                continue
            trial = call, examine(self, candidate, theirs.get(call.input), compared)
            (refused if called.refuses(call) else trials).append(trial)
        # A function that takes none of its inputs is not excused.
        return Attempt(
            called=called,
            named=bool(set(called.names) & set(self.function)),
            trials=tuple(trials or refused),
            refused=tuple(call for call, _ in refused) if trials else (),
            undecided=undecided,
        )

    def _scope(self, called: Called, call: FunctionCall) -> dict[str, object]:
        scope: dict[str, object] = {
            "input": called.inputs[call.input],
            "output": call.output,
            "gradient": call.gradient,
            "error": None if call.error is None else name_of(call.error),
        }
        if "second" in self._names_used:
            scope["second"] = call.second
        if "paths" in self._names_used:
            scope["paths"] = called.paths
        return scope

    def _scopes(self, functions: Iterable[Called]) -> tuple[Mapping[str, object], ...]:
        """The variables of every call, whether it is a candidate or not, those of later functions first."""
        latest = sorted(functions, key=lambda called: -called.number)
        calls = ((called, call) for called in latest for call in called.calls)
        return bounded(self._scope(called, call) for called, call in calls)

    def _compare_with_slopes(self, called: Called, call: FunctionCall) -> dict[str, Comparison] | None:
        """The lines that want ``numeric``; None where the slope at this input cannot be measured."""
        compared: dict[str, Comparison] = {}
        for observed, wanted in self.expect:
            if wanted.text != NUMERIC:
                continue
            which: Literal["gradient", "second"] = "second" if observed.text == "second" else "gradient"
            shifts = call.shifts
            if call.error is not None:
                comparison: Comparison | None = compare(None, Undefined("the function raised an error"))
            elif not isinstance(call.output, Array):
                returned = "None" if call.output is None else call.output.text or call.output.kind
                comparison = compare(None, Undefined(f"the function returns {returned}"))
                comparison = replace(comparison, message=f"cannot be: it returns `{returned}` where a tensor is needed")
            elif shifts is None:
                comparison = None
            else:
                gradient = shifts.second if which == "second" else shifts.gradient
                measured = slopes(shifts, which, math.prod(called.inputs[call.input].shape))
                comparison = compare_with_slopes(gradient, measured, which, tolerance=self.tolerance)
            if comparison is None:
                return None
            compared[observed.text] = comparison
        return compared

    def _model(self, context: Context) -> _Model:
        """The same for every submission, and so made once."""
        reference = context.reference
        if reference is None:
            return _Model(scopes={}, given=())
        return reference.once((context.exercise, self.id), lambda: self._read_model(reference, context.probes))

    def _read_model(self, reference: Observed, probes: Probes) -> _Model:
        asked, *likeness = probes.calls
        functions = functions_called(reference, asked)
        scopes: _Scopes = {}
        if functions:
            named = [called for called in functions if set(called.names) & set(self.function)]
            chosen = max(named or functions, key=lambda called: called.number)
            scopes = {call.input: self._scope(chosen, call) for call in chosen.calls}
        if not likeness:
            return _Model(scopes=scopes, given=())
        answers = [attempt.called.number for attempt in self._attempts(functions, scopes) if attempt.passed]
        answer = max(answers, default=None)
        given = [called for probe in likeness for called in functions_called(reference, probe)]
        return _Model(scopes=scopes, given=tuple(called for called in given if called.number != answer))

    # ----------------------------------------------------------------------------------------------------------------
    # Words
    # ----------------------------------------------------------------------------------------------------------------

    def _nothing(self, others: bool) -> str:
        names = [name for name in self.function if name != "any"]
        wanted = f"No function `{names[0]}` of one argument" if names else "No function of one argument"
        if self._has_own_inputs:
            wanted += ", called with a tensor or a number,"
        if self.unlike:
            return f"{wanted} was found besides those that were given."
        if others and "any" in self.function:
            return f"{wanted} was found, nor another one that does what is asked for."
        return f"{wanted} was found."

    def _verdict(self, best: Attempt, candidates: int, context: Context) -> Verdict:
        failing = best.failing
        comparison = failing[0][1].comparison if failing and failing[0][0].error is None else None
        return Verdict(
            check=self.id,
            status="passed" if best.passed else "failed",
            message=best.message(),
            expected=None if comparison is None else comparison.expected,
            actual=None if comparison is None else comparison.actual,
            place=best.called.place,
            position=best.called.position if best.passed else None,
            share=best.share,
            found=True,
            candidates=candidates,
            evidence=evidence(self, context, best.called.place, passed=best.passed),
            scopes=bounded(trial.candidate.scope for _, trial in failing or best.trials),
        )
