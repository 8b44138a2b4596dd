"""Kind ``function``: a function of the student's returns what is asked for when called with hidden inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from grader.judging.bounds import bounded
from grader.judging.candidates import Candidate, Trial, difference_of, examine, fits, proves_attempt
from grader.judging.checks.base import REFERENCE, Check
from grader.judging.context import Context, Subject
from grader.judging.error_families import name_of
from grader.judging.foreign_hands import blame, foreign, withhold, withhold_undecided
from grader.judging.functions.called_functions import CalledFunction, functions_called, is_equivalent
from grader.judging.functions.function_gradients import NUMERIC, compared_with_reference, compared_with_slopes
from grader.judging.functions.function_results import FunctionResult
from grader.judging.functions.hidden_inputs import Inputs, InputSpecs, OwnInputs, UniformInputs, draw
from grader.judging.functions.plain_functions import plain_functions_that_pass
from grader.judging.observed import Observed
from grader.judging.variable_kinds import FLAG, NUMBERS, WORD, VariableKind
from grader.model import CallProbe, Found, FunctionCall, Hand, Probes, Verdict
from grader.runtime.protocol.record import INPUT

# Two functions that agree on these inputs are equivalent: both signs, small and large, numbers and vectors.
_LIKENESS: tuple[Inputs, ...] = (
    UniformInputs(uniform=(), low=1, high=3),
    UniformInputs(uniform=(), low=-3, high=-1),
    UniformInputs(uniform=(), low=500, high=2000),
    UniformInputs(uniform=(3,), low=1, high=3),
    UniformInputs(uniform=(3,), low=-3, high=-1),
)


# Of what the student's own inputs may look like.
_LIKE_OWN = (np.array(2.5), np.array([0.7, -1.3, 40.0]))

_WAYS = frozenset({"paths", "branches"})
_RECORDED_ON_DEMAND: Mapping[str, str] = {
    "second": "expect: {second: numeric}",
    "paths": "given: paths >= 1",
    "branches": "given: branches >= 1",
    "varies": "holds: varies",
}
"""What costs further calls, so that it is recorded only for a check that reads it; each with a line that does."""

_VariablesByInput = Mapping[int, Mapping[str, object]]
"""The variables of a function's calls, by the number of the input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reference:
    """The reference solution's functions, as far as they are needed to judge.

    ``variables`` are those of its last function with a listed name, else of its last function. ``given`` are its
    functions that students were given, with ``unlike`` only.
    """

    variables: _VariablesByInput
    given: tuple[CalledFunction, ...]


