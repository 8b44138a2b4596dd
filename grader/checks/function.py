"""Kind ``function``: the student's functions, called with hidden inputs, give what is asked for."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from grader.checks.base import REFERENCE, Check
from grader.checks.called import Attempt, Called, Numbers, does_the_same, functions_called
from grader.checks.context import Candidate, Context, Subject, Trial, evidence, examine, meets
from grader.checks.families import name_of
from grader.comparison import Comparison, Undefined, compare
from grader.inputs import Inputs, InputSpecs, OwnInputs, UniformInputs, draw
from grader.model import Array, CallProbe, FunctionCall, Probes, Verdict
from grader.numeric import compare_with_slopes, slopes

NUMERIC = "numeric"
"""The word that stands for numerical differentiation in ``expect``."""
MAX_SCOPES = 200

# What functions are compared on to see whether they do the same: both signs, numbers and vectors, a large one.
_LIKENESS: tuple[Inputs, ...] = (
    UniformInputs(uniform=(), low=1, high=3),
    UniformInputs(uniform=(), low=-3, high=-1),
    UniformInputs(uniform=(), low=500, high=2000),
    UniformInputs(uniform=(3,), low=1, high=3),
    UniformInputs(uniform=(3,), low=-3, high=-1),
)


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
        drawn = self._inputs(exercise, seed)
        calls = [
            CallProbe(
                id=self._probe_id(exercise),
                functions=self.function,
                inputs=drawn,
                own=self._has_own_inputs,
                second=self._uses("second"),
                ways=self._uses("paths"),
                numeric=self._wants_numeric,
            )
        ]
        if self.unlike:
            likeness = _likeness_inputs(exercise, seed)
            calls.append(CallProbe(id=self._likeness_id(exercise), functions=self.function, inputs=likeness))
        return Probes(calls=tuple(calls))

    @property
    def _has_own_inputs(self) -> bool:
        return any(isinstance(entry, OwnInputs) for entry in self.inputs)

    @property
    def _wants_numeric(self) -> bool:
        return any(wanted.text == NUMERIC for _, wanted in self.expect)

    def _uses(self, name: str) -> bool:
        return any(name in line.names for _, line in self.expressions())

    def _key(self, exercise: str) -> str:
        """The same for checks with the same functions and inputs, which are then drawn once."""
        text = repr((self.function, self.inputs))
        return f"{exercise}/{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def _probe_id(self, exercise: str) -> str:
        """Checks that also want to know the same share their calls."""
        wants = {"second": self._uses("second"), "ways": self._uses("paths"), NUMERIC: self._wants_numeric}
        return "+".join((self._key(exercise), *(name for name, wanted in wants.items() if wanted)))

    def _likeness_id(self, exercise: str) -> str:
        return f"{exercise}/likeness/{'+'.join(self.function)}"

    def _inputs(self, exercise: str, seed: int) -> tuple[Numbers, ...]:
        return draw(self.inputs, seed=seed, key=self._key(exercise))

    # ----------------------------------------------------------------------------------------------------------------
    # Judgement
    # ----------------------------------------------------------------------------------------------------------------

    def judge(self, context: Context) -> Verdict:
        theirs = {} if context.reference is None else self._reference_scopes(context, context.reference)
        left_out = self._given_functions(context, theirs)
        attempts = list(self._attempts(context, context.subject, theirs, left_out))
        # Where anything may be the answer, a search finds nothing but what fits; an open question takes what there is.
        found = [attempt for attempt in attempts if attempt.met or attempt.named or self.unlike]
        if not found:
            scopes = self._scopes(context, left_out)
            return Verdict(check=self.id, status="failed", message=self._nothing(bool(attempts)), scopes=scopes)
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

    def _attempts(
        self,
        context: Context,
        subject: Subject,
        theirs: Mapping[int, Mapping[str, object]],
        left_out: Collection[int] = (),
    ) -> Iterator[Attempt]:
        """How each function fared that was called, and has something to be judged by."""
        drawn = self._inputs(context.exercise, context.seed)
        for called in functions_called(subject.observation, self._probe_id(context.exercise), drawn):
            if called.number in left_out:
                continue
            attempt = self._attempt(called, theirs)
            if attempt.trials or attempt.undecided:
                yield attempt

    def _attempt(self, called: Called, theirs: Mapping[int, Mapping[str, object]]) -> Attempt:
        trials: list[tuple[FunctionCall, Trial]] = []
        refused: list[tuple[FunctionCall, Trial]] = []
        undecided = 0
        paths = called.paths
        for call in called.calls:
            candidate = Candidate(position=called.position, place=call.place, scope=self._scope(called, call, paths))
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

    def _scope(self, called: Called, call: FunctionCall, paths: int) -> dict[str, object]:
        scope: dict[str, object] = {
            "input": called.inputs[call.input],
            "output": call.output,
            "gradient": call.gradient,
            "error": None if call.error is None else name_of(call.error),
        }
        if self._uses("second"):
            scope["second"] = call.second
        if self._uses("paths"):
            scope["paths"] = paths
        return scope

    def _scopes(self, context: Context, left_out: Collection[int]) -> tuple[Mapping[str, object], ...]:
        """The variables of every call, whether it is a candidate or not, those of later functions first."""
        drawn = self._inputs(context.exercise, context.seed)
        functions = functions_called(context.subject.observation, self._probe_id(context.exercise), drawn)
        latest = sorted((one for one in functions if one.number not in left_out), key=lambda one: -one.number)
        return tuple(self._scope(one, call, one.paths) for one in latest for call in one.calls)[:MAX_SCOPES]

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

    def _reference_scopes(self, context: Context, reference: Subject) -> dict[int, Mapping[str, object]]:
        """The reference's variables by input: of the function with a listed name, else of its latest one."""
        drawn = self._inputs(context.exercise, context.seed)
        functions = list(functions_called(reference.observation, self._probe_id(context.exercise), drawn))
        named = [called for called in functions if set(called.names) & set(self.function)]
        if not functions:
            return {}
        chosen = max(named or functions, key=lambda called: called.number)
        return {call.input: self._scope(chosen, call, chosen.paths) for call in chosen.calls}

    def _given_functions(self, context: Context, theirs: Mapping[int, Mapping[str, object]]) -> frozenset[int]:
        """With ``unlike``: the numbers of the functions that students were given, and of those that do the same."""
        if not self.unlike or context.reference is None:
            return frozenset()
        inputs = _likeness_inputs(context.exercise, context.seed)
        identity = self._likeness_id(context.exercise)
        answers = [a.called.number for a in self._attempts(context, context.reference, theirs) if a.passed]
        answer = max(answers, default=None)
        models = [
            model
            for model in functions_called(context.reference.observation, identity, inputs)
            if model.number != answer
        ]
        return frozenset(
            called.number
            for called in functions_called(context.subject.observation, identity, inputs)
            if context.subject.scope.is_given(called.place) or any(does_the_same(called, model) for model in models)
        )

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
            scopes=tuple(trial.candidate.scope for _, trial in failing or best.trials)[:MAX_SCOPES],
        )


def _likeness_inputs(exercise: str, seed: int) -> tuple[Numbers, ...]:
    return draw(_LIKENESS, seed=seed, key=f"{exercise}/likeness")
