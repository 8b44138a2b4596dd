"""Kind ``module``: a module of the student's, made and called with hidden inputs, does what is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, PrivateAttr, field_validator, model_validator

from grader.judging.bounds import bounded
from grader.judging.candidates import proves_attempt
from grader.judging.checks.base import Check
from grader.judging.checks.known_by import is_known, known_by_field
from grader.judging.checks.yaml_lines import REFERENCE, Expr, Names, lines_of
from grader.judging.context import Context, Subject
from grader.judging.error_families import texts_in
from grader.judging.foreign_hands import blame, foreign, withhold
from grader.judging.functions.hidden_arguments import ArgumentSet, ArgumentSets, draw_set
from grader.judging.modules.called_modules import CalledModule, answer_among, found_modules, modules_called
from grader.judging.modules.method_calls import MethodSets
from grader.judging.modules.module_comparisons import (
    compared_statistics,
    compared_with_formulas,
    compared_with_reference,
)
from grader.judging.modules.module_results import ModuleResult
from grader.judging.modules.module_variables import STATISTICS, VARIABLES, variables_of, with_names_of
from grader.judging.modules.no_module import nothing_found
from grader.judging.modules.parameter_messages import ParameterFit
from grader.judging.observed import Observed
from grader.judging.tracing.call_notes import NOT_FOUND, note_best, note_call, note_called, note_results
from grader.judging.tracing.notes import CheckNotes
from grader.judging.trials import Candidate, Trial, difference_of, examine, fits
from grader.judging.variable_kinds import COUNT, FLAG, NUMBERS, WORD, VariableKind
from grader.language.expression import Expression
from grader.language.yaml_file import Loc
from grader.model import (
    Argument,
    Arguments,
    Found,
    Hand,
    MethodCall,
    ModuleCall,
    ModuleInput,
    ModuleProbe,
    ParameterResult,
    Probes,
    Statistics,
    Structure,
    Verdict,
)
from grader.text import as_sentence

MAX_CALLS = 50
MAX_REPEAT = 2_000
DEFAULT_REPEAT = 200
LEAST_REPEAT = 50

Mode = Literal["train", "eval"]
_Key = tuple[int, str]
"""The number of an input, and a mode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reference:
    """The module of the reference solution: its variables by input and mode, its parameters by input."""

    variables: Mapping[_Key, Mapping[str, object]]
    weighed: Mapping[_Key, Mapping[str, object]]
    parameters: Mapping[int, Sequence[ParameterResult]]
    statistics: Mapping[_Key, Statistics]

    @property
    def order(self) -> tuple[str, ...]:
        return tuple(one.name for one in next(iter(self.parameters.values()), ()))


_NO_REFERENCE = _Reference(variables={}, weighed={}, parameters={}, statistics={})


