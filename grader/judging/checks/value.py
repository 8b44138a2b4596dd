"""Kind ``value``: after some statement, or at the end, named values are what the exercise asks for."""

from __future__ import annotations

import ast
import hashlib
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from grader.judging.binding_places import binding_place
from grader.judging.bounds import typical
from grader.judging.candidates import Phrases, decide
from grader.judging.checks.base import Check
from grader.judging.checks.yaml_lines import REFERENCE
from grader.judging.context import Context
from grader.judging.found_objects import MAX_FOUND, Choice, choices, objects_of, reference_in
from grader.judging.hands_in_values import hands_in_values
from grader.judging.observed import Observed
from grader.judging.reference_values import last_values
from grader.judging.tracing.notes import CheckNotes
from grader.judging.trials import Candidate
from grader.judging.value_sources import ValueSources
from grader.judging.watched_values import (
    MAX_COMBINATIONS,
    WatchedValues,
    bindings,
    bound_names,
    in_words,
    matching_names,
)
from grader.language.expression import SOURCE, Expression, source_key
from grader.language.validation import MistakeCollector
from grader.language.values import show
from grader.language.yaml_file import Loc
from grader.model import Array, ChangedNames, Found, Probes, RunPlace, Structure, Value, Verdict

_UNDECIDED = (
    "`{name}` is as asked for, but {reason}, so the grader cannot tell whether autograd computed it. A person "
    "has to look."
)
_SOURCES = {
    "autograd": "`{name}` has the right values, but autograd computed them, and that is not what is asked for here.",
    "other": "`{name}` has the right values, but they are not gradients that autograd computed.",
}

_TOO_EARLY = "it does not come after what an earlier check found"
_NOT_THERE = "a value was made after the one that `made` names"
_NOT_AT_THE_END = "`when: end` looks at the end of the run only"
_HANDED_OUT = "it was handed out like this"

_Candidate = tuple[Candidate, Mapping[str, str]]
"""A candidate, and why it is not known where its values come from, by the declared names."""