class FunctionCheck(Check):
    """Calls every function that fits with every hidden input. The function must be right for all inputs; the message
    is about the simplest input for which it is wrong.
    """

    LOOKS_AT_GRADIENTS: ClassVar[bool] = True

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
        description="`reference`: functions that students were given, and equivalent ones, do not count. Those are all "
        "functions of the reference solution except the last one that passes this check, which is its answer.",
    )

    VALUES: ClassVar[Mapping[str, VariableKind]] = {
        **dict.fromkeys(("input", "gradient", "weights", "weighed_gradient", "second"), NUMBERS),
        # Not `paths` and `branches`: a line that always holds, `paths >= 1`, lets a rubric read them.
        "varies": FLAG,
        "error": WORD,
    }
    IGNORES: ClassVar[Mapping[str, str]] = {
        "names": "its expressions know no names of the student's",
        "after": "functions are called when the submission has ended",
        "through": "it calls functions, and looks at no pass of the student's",
    }

    WANTED_WORDS: ClassVar[frozenset[str]] = frozenset({REFERENCE, NUMERIC})

    @field_validator("function", mode="before", json_schema_input_type=str | list[str])
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _wanted_words_fit(self) -> FunctionCheck:
        for observed, wanted in self.expect:
            if wanted.name == NUMERIC and observed.name not in ("gradient", "second"):
                raise ValueError(
                    f"`numeric` is what `gradient` or `second` can be compared with, not `{observed.text}`"
                )
            if wanted.name == REFERENCE and self._has_own_inputs:
                raise ValueError(
                    "`reference` cannot be wanted with `own` inputs: those of the reference are others. Compare with "
                    "`numeric`, or with an expression"
                )
        return self

    @model_validator(mode="after")
    def _any_finds_something(self) -> FunctionCheck:
        if "any" in self.function and self.unlike is None and len(self._plain_functions_that_pass) > 1:
            one, other = self._plain_functions_that_pass[:2]
            raise ValueError(
                f"`function: any` finds a function in every file that has some helper: `{one}` and `{other}` pass as "
                "well, since what is wanted is made of the function's own results. Say what it has to return "
                "(`output: reference`, or a line of `holds`), or name the function without `any`"
            )
        return self

    @cached_property
    def _plain_functions_that_pass(self) -> tuple[str, ...]:
        """Functions that any file may contain and that this check would pass."""
        drawn = draw(self.inputs, seed=0, key="plain")
        return plain_functions_that_pass(self, (*drawn, *_LIKE_OWN) if self._has_own_inputs else drawn)

    def wants_reference(self) -> bool:
        return self.unlike is not None or super().wants_reference()

    VARIABLES: ClassVar[Mapping[str, str]] = {
        "input": "what the function was called with",
        "output": "what it returned; not known where it raised",
        "gradient": "the gradient of the output's sum",
        "weights": "the weights of the second pass: drawn at random, of the output's shape, some below zero",
        "weighed_gradient": "the gradient of the output times `weights`, summed",
        "second": "the gradient of the gradient's sum; zero where the gradient does not depend on the input",
        "paths": "how many different ways inputs of one shape took through the code: lines, turns of a loop, masks",
        "branches": "the same without the masks: what `torch.where` selects makes no difference",
        "varies": "whether the output is another one under another seed",
        "error": 'the family of the error that ended the call, as a text, else its type such as `"ValueError"`; None '
        "where it returned",
    }

    def unrecorded_names(self) -> Mapping[str, str]:
        recorded = self._names_used | (_WAYS if self._counts_ways else frozenset())
        return {name: line for name, line in _RECORDED_ON_DEMAND.items() if name not in recorded}

    # ----------------------------------------------------------------------------------------------------------------
    # Probes
    # ----------------------------------------------------------------------------------------------------------------

    def probes(self, exercise: str, seed: int) -> Probes:
        calls = [
            CallProbe(
                id=self._probe_id(exercise),
                functions=self.function,
                inputs=draw(self.inputs, seed=seed, key=self._key(exercise)),
                own=self._has_own_inputs,
                second="second" in self._names_used,
                branches=self._counts_ways,
                numeric=(INPUT,) if self._wants_numeric else (),
                weighed=True,  # cheap, and so checks with equal inputs share their calls
                varies="varies" in self._names_used,
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
        return any(wanted.name == NUMERIC for _, wanted in self.expect)

    @property
    def _counts_ways(self) -> bool:
        return not self._names_used.isdisjoint(_WAYS)

    @cached_property
    def _names_used(self) -> frozenset[str]:
        return frozenset().union(*(line.names for _, line in self.expressions()))

    def _key(self, exercise: str) -> str:
        """Equal for checks with equal functions and inputs, so that they get the same numbers."""
        text = repr((self.function, self.inputs))
        return f"{exercise}/{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def _probe_id(self, exercise: str) -> str:
        """Equal for checks that need the same recordings, so that they share their calls."""
        wants = {
            "second": "second" in self._names_used,
            "branches": self._counts_ways,
            "varies": "varies" in self._names_used,
            NUMERIC: self._wants_numeric,
        }
        return "+".join((self._key(exercise), *(name for name, wanted in wants.items() if wanted)))

    # ----------------------------------------------------------------------------------------------------------------
    # Judging
    # ----------------------------------------------------------------------------------------------------------------

    def judge(self, context: Context) -> Verdict:
        reference = self._reference(context)
        functions = self._functions(context, reference)
        results = list(self._results(functions, reference.variables))
        found = self._found(results)
        if not found:
            message = self._nothing(bool(results))
            return Verdict(check=self.id, status="failed", message=message, variables=self._all_variables(functions))
        subject = context.subject
        best = max(
            found,
            key=lambda result: (
                result.passed,
                not (result.passed and self._hands(result, subject)),
                subject.own_code.is_own(result.called.place),
                result.called.place in subject.section,
                result.share,
                result.named,
                result.called.branches > 1,
                result.called.number,
            ),
        )
        verdict = self._verdict(best, found, context)
        hands = self._hands(best, subject)
        if verdict.status == "manual":
            return withhold_undecided(verdict, subject)
        if not hands:
            return verdict
        return withhold(verdict, hands, subject) if best.passed else blame(verdict, hands, subject)

    def _hands(self, result: FunctionResult, subject: Subject) -> tuple[Hand, ...]:
        """Foreign hands in the gradients of a function, where the check asks for them."""
        if self._names_used.isdisjoint({"gradient", "second", "weighed_gradient"}):
            return ()
        return foreign((hand for call, _ in result.trials for hand in call.hands), self.allow, subject)

    def _found(self, results: list[FunctionResult]) -> list[FunctionResult]:
        """The functions that count. One of another name than those listed has to be right for some input, with `unlike`
        for none; and if a helper would pass as well, it counts only where there is no function of a listed name.
        """
        listed = [result for result in results if result.named]
        others = [result for result in results if not result.named and (result.met or self.unlike)]
        return listed if listed and self._plain_functions_that_pass else listed + others

    def _functions(self, context: Context, reference: _Reference) -> list[CalledFunction]:
        """The functions that were called; with ``unlike`` without those that students were given, and equivalents."""
        observed, own_code = context.subject.observed, context.subject.own_code
        asked, *likeness = context.probes.calls
        left_out = {
            called.number
            for probe in likeness
            for called in functions_called(observed, probe)
            if not own_code.is_own(called.place) or any(is_equivalent(called, given) for given in reference.given)
        }
        return [called for called in functions_called(observed, asked) if called.number not in left_out]

    def _results(self, functions: Iterable[CalledFunction], reference: _VariablesByInput) -> Iterator[FunctionResult]:
        """The results of all functions with a call that fits ``given``."""
        for called in functions:
            result = self._result(called, reference)
            if result.trials or result.undecided or result.unsteady:
                yield result

    def _result(self, called: CalledFunction, reference: _VariablesByInput) -> FunctionResult:
        trials: list[tuple[FunctionCall, Trial]] = []
        refused: list[tuple[FunctionCall, Trial]] = []
        undecided: list[FunctionCall] = []
        unsteady: list[FunctionCall] = []
        for call in called.calls:
            candidate = Candidate(position=called.position, place=call.place, variables=self._variables(called, call))
            # By how many ways it goes is not known then, so `given` may ask for them in vain.
            if not call.steady and (self._counts_ways or fits(self, candidate)):
                unsteady.append(call)
                continue
            if not fits(self, candidate):
                continue
            theirs = reference.get(call.input)
            compared = compared_with_slopes(self, called, call)
            if compared is None:
                undecided.append(call)
                continue
            compared |= compared_with_reference(self, candidate, call, theirs)
            trial = call, examine(self, candidate, theirs, compared)
            (refused if called.refuses(call) else trials).append(trial)
        # A function that refuses all inputs is judged by them all the same.
        return FunctionResult(
            called=called,
            named=bool(set(called.names) & set(self.function)),
            trials=tuple(trials or refused),
            refused=tuple(call for call, _ in refused) if trials else (),
            undecided=tuple(undecided),
            unsteady=tuple(unsteady),
        )

    def _variables(self, called: CalledFunction, call: FunctionCall) -> dict[str, object]:
        variables: dict[str, object] = {
            "input": called.inputs[call.input],
            "output": call.output,
            "gradient": call.of(INPUT).gradient,
            "weights": call.weights,
            "weighed_gradient": call.of(INPUT).weighed,
            "error": None if call.error is None else name_of(call.error),
        }
        if "second" in self._names_used:
            variables["second"] = call.of(INPUT).second
        if self._counts_ways:
            variables |= {"paths": called.paths, "branches": called.branches}
        if "varies" in self._names_used:
            variables["varies"] = call.varies
        return variables

    def _all_variables(self, functions: Iterable[CalledFunction]) -> tuple[Mapping[str, object], ...]:
        """The variables of every call, also of those that do not fit ``given``; later functions come first."""
        latest = sorted(functions, key=lambda called: -called.number)
        calls = ((called, call) for called in latest for call in called.calls)
        return bounded(self._variables(called, call) for called, call in calls)

    def _reference(self, context: Context) -> _Reference:
        """Read once, since it does not depend on the submission."""
        reference = context.reference
        if reference is None:
            return _Reference(variables={}, given=())
        return reference.once((context.exercise, self.id), lambda: self._read_reference(reference, context.probes))

    def _read_reference(self, reference: Observed, probes: Probes) -> _Reference:
        asked, *likeness = probes.calls
        functions = functions_called(reference, asked)
        variables: _VariablesByInput = {}
        if functions:
            named = [called for called in functions if set(called.names) & set(self.function)]
            chosen = max(named or functions, key=lambda called: called.number)
            variables = {call.input: self._variables(chosen, call) for call in chosen.calls}
        if not likeness:
            return _Reference(variables=variables, given=())
        answers = [result.called.number for result in self._results(functions, variables) if result.passed]
        answer = max(answers, default=None)
        given = [called for probe in likeness for called in functions_called(reference, probe)]
        return _Reference(variables=variables, given=tuple(called for called in given if called.number != answer))

    # ----------------------------------------------------------------------------------------------------------------
    # Messages
    # ----------------------------------------------------------------------------------------------------------------

    def _nothing(self, others: bool) -> str:
        names = [name for name in self.function if name != "any"]
        wanted = f"No function `{names[0]}` of one argument" if names else "No function of one argument"
        if self._has_own_inputs:
            wanted += ", called with a tensor or a number,"
        if self.unlike:
            return f"{wanted} was found besides those that were given."
        if others and not names:
            return f"{wanted} does what is asked for."
        if others and "any" in self.function:
            return f"{wanted} was found, nor another one that does what is asked for."
        return f"{wanted} was found."

    def _verdict(self, best: FunctionResult, found: Sequence[FunctionResult], context: Context) -> Verdict:
        failing = best.failing
        candidates_of = [trial.candidate for _, trial in best.trials]
        comparison = failing[0][1].comparison if failing and failing[0][0].error is None else None
        return Verdict(
            check=self.id,
            status="passed" if best.passed else "manual" if best.needs_person else "failed",
            message=best.message(),
            expected=None if comparison is None else comparison.expected,
            actual=None if comparison is None else comparison.actual,
            place=best.called.place,
            best_position=best.called.position,
            difference=None if comparison is None else difference_of(failing[0][1]),
            position=best.called.position if best.passed else None,
            share=best.share,
            found=True,
            candidates=len(found),
            bound=tuple(
                Found(position=result.called.position, place=result.called.place, branches=result.called.branches)
                for result in found
                if result.passed
            ),
            evidence=context.subject.own_code.proves(best.called.place)
            and proves_attempt(self, candidates_of, passed=best.passed, seen=True),
            variables=bounded(trial.candidate.variables for _, trial in failing or best.trials),
        )
