"""Kind ``function``: a function of the student's returns what is asked for when called with hidden inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import ClassVar, Literal, Self

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from grader.judging.bounds import bounded
from grader.judging.checks.base import Check
from grader.judging.checks.known_by import is_known, known_by_field
from grader.judging.checks.yaml_lines import NUMERIC, REFERENCE, Expr, Names, lines_of
from grader.judging.context import Context, Subject
from grader.judging.foreign_hands import blame, foreign, withhold, withhold_undecided
from grader.judging.functions.argument_structures import requiring_no_grad
from grader.judging.functions.asked_calls import AskedCalls
from grader.judging.functions.called_functions import (
    CalledFunction,
    found_numbers,
    functions_called,
    is_equivalent,
)
from grader.judging.functions.derivatives import derivative_of
from grader.judging.functions.function_mistakes import find_mistakes, instead_of_names
from grader.judging.functions.function_results import FunctionResult
from grader.judging.functions.function_verdict import verdict_on
from grader.judging.functions.hidden_arguments import DEFAULT_CALLS, MAX_CALLS, ArgumentSet, ArgumentSets
from grader.judging.functions.hidden_inputs import InputSpecs
from grader.judging.functions.no_function import not_as_asked, nothing_found
from grader.judging.functions.plain_functions import plain_functions_that_pass
from grader.judging.functions.reference_functions import ReferenceFunctions, read_reference, without_gradient
from grader.judging.functions.trials import Trials
from grader.judging.tracing.call_notes import GIVEN, NOT_FOUND, note_best, note_called, note_results
from grader.judging.tracing.notes import CheckNotes
from grader.judging.variable_kinds import FLAG, NUMBERS, WORD, VariableKind
from grader.language.expression import Expression
from grader.language.validation import MistakeCollector
from grader.language.yaml_file import Loc
from grader.model import Hand, Probes, Verdict
from grader.suggestions import did_you_mean_or_all

_RECORDED_ON_DEMAND: Mapping[str, str] = {
    "second": "expect: {second: numeric}",
    "paths": "given: paths >= 1",
    "branches": "given: branches >= 1",
    "varies": "holds: varies",
    "redraws": "holds: redraws",
    "torch_calls": 'holds: not ran("exp")',
}
"""What costs further calls, or time in each call, so that it is recorded only for a check that reads it; each with a
line that does.
"""


class FunctionCheck(Check):
    """Calls every function that fits with every hidden input. The function must be right for all inputs; the message
    is about the simplest input for which it is wrong.
    """

    LOOKS_AT_GRADIENTS: ClassVar[bool] = True

    kind: Literal["function"]
    function: tuple[str, ...] = Field(
        min_length=1,
        description="The function's name, a list of names, or `any`: whatever it is called. Listed names come first. "
        "Or the id of an earlier check: the function that it found.",
    )
    inputs: InputSpecs = Field(
        default=(),
        description="For a function of one tensor: the hidden inputs, simple ones first; `own` stands for the "
        "arguments of the student's own calls, moved a little, times ±1, ±0.01 and ±100.",
    )
    requires_grad: tuple[str, ...] | None = Field(
        default=None,
        alias="requires-grad",
        description="Those of `arguments` of which the tensors require a gradient, such as `[w, b]`, or `[]` where "
        "none does. Left out: all that can. What an argument itself says, `requires-grad: true`, comes first.",
    )
    arguments: ArgumentSets = Field(
        default=(),
        description="For a function of several arguments, or of something else than a tensor: each argument, in order, "
        "by the name that expressions know it by. A list of such mappings: special cases first.",
    )
    by_name: tuple[str, ...] = Field(
        default=(), alias="by-name", description="Those of `arguments` that are passed by their names, as `lr=0.1`."
    )
    calls: int = Field(
        default=DEFAULT_CALLS,
        ge=1,
        le=MAX_CALLS,
        description="How often `arguments` are drawn, each mapping of a list by itself; one without anything random is "
        "used once.",
    )
    known_by: tuple[Expr, ...] = known_by_field("function")
    unlike: Literal["reference"] | None = Field(
        default=None,
        description="`reference`: functions that students were given, and equivalent ones, do not count. Those are all "
        "functions of the reference solution except the last one that passes this check, which is its answer.",
    )
    _found_by: Check | None = PrivateAttr(default=None)
    """The earlier check whose function is meant."""

    PARTS: ClassVar[frozenset[str] | None] = frozenset({"after", "changed", "gradient", "second", "weighed_gradient"})
    VALUES: ClassVar[Mapping[str, VariableKind]] = {
        **dict.fromkeys(("input", "gradient", "weights", "weighed_gradient", "second"), NUMBERS),
        # Not `paths` and `branches`: a line that always holds, `paths >= 1`, lets a rubric read them.
        "varies": FLAG,
        "redraws": FLAG,
        "custom_function": FLAG,
        "error": WORD,
    }
    IGNORES: ClassVar[Mapping[str, str]] = {
        "names": "its expressions know no names of the student's",
        "after": "functions are called when the submission has ended",
        "through": "it calls functions, and looks at no pass of the student's",
    }

    WANTED_WORDS: ClassVar[frozenset[str]] = frozenset({REFERENCE, NUMERIC})

    VARIABLES: ClassVar[Mapping[str, str]] = {
        "input": "what the function was called with",
        "output": "what it returned; not known where it raised",
        "gradient": "the gradient of the output's sum",
        "weights": "the weights of the second pass: drawn at random, of the output's shape, all below zero",
        "weighed_gradient": "the gradient of the output times `weights`, summed",
        "second": "the gradient of the gradient's sum; zero where the gradient does not depend on the input",
        "paths": "how many different ways inputs of one shape took through the code: lines, turns of a loop, masks",
        "branches": "the same without the masks: what `torch.where` selects makes no difference",
        "varies": "whether the output is another one under another seed",
        "redraws": "whether a further call with the same argument, right after the first, returns something else",
        "torch_calls": "the names of torch's functions and methods that the call called, as kind `uses` names them, in "
        'alphabetical order: see `ran("softmax")`',
        "custom_function": "whether the graph of the output goes through an `autograd.Function` of the submission's "
        "own",
        "error": 'the family of the error that ended the call, as a text, else its type such as `"ValueError"`, or one '
        "above it that a line names; None where it returned",
    }

    _DECLARES_NOTHING: ClassVar[frozenset[str]] = Check._DECLARES_NOTHING | {"function", "calls", "inputs", "unlike"}
    _STAND_INS: ClassVar[Mapping[str | int, object]] = {"inputs": ({"normal": (1,)},)}
    _OF_ONE_TENSOR: ClassVar[frozenset[str]] = frozenset({"input", "gradient", "weighed_gradient", "second"})

    @field_validator("function", mode="before", json_schema_input_type=Names)
    @classmethod
    def _one_or_several_names(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("requires_grad", mode="before", json_schema_input_type=str | list[str])
    @classmethod
    def _one_or_several_arguments(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("arguments", mode="after")
    @classmethod
    def _with_gradients_as_said(cls, sets: tuple[ArgumentSet, ...], info: ValidationInfo) -> tuple[ArgumentSet, ...]:
        required = info.data.get("requires_grad")
        if required is None:
            return sets
        return tuple(
            {name: entry if name in required else requiring_no_grad(entry) for name, entry in one.items()}
            for one in sets
        )

    @model_validator(mode="after")
    def _knows_what_requires_grad(self) -> Self:
        known = {name for one in self.arguments for name in one}
        for name in self.requires_grad or ():
            if name not in known:
                raise ValueError(
                    f"`requires-grad` lists `{name}`, which is no argument here{did_you_mean_or_all(name, known)}"
                )
        if self.requires_grad is not None and not self.arguments:
            raise ValueError("`requires-grad` is for `arguments`; of `inputs`, the dtype decides")
        return self

    @field_validator("known_by", mode="before", json_schema_input_type=Expr | list[Expr])
    @classmethod
    def _read_known_by(cls, value: object) -> object:
        return lines_of(value)

    @field_validator("by_name", mode="before", json_schema_input_type=str | list[str])
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    def _find_wrong_names(self, mistakes: MistakeCollector) -> None:
        super()._find_wrong_names(mistakes)
        for loc, text in find_mistakes(self, self.asked, self.model_fields_set):
            mistakes.add(loc, text)

    @model_validator(mode="after")
    def _any_finds_something(self) -> Self:
        if "any" in self.function and self.unlike is None and len(self._plain_functions_that_pass) > 1:
            one, other = self._plain_functions_that_pass[:2]
            raise ValueError(
                f"`function: any` finds a function in every file that has some helper: `{one}` and `{other}` pass as "
                "well, since what is wanted is made of the function's own results. Say what it has to return "
                "(`output: reference`, or a line of `holds`), or name the function without `any`"
            )
        return self

    def building_on(self, earlier: Iterable[Check]) -> Self:
        """A single name that is the id of an earlier check for a function stands for the function that it found."""
        name, *others = self.function
        found = next((check for check in earlier if check.id == name and not others), None)
        ways = [way for way in found.ways() if isinstance(way, FunctionCheck)] if found is not None else []
        if not ways:
            return self
        names = tuple(dict.fromkeys(name for way in ways for name in way.function))
        taken = self.model_copy(update={"function": names})
        taken._found_by = found
        taken.__dict__.pop("asked", None)
        return taken

    def calls_for_others(self) -> Mapping[str, object]:
        if self.inputs:
            return {"inputs": self.inputs}
        found: dict[str, object] = {"arguments": self.arguments}
        if self.by_name:
            found["by-name"] = self.by_name
        if "calls" in self.model_fields_set:
            found["calls"] = self.calls
        return found

    @property
    def builds_on(self) -> Check | None:
        return self._found_by

    @cached_property
    def asked(self) -> AskedCalls:
        """What is called and recorded for this check."""
        return AskedCalls(
            functions=self.function,
            inputs=self.inputs,
            arguments=self.arguments,
            by_name=self.by_name,
            calls=self.calls,
            lines=tuple(line for _, line in self.expressions()),
            numeric=tuple(
                derivative
                for observed, wanted in self.expect
                if wanted.name == NUMERIC and (derivative := derivative_of(observed)) is not None
            ),
        )

    @cached_property
    def _plain_functions_that_pass(self) -> tuple[str, ...]:
        """Functions that any file may contain and that this check would pass."""
        return plain_functions_that_pass(self, self.asked)

    def expressions(self) -> Iterator[tuple[Loc, Expression]]:
        yield from super().expressions()
        yield from ((("known-by", index), line) for index, line in enumerate(self.known_by))

    def wants_reference(self) -> bool:
        return self.unlike is not None or super().wants_reference()

    def variables(self) -> frozenset[str]:
        if not self.arguments:
            return frozenset(self.VARIABLES)
        names = frozenset(name for one in self.arguments for name in one)
        return (frozenset(self.VARIABLES) - self._OF_ONE_TENSOR) | names

    def handed_in(self) -> frozenset[str]:
        if self.asked.has_own_inputs:
            return frozenset()  # what the student's own calls got
        return frozenset(name for one in self.arguments for name in one) | {"input", "weights"}

    def instead_of(self) -> Mapping[str, str]:
        return instead_of_names(self.arguments, self._OF_ONE_TENSOR)

    def unrecorded_names(self) -> Mapping[str, str]:
        ways = frozenset({"paths", "branches"} if self.asked.counts_ways else ())
        recorded = self.asked.read | ways
        return {name: line for name, line in _RECORDED_ON_DEMAND.items() if name not in recorded}

    def probes(self, exercise: str, seed: int) -> Probes:
        likeness = (self.asked.likeness(exercise, seed),) if self.unlike else ()
        return Probes(calls=(self.asked.probe(exercise, seed), *likeness))

    # ----------------------------------------------------------------------------------------------------------------
    # Judging
    # ----------------------------------------------------------------------------------------------------------------

    def judge(self, context: Context) -> Verdict:
        reference = self._reference(context)
        if mistake := without_gradient(self, reference):
            return Verdict(check=self.id, status="error", message=mistake)
        functions = self._functions(context, reference)
        trials = Trials(check=self, asked=self.asked, reference=reference.variables, notes=context.notes)
        results = list(trials.results(functions))
        found = self._found(results)
        if context.notes is not None:
            self._note_functions(context, context.notes, functions, results, found)
        if not found:
            message = not_as_asked(trials, functions, self._found_by, context.subject) if not results else ""
            message = message or nothing_found(
                trials, self._found_by, unlike=self.unlike is not None, others=bool(results)
            )
            return Verdict(
                check=self.id, status="failed", message=message, variables=self._all_variables(trials, functions)
            )
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
        if context.notes is not None:
            note_best(context.notes, best.called, self._hands(best, subject) if best.passed else ())
        verdict = verdict_on(self, best, found, subject)
        hands = self._hands(best, subject)
        if verdict.status == "manual":
            return withhold_undecided(verdict, subject)
        if verdict.status == "error" or not hands:
            return verdict
        return withhold(verdict, hands, subject) if best.passed else blame(verdict, hands, subject)

    def _note_functions(
        self,
        context: Context,
        notes: CheckNotes,
        functions: Iterable[CalledFunction],
        results: Iterable[FunctionResult],
        found: Iterable[FunctionResult],
    ) -> None:
        """Note which functions were called, and which of them count."""
        counting = {called.number for called in functions}
        for called in functions_called(context.subject.observed, context.probes.calls[0]):
            noted = note_called(notes, called)
            if called.number not in counting:
                noted.decide("left_out", GIVEN if self._found_by is None else NOT_FOUND.format(check=self._found_by.id))
        note_results(notes, results, found)

    def _hands(self, result: FunctionResult, subject: Subject) -> tuple[Hand, ...]:
        """Foreign hands in the gradients of a function, where the check asks for them."""
        if not self.asked.reads_gradients:
            return ()
        return foreign((hand for call, _ in result.trials for hand in call.hands), self.allow, subject)

    def _found(self, results: list[FunctionResult]) -> list[FunctionResult]:
        """The functions that count. One of another name than those listed has to be right for some input, with `unlike`
        for none; and if a helper would pass as well, it counts only where there is no function of a listed name.
        """
        if self._found_by is not None:
            return results
        listed = [result for result in results if result.named]
        others = [
            result
            for result in results
            if not result.named and (result.met or self.unlike or is_known(self.known_by, result))
        ]
        return listed if listed and self._plain_functions_that_pass else listed + others

    def _functions(self, context: Context, reference: ReferenceFunctions) -> list[CalledFunction]:
        """The functions that were called; with ``unlike`` without those that students were given, and equivalents."""
        observed, own_code = context.subject.observed, context.subject.own_code
        asked, *likeness = context.probes.calls
        left_out = {
            called.number
            for probe in likeness
            for called in functions_called(observed, probe)
            if not own_code.is_own(called.place) or any(is_equivalent(called, given) for given in reference.given)
        }
        functions = [called for called in functions_called(observed, asked) if called.number not in left_out]
        if self._found_by is None:
            return functions
        earlier = found_numbers(context.earlier.get(self._found_by.id), observed.events)
        return [called for called in functions if called.number in earlier]

    def _all_variables(self, trials: Trials, functions: Iterable[CalledFunction]) -> tuple[Mapping[str, object], ...]:
        """The variables of every call, also of those that do not fit ``given``; later functions come first."""
        latest = sorted(functions, key=lambda called: -called.number)
        return bounded(trials.variables(called, call) for called in latest for call in called.calls)

    def _reference(self, context: Context) -> ReferenceFunctions:
        """Read once, since it does not depend on the submission."""
        reference = context.reference
        if reference is None:
            return ReferenceFunctions(variables={})
        return reference.once(
            (context.exercise, self.id), lambda: read_reference(self, self.asked, reference, context.probes.calls)
        )