class ModuleCheck(Check):
    """Makes every module that fits, sets its parameters, and calls it with every hidden input, in every mode. It must
    be right each time; the message is about the first call in which it is wrong.
    """

    LOOKS_AT_GRADIENTS: ClassVar[bool] = True
    PARTS: ClassVar[frozenset[str] | None] = frozenset({"after", "changed", "gradient", "second", "weighed_gradient"})
    VARIABLES: ClassVar[Mapping[str, str]] = VARIABLES
    VALUES: ClassVar[Mapping[str, VariableKind]] = {
        **dict.fromkeys(("parameter_count", "trainable_count"), COUNT),
        **dict.fromkeys(("kept", "average"), NUMBERS),
        "training": FLAG,
        "custom_function": FLAG,
        "varies": FLAG,
        "error": WORD,
    }
    IGNORES: ClassVar[Mapping[str, str]] = {
        "names": "its expressions know no names of the student's",
        "after": "modules are called when the submission has ended",
        "through": "it calls modules, and looks at no pass of the student's",
    }
    WANTED_WORDS: ClassVar[frozenset[str]] = frozenset({REFERENCE})

    kind: Literal["module"]
    module: tuple[str, ...] = Field(
        min_length=1,
        description="The name, or a list of names, of a class, of a function that makes a module, or of a module; or "
        "`any`: whatever it is called. Listed names come first. "
        "Or the id of an earlier check: the module that it found.",
    )
    made_with: ArgumentSets = Field(
        default=(),
        alias="made-with",
        description="The arguments that the class, or the function that makes a module, is called with: as in "
        "`arguments` of a function. A module that is there already is taken as it is.",
    )
    arguments: ArgumentSets = Field(
        default=(),
        description="The arguments of a call, by the names that expressions know them by, in order; or a list of such "
        "mappings, each of which is tried.",
    )
    by_name: tuple[str, ...] = Field(
        default=(), alias="by-name", description="The arguments that are passed by name; all others by position."
    )
    calls: int = Field(
        default=4,
        ge=1,
        le=MAX_CALLS,
        description="How many times parameters and arguments are drawn anew, for each mapping of `arguments`.",
    )
    modes: tuple[Mode, ...] = Field(
        default=("train",),
        min_length=1,
        max_length=4,
        description="The modes in which it is called, in this order: `train`, `eval`, or `[train, eval]`. One object "
        "is called in all of them, so buffers that train mode changed are used in eval mode.",
    )
    method: str | None = Field(
        default=None, description="The method that is called. Default: the object itself, which calls `forward`."
    )
    methods: MethodSets = Field(
        default=(),
        description="Methods that are called one after the other on one object, instead of `arguments`: "
        "`[{forward: {x: {normal: [3]}}}, {backward: {dout: {normal: [3]}}}]`.",
    )
    known_by: tuple[Expr, ...] = known_by_field("module")
    parameters: Literal["drawn", "own"] = Field(
        default="drawn",
        description="`drawn`: all parameters are drawn from the seed and set, the student's like those of the "
        "reference's module: by equal name, else by equal shape in order. `own`: they stay as the module makes them.",
    )
    repeat: int | None = Field(
        default=None,
        ge=LEAST_REPEAT,
        le=MAX_REPEAT,
        description="How many calls with other random numbers `kept` and `average` are taken from. Default: "
        f"{DEFAULT_REPEAT}, where an expression reads one of them.",
    )

    _found_by: Check | None = PrivateAttr(default=None)
    """The earlier check whose module is meant."""

    # ----------------------------------------------------------------------------------------------------------------
    # Fields
    # ----------------------------------------------------------------------------------------------------------------

    @field_validator("modes", mode="before", json_schema_input_type=Mode | list[Mode])
    @classmethod
    def _one_or_both(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("module", mode="before", json_schema_input_type=Names)
    @classmethod
    def _one_or_several_names(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("known_by", mode="before", json_schema_input_type=Expr | list[Expr])
    @classmethod
    def _read_known_by(cls, value: object) -> object:
        return lines_of(value)

    @field_validator("by_name", mode="before", json_schema_input_type=str | list[str])
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _fields_fit(self) -> ModuleCheck:
        if self.methods and (self.arguments or self.method is not None):
            other = "arguments" if self.arguments else "method"
            raise ValueError(f"`methods` says what is called, and with what; leave out `{other}`")
        if len(self.made_with) > 1:
            raise ValueError("`made-with` is one mapping: write a check for each way to make a module")
        if len(set(self.modes)) < len(self.modes):
            raise ValueError("`modes` names a mode twice")
        known: list[str] = []
        for entries in (*self.made_with, *(entries for _, entries in self._methods_of(0))):
            for name in entries:
                if name in known:
                    raise ValueError(f"`{name}` is the name of two arguments; expressions could not tell them apart")
                known.append(name)
        unknown = [name for name in self.by_name if name not in self._argument_names]
        if unknown:
            raise ValueError(f"`by-name` lists `{unknown[0]}`, which is no argument here")
        if "calls" in self.model_fields_set and not self._draws and not self._is_random:
            raise ValueError("`calls` means nothing here: nothing is drawn, so it is called once; leave it out")
        if self.repeat is not None and not self._reads_statistics:
            raise ValueError("`repeat` is for `kept` and `average`, and no expression reads them; leave it out")
        if not self.expect and not self.holds:
            raise ValueError("say what has to come out, in `expect` or `holds`")
        return self

    def building_on(self, earlier: Iterable[Check]) -> Self:
        """A single name that is the id of an earlier check for a module stands for the module that it found."""
        (name, *others) = self.module
        found = next((check for check in earlier if check.id == name and not others), None)
        ways = [way for way in found.ways() if isinstance(way, ModuleCheck)] if found is not None else []
        if not ways:
            return self
        taken = self.model_copy(update={"module": tuple(dict.fromkeys(name for way in ways for name in way.module))})
        taken._found_by = found
        return taken

    @property
    def builds_on(self) -> Check | None:
        return self._found_by

    @property
    def _argument_names(self) -> frozenset[str]:
        sets = (*self.made_with, *self.arguments, *(entries for _, entries in self.methods))
        return frozenset(name for entries in sets for name in entries)

    def handed_in(self) -> frozenset[str]:
        return self._argument_names

    def variables(self) -> frozenset[str]:
        return frozenset(self.VARIABLES) | self._argument_names

    @property
    def _draws(self) -> bool:
        return self.parameters == "drawn"

    @property
    def _is_random(self) -> bool:
        return _are_random((*self.made_with, *self.arguments, *(entries for _, entries in self.methods)))

    def wants_reference(self) -> bool:
        """Always: by the reference's names parameters and buffers are known."""
        return True

    def _methods_of(self, number: int) -> Sequence[tuple[str, ArgumentSet]]:
        """The methods that are called with mapping ``number`` of the arguments, with their arguments."""
        if self.methods:
            return self.methods
        entries = self.arguments[number] if self.arguments else {}
        return ((self.method or "", entries),)

    @property
    def _reads_statistics(self) -> bool:
        return not self._names_used.isdisjoint(STATISTICS)

    @cached_property
    def _names_used(self) -> frozenset[str]:
        return frozenset().union(*(line.names for _, line in self.expressions()))

    @cached_property
    def _texts(self) -> frozenset[str]:
        return texts_in(line for _, line in self.expressions())

    def expressions(self) -> Iterator[tuple[Loc, Expression]]:
        yield from super().expressions()
        yield from ((("known-by", index), line) for index, line in enumerate(self.known_by))

    def unrecorded_names(self) -> Mapping[str, str]:
        lines = {"varies": "holds: varies", "torch_calls": 'holds: not ran("linear")'}
        on_demand = {name: line for name, line in lines.items() if name not in self._names_used}
        if not self._reads_statistics:
            on_demand |= {"kept": "expect: {kept: 0.5}", "average": "expect: {average: x}"}
        return on_demand

    # ----------------------------------------------------------------------------------------------------------------
    # Probes
    # ----------------------------------------------------------------------------------------------------------------

    def probes(self, exercise: str, seed: int) -> Probes:
        key = self._key(exercise)
        named = [name for name in ("varies", "torch_calls") if name in self._names_used]
        repeat = (self.repeat or DEFAULT_REPEAT) if self._reads_statistics else 0
        return Probes(
            modules=(
                ModuleProbe(
                    id=f"{key}+{repeat}{''.join(f'+{name}' for name in named)}",
                    modules=self.module,
                    inputs=tuple(self._inputs(seed, key)),
                    modes=self.modes,
                    draws_parameters=self._draws,
                    repeat=repeat,
                    varies="varies" in named,
                    torch_calls="torch_calls" in named,
                ),
            )
        )

    def _key(self, exercise: str) -> str:
        """Equal for checks that need the same calls, so that they share them."""
        fields = {"module", "made_with", "arguments", "by_name", "calls", "modes", "method", "methods", "parameters"}
        text = self.model_dump_json(include=fields)
        return f"{exercise}/module/{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def _inputs(self, seed: int, key: str) -> Iterator[ModuleInput]:
        for number in range(max(1, len(self.arguments))):
            methods = self._methods_of(number)
            is_random = _are_random((*self.made_with, *(entries for _, entries in methods)))
            for call in range(self.calls if self._draws or is_random else 1):

                def drawn(entries: ArgumentSet, part: str, number: int = number, call: int = call) -> Arguments:
                    return self._passed(draw_set(entries, seed=seed, key=f"{key}/{number}/{part}", call=call))

                yield ModuleInput(
                    made_with=drawn(self.made_with[0] if self.made_with else {}, "made"),
                    calls=tuple(
                        MethodCall(method=method, arguments=drawn(entries, str(index)))
                        for index, (method, entries) in enumerate(methods)
                    ),
                )

    def _passed(self, drawn: Mapping[str, Argument]) -> Arguments:
        return Arguments(
            by_position=tuple((name, value) for name, value in drawn.items() if name not in self.by_name),
            by_name=tuple((name, value) for name, value in drawn.items() if name in self.by_name),
        )

    # ----------------------------------------------------------------------------------------------------------------
    # Judging
    # ----------------------------------------------------------------------------------------------------------------

    def judge(self, context: Context) -> Verdict:
        (probe,) = context.probes.modules
        reference = self._reference(context, probe)
        modules = self._modules(context, probe)
        results = [result for called in modules if (result := self._result(called, reference, context.notes)).trials]
        found = [
            result
            for result in results
            if result.named or result.met or self._found_by is not None or is_known(self.known_by, result)
        ]
        if context.notes is not None:
            note_results(context.notes, results, found)
        if not found:
            return Verdict(
                check=self.id,
                status="failed",
                message=self._unmet(modules, reference) or self._nothing(modules, context.subject),
                variables=self._all_variables(modules, reference),
            )
        subject = context.subject
        best = max(
            found,
            key=lambda result: (
                result.passed,
                not (result.passed and self._hands(result, subject)),
                subject.own_code.is_own(result.called.place),
                result.called.place in subject.section,
                not result.called.ignores_sizes,
                result.called.was_made,
                result.share,
                sum(trial.met for _, trial in result.trials),
                result.named,
                result.called.place.statement,
            ),
        )
        verdict = self._verdict(best, found, context)
        hands = self._hands(best, subject)
        if context.notes is not None:
            note_best(context.notes, best.called, hands if best.passed else ())
        if not hands:
            return verdict
        return withhold(verdict, hands, subject) if best.passed else blame(verdict, hands, subject)

    def _modules(self, context: Context, probe: ModuleProbe) -> Sequence[CalledModule]:
        """The modules that were called; where an earlier check is named, only what that one found."""
        observed = context.subject.observed
        modules = modules_called(observed, probe)
        if self._found_by is None:
            return modules
        found = found_modules(context.earlier.get(self._found_by.id), observed.events, self.module)
        if context.notes is not None:
            for called in modules:
                if called.source not in found:
                    note_called(context.notes, called).decide("left_out", NOT_FOUND.format(check=self._found_by.id))
        return [called for called in modules if called.source in found]

    def _hands(self, result: ModuleResult, subject: Subject) -> tuple[Hand, ...]:
        """Foreign hands in the gradients of a module, where the check asks for them."""
        lines = [line for _, line in self.expressions()]
        if not any(line.reads(name) for line in lines for name in ("gradient", "gradients", "weighed_gradient")):
            return ()
        return foreign((hand for call, _ in result.trials for hand in call.hands), self.allow, subject)

    def _result(self, called: CalledModule, reference: _Reference, notes: CheckNotes | None) -> ModuleResult:
        trials: list[tuple[ModuleCall, Trial]] = []
        for call in called.calls:
            key = call.input, call.mode
            theirs = reference.variables.get(key)
            candidate = Candidate(
                position=called.position,
                place=call.place,
                variables=self._variables(called, call, reference),
            )
            noted = None if notes is None else note_call(notes, called, call, candidate.variables)
            if call.error is None and not fits(self, candidate, noted):
                if noted is not None:
                    noted.decide("unmet")
                continue
            weighed = self._variables(called, call, reference, weighed=True)
            compared = compared_statistics(self, candidate, call, reference.statistics.get(key), theirs)
            if call.error is None or "error" not in self._names_used:
                compared |= compared_with_formulas(self, candidate, call, weighed)
                compared |= compared_with_reference(self, candidate, weighed, theirs, reference.weighed.get(key))
            trial = examine(self, candidate, theirs, compared, notes=noted)
            if call.error is not None and "error" not in self._names_used and trial.passed:
                trial = _failed(trial)
            trials.append((call, trial))
            if noted is not None:
                noted.decide("passed" if trial.passed else "failed")
        return ModuleResult(
            called=called,
            named=called.is_named(self.module),
            trials=tuple(trials),
            fit=ParameterFit(by_input=reference.parameters if self._draws else {}),
            modes=len(self.modes),
        )

    def _variables(
        self, called: CalledModule, call: ModuleCall, reference: _Reference, *, weighed: bool = False
    ) -> dict[str, object]:
        variables = variables_of(call, called.inputs[call.input], reference.order, texts=self._texts, weighed=weighed)
        theirs = reference.variables.get((call.input, call.mode), {}).get("buffers")
        ours = variables.get("buffers")
        if isinstance(theirs, Structure) and isinstance(ours, Structure):
            variables["buffers"] = with_names_of(ours, theirs)
        return variables

    def _all_variables(self, modules: Iterable[CalledModule], reference: _Reference) -> tuple[Mapping[str, Any], ...]:
        """The variables of every call, also of those that do not fit ``given``; later modules come first."""
        latest = sorted(modules, key=lambda called: -called.position)
        return bounded(self._variables(called, call, reference) for called in latest for call in called.calls)

    def _reference(self, context: Context, probe: ModuleProbe) -> _Reference:
        """Read once, since it does not depend on the submission."""
        reference = context.reference
        if reference is None:
            return _NO_REFERENCE
        return reference.once((context.exercise, self.id), lambda: self._read_reference(reference, probe))

    def _read_reference(self, reference: Observed, probe: ModuleProbe) -> _Reference:
        called = answer_among(modules_called(reference, probe), self.module)
        if called is None:
            return _NO_REFERENCE
        calls = {(call.input, call.mode): call for call in called.calls}
        return _Reference(
            variables={
                key: variables_of(call, called.inputs[call.input], texts=self._texts) for key, call in calls.items()
            },
            weighed={key: variables_of(call, called.inputs[call.input], weighed=True) for key, call in calls.items()},
            statistics={key: call.statistics for key, call in calls.items() if call.statistics is not None},
            parameters={call.input: call.parameters for call in reversed(called.calls) if call.parameters},
        )

    # ----------------------------------------------------------------------------------------------------------------
    # Messages
    # ----------------------------------------------------------------------------------------------------------------

    def _unmet(self, modules: Sequence[CalledModule], reference: _Reference) -> str:
        """What keeps a module of a listed name from being what `given` asks for; empty where there is none."""
        fit = ParameterFit(by_input=reference.parameters if self._draws else {})
        for called in modules:
            call = called.calls[0]
            is_meant = self._found_by is not None or called.is_named(self.module)
            if not is_meant or call.error is not None:
                continue
            variables = self._variables(called, call, reference)
            unmet = next((line for line in self.given if not line.holds(variables)), None)
            if unmet is None:
                continue
            about = fit.shortfall(call)
            return as_sentence(f"`{called.name}` is not what is asked for: {about or f'`{unmet.text}` does not hold'}")
        return ""

    def _nothing(self, modules: Sequence[CalledModule], subject: Subject) -> str:
        if self._found_by is not None:
            return f"Nothing was found to look at: “{self._found_by.title}” found no module."
        return nothing_found(modules, self.module, subject)

    def _verdict(self, best: ModuleResult, found: Sequence[ModuleResult], context: Context) -> Verdict:
        failing = best.failing
        candidates = [trial.candidate for _, trial in best.trials]
        comparison = failing[0][1].comparison if failing and failing[0][0].error is None else None
        if best.lacks_values:  # they were never set, so numbers that follow from them say nothing
            comparison = None
        return Verdict(
            check=self.id,
            status="passed" if best.passed else "failed",
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
                Found(position=result.called.position, place=result.called.place) for result in found if result.passed
            ),
            evidence=context.subject.own_code.proves(best.called.place)
            and proves_attempt(self, candidates, passed=best.passed, seen=True),
            variables=bounded(trial.candidate.variables for _, trial in failing or best.trials),
        )


def _are_random(sets: Iterable[ArgumentSet]) -> bool:
    return any(entry.is_random for entries in sets for entry in entries.values())


def _failed(trial: Trial) -> Trial:
    """A trial of a call that raised, although its lines ask for nothing that it did not give."""
    return replace(trial, met=0)