class ValueCheck(Check):
    """Looks at the declared names after every top-level statement. All of them have to be bound."""

    LOOKS_AT_GRADIENTS: ClassVar[bool] = True
    WANTED_WORDS: ClassVar[frozenset[str]] = frozenset({REFERENCE})

    kind: Literal["value"]
    when: Literal["sometime", "end"] = Field(
        default="sometime",
        description="`sometime`: after any statement; `end`: at the end of the run.",
    )
    made: str | None = Field(
        default=None,
        description="The declared name of what the student makes. The other names count as long as they are bound to "
        "what was there when it was made, not to what was made later; the check's place is where it was bound.",
    )
    beside: Mapping[str, tuple[str, ...]] = Field(
        default={},
        description="Further names, as in `names`, that need not be bound. Later checks may refer to what they were "
        "bound to; expressions do not know them.",
    )

    PARTS: ClassVar[frozenset[str] | None] = frozenset({"source"})
    IGNORES: ClassVar[Mapping[str, str]] = {"through": "it looks at values, not at a graph"}

    @model_validator(mode="after")
    def _looks_at_something(self) -> ValueCheck:
        if not self.names:
            raise ValueError("`names` is missing: say what the values to look at are called, as in `names: {x: [x]}`")
        return self

    @model_validator(mode="after")
    def _made_and_beside_fit(self) -> ValueCheck:
        if self.made is not None and self.made not in self.names:
            raise ValueError(f"`made: {self.made}` must be one of `names`")
        for name in self.beside.keys() & self.names.keys():
            raise ValueError(f"`{name}` is in `names` and in `beside`; it can only be in one of them")
        return self

    @field_validator("beside", mode="before", json_schema_input_type=dict[str, str | list[str]])
    @classmethod
    def _read_beside(cls, value: object) -> dict[str, tuple[object, ...]]:
        return cls._read_names(value)

    def binds(self) -> frozenset[str]:
        return frozenset(self.names.keys() | self.beside.keys())

    def references(self) -> Iterator[tuple[Loc, str]]:
        yield from super().references()
        for name, aliases in self.beside.items():
            yield from ((("beside", name, index), alias) for index, alias in enumerate(aliases))

    def probes(self, exercise: str, seed: int) -> Probes:
        sources = itertools.chain(*(self.names[name] for name in sorted(self._sources_asked)))
        return replace(self.watch_names(self.beside), sources=tuple(sources))

    def wants_changes(self, context: Context) -> bool:
        changes = {} if context.changes is None else context.changes.values
        aliases = [alias for name in self._sources_asked for alias in self.names[name]]
        return any(
            changes.get((position, name)) is None
            for position, event in enumerate(context.subject.observed.events)
            if aliases and isinstance(event, ChangedNames)
            for name in matching_names(aliases, event.changed)
        )

    def wrong_references(self) -> Iterator[tuple[Loc, str]]:
        for loc, line in self.expressions():
            for path in sorted(path for path, attribute in line.attributes if attribute == SOURCE):
                if any(map(reference_in, self.names.get(path, ()))):
                    yield loc, f"`{path}.source` is not known of what an earlier check found; list its name"

    def unrecorded_names(self) -> Mapping[str, str]:
        return {source_key(name): f'{name}.source == "autograd"' for name in self.names.keys() - self._sources_asked}

    def _find_wrong_names(self, mistakes: MistakeCollector) -> None:
        super()._find_wrong_names(mistakes)
        for loc, line in self.expressions():
            nodes = ast.walk(line.tree)
            asked = {
                ast.unparse(node.value) for node in nodes if isinstance(node, ast.Attribute) and node.attr == SOURCE
            }
            for path in sorted(asked):
                root = re.split(r"[\[.]", path)[0]
                if path not in self.names and root in self.names:
                    part = f"{self.names[root][0]}{path[len(root) :]}"
                    shown = f"'{part}'" if "[" in part else part
                    text = f"`.source` can only be asked of a declared name as a whole, not of `{path}`"
                    mistakes.add(loc, f"{text}; declare it, as in `names: {{part: [{shown}]}}`, and ask `part.source`")

    @cached_property
    def _sources_asked(self) -> frozenset[str]:
        """The names of which a line asks where they come from."""
        asked = (line.attributes for _, line in self.expressions())
        found = (name for attributes in asked for name, attribute in attributes if attribute == SOURCE)
        return frozenset(found) & self.names.keys()

    def judge(self, context: Context) -> Verdict:
        seen = list(self._candidates(context))
        candidates = [candidate for candidate, _ in seen]
        if self.wants_reference() and (reference := context.reference) is not None:
            theirs = reference.once((context.exercise, self.id), lambda: last_values(self, reference))
            if theirs.mistake:
                return Verdict(check=self.id, status="error", message=theirs.mistake, place=theirs.place)
            candidates = [replace(candidate, reference=theirs.variables) for candidate in candidates]
        names = " and ".join(f"`{name}`" for name in self.names)
        phrases = Phrases(
            thing="moment",
            things="moments",
            nothing=self._nothing(context, found=bool(candidates)),
            passed=lambda candidate: f"{names} {'is' if len(self.names) == 1 else 'are'} as asked for.",
            broken=_broken_at_the_end if self.when == "end" else _broken,
            says_why=bool(candidates),
        )
        verdict = decide(self, context, candidates, phrases)
        if verdict.status != "failed":
            return verdict
        open_ones = [(one, reasons) for one, (_, reasons) in zip(candidates, seen, strict=True) if reasons]
        return self._for_a_person(verdict, replace(context, notes=None), open_ones, phrases) or verdict

    def _for_a_person(
        self, verdict: Verdict, context: Context, candidates: Iterable[_Candidate], phrases: Phrases
    ) -> Verdict | None:
        """The verdict where a value would pass if autograd computed it, or did not, and only a person can tell that."""
        for candidate, reasons in candidates:
            for source in ("autograd", "other"):
                told = {source_key(name): source for name in reasons}
                passing = replace(candidate, variables={**candidate.variables, **told})
                if decide(self, context, [passing], phrases).status == "passed":
                    name, reason = next(iter(reasons.items()))
                    return replace(
                        verdict,
                        status="manual",
                        message=_UNDECIDED.format(name=name, reason=reason),
                        place=candidate.place,
                        best_position=candidate.position,
                        variables=(candidate.variables,),
                        found=True,
                    )
        return None

    def _nothing(self, context: Context, *, found: bool) -> str:
        """Which of the names were never bound, and under which names they were looked for."""
        seen = {name: None for values in context.subject.observed.watched_values for name in values.values}
        missing = [
            in_words(aliases)
            for aliases in self.names.values()
            if not any(reference_in(alias) for alias in aliases) and not matching_names(aliases, seen)
        ]
        if missing:
            return f"Nothing named {' and nothing named '.join(missing)} was found."
        names = " and ".join(f"`{name}`" for name in self.names)
        if found:
            return f"{names} {'was' if len(self.names) == 1 else 'were'} there, but never as asked for here."
        return f"Nothing named {names} was found." if len(self.names) < 2 else f"{names} were never there together."

    def _candidates(self, context: Context) -> Iterator[_Candidate]:
        """Every way in which the names were bound, once: where it occurred first, if that is the student's own code."""
        code = "\n".join(cell.code for cell in context.subject.submission.cells) if self._sources_asked else ""
        sources = ValueSources(context.subject.observed, context.changes, code)
        asked = {name for _, line in self.expressions() for name, attribute in line.attributes if attribute == "grad"}
        notes = context.notes
        fingerprints: dict[tuple[int, bool], object] = {}

        def fingerprint(value: Value, *, with_grad: bool) -> object:
            """Cached by the value's identity: most values last for many events."""
            key = id(value), with_grad
            if key not in fingerprints:
                fingerprints[key] = _fingerprint(value, with_grad=with_grad)
            return fingerprints[key]

        observed, own_code = context.subject.observed, context.subject.own_code
        watched_values = observed.watched_values
        moments = [*typical(watched_values, lambda values: values.place), *watched_values[-1:]]
        references = (text for _, text in self.references())
        chosen = choices(references, context.earlier, after=self.after)[:MAX_COMBINATIONS]
        own: dict[object, bool] = {}
        candidates: dict[object, _Candidate] = {}
        findings: dict[object, dict[object, Found]] = {}
        for number, values in enumerate(moments, start=1):
            is_last = number == len(moments)
            for choice, names in self._ways(values, chosen):
                variables = {declared: values.values[name] for declared, name in names.items()}
                if values.position <= choice.after or not self._was_there(observed, variables.values(), variables):
                    if notes is not None:
                        left_out = _TOO_EARLY if values.position <= choice.after else _NOT_THERE
                        self._leave_out(notes, values, names, variables, left_out)
                    continue
                hands = hands_in_values(observed, variables, with_grad=asked, position=values.position)
                binding = tuple(fingerprint(value, with_grad=name in asked) for name, value in variables.items())
                found_sources = {name: sources.of(variables[name]) for name in sorted(self._sources_asked)}
                hands = (*hands, *(hand for source in found_sources.values() for hand in source.hands))
                words = tuple((source.source, source.reason) for source in found_sources.values())
                binding = (*binding, *words, any(hand.changed for hand in hands))
                objects = tuple(objects_of(variables).items())
                # At the student's own statement, what was handed out above is still bound as it was.
                is_own = own.setdefault((binding, objects), own_code.is_own(values.place))
                if not is_own or (self.when == "end" and not is_last):
                    if notes is not None:
                        left_out = _NOT_AT_THE_END if is_own else _HANDED_OUT
                        self._leave_out(notes, values, names, variables, left_out)
                    continue
                if binding not in candidates:
                    told = {source_key(name): source.source for name, source in found_sources.items()}
                    found = self._candidate(context, values, names, variables)
                    found = replace(found, variables={**variables, **told}, hands=tuple(dict.fromkeys(hands)))
                    reasons = {name: source.reason for name, source in found_sources.items() if source.reason}
                    candidates[binding] = found, reasons
                known = findings.setdefault(binding, {})
                for beside in self._besides(observed, values, variables, choice) if len(known) < MAX_FOUND else ():
                    together = {**dict(objects), **beside}
                    known.setdefault(tuple(together.items()), Found(position=values.position, objects=together))
        for key, (candidate, why) in candidates.items():
            yield replace(candidate, bound=tuple(findings[key].values())), why

    def _leave_out(
        self,
        notes: CheckNotes,
        values: WatchedValues,
        names: Mapping[str, str],
        variables: Mapping[str, Value],
        why: str,
    ) -> None:
        named = _as_declared(names)
        candidate = Candidate(position=values.position, place=values.place, variables=variables, shown_as=named)
        notes.leave_out([candidate], why)

    def _ways(self, values: WatchedValues, chosen: Sequence[Choice]) -> Iterator[tuple[Choice, Mapping[str, str]]]:
        for choice in chosen:
            yield from ((choice, names) for names in bindings(self.names, values.values, choice))

    def _was_there(self, observed: Observed, values: Iterable[Value], variables: Mapping[str, Value]) -> bool:
        """Whether values were there when the one that the student makes was made."""
        if self.made is None:
            return True
        made = observed.first_seen(variables[self.made])
        return all(observed.first_seen(value) <= made for value in values)

    def _besides(
        self, observed: Observed, values: WatchedValues, variables: Mapping[str, Value], choice: Choice
    ) -> Iterator[Mapping[str, int]]:
        """The ways to bind the names of ``beside``; what has no value at this moment is left out."""
        ways: list[list[tuple[str, Value | None]]] = []
        for declared, aliases in self.beside.items():
            found = (values.values[name] for name in bound_names(aliases, values.values, choice))
            there = [value for value in found if self._was_there(observed, (value,), variables)]
            ways.append([(declared, value) for value in there] or [(declared, None)])
        for combination in itertools.islice(itertools.product(*ways), MAX_COMBINATIONS):
            yield objects_of(dict(combination))

    def _candidate(
        self, context: Context, values: WatchedValues, names: Mapping[str, str], variables: Mapping[str, Value]
    ) -> Candidate:
        place = values.place
        if self.when == "end":
            place = _where_bound(context.subject.observed.watched_values, values, names.values())
        if self.made is not None:
            place = binding_place(context.subject.submission, names[self.made], values)
        is_own = True if self.when == "end" else None  # where the run ends says nothing about it
        return Candidate(
            position=values.position, place=place, variables=variables, is_own=is_own, shown_as=_as_declared(names)
        )


def _as_declared(names: Mapping[str, str]) -> str:
    """Which of the student's names stand for the declared ones."""
    return ", ".join(
        f"`{name}`" if name == declared else f"`{name}` as `{declared}`" for declared, name in names.items()
    )


def _where_bound(moments: Sequence[WatchedValues], last: WatchedValues, names: Collection[str]) -> RunPlace:
    """Where names got the values that they have at the last moment."""
    place = last.place
    for moment in reversed(moments):
        if moment.frame != last.frame:
            continue
        if any(moment.values.get(name) is not last.values[name] for name in names):
            break
        place = moment.place
    return place


def _fingerprint(value: Value | None, *, with_grad: bool) -> object:
    """Equal for two recorded values that no expression can tell apart."""
    if isinstance(value, Structure):
        items = (_fingerprint(item, with_grad=with_grad) for item in value.items)
        return value.kind, value.keys, value.cut, *items
    if not isinstance(value, Array):
        return value
    data = None if value.data is None else hashlib.blake2b(value.data.tobytes(), digest_size=16).digest()
    grad = _fingerprint(value.grad, with_grad=False) if with_grad else None
    return value.kind, value.dtype, value.shape, value.requires_grad, value.is_leaf, data, grad


def _broken(candidate: Candidate, line: Expression) -> str:
    return _of_source(candidate, line) or f"At no moment does everything hold; what fails: `{line.text}`."


def _broken_at_the_end(candidate: Candidate, line: Expression) -> str:
    names = sorted(line.names & candidate.variables.keys())
    values = " and ".join(f"`{name}` is {show(candidate.variables[name])}" for name in names)
    return _of_source(candidate, line) or f"At the end, `{line.text}` does not hold: {values}."


def _of_source(candidate: Candidate, line: Expression) -> str:
    """What is said of a line about where a value comes from; empty where it is about something else."""
    for name, attribute in sorted(line.attributes):
        source = candidate.variables.get(source_key(name))
        if attribute == SOURCE and source in _SOURCES:
            return _SOURCES[str(source)].format(name=name)
    return ""
