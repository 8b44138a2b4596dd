"""Kind ``uses``: the code uses a name or makes a torch call; with ``not``, it does not."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, PrivateAttr, field_serializer, field_validator, model_validator

from grader.judging.candidates import Phrases, decide
from grader.judging.checks.base import Check
from grader.judging.checks.yaml_lines import Evidence, evidence_field
from grader.judging.context import Context
from grader.judging.found_objects import objects_of
from grader.judging.functions.called_functions import functions_among
from grader.judging.trials import Candidate
from grader.judging.variable_kinds import FLAG, NUMBERS, WORD, VariableKind
from grader.language.expression import Expression
from grader.language.validation import describe
from grader.language.yaml_file import Loc
from grader.model import Found, Probes, RunPlace, TorchCall, Verdict
from grader.submission.tokens import tokens_of
from grader.submission.written_code import text_with_written

NO_GRAD = "no_grad"
"""How the recorder calls operations without gradients on tensors that require grad, not all of which come first."""


GRADIENT_CHECKS = frozenset({"gradcheck", "gradgradcheck"})
"""Calls that try a function, of which it is known what they went through."""


class UsesCheck(Check):
    """Looks for any of `names` in the code, without comments and strings, or for torch calls that happened."""

    kind: Literal["uses"]
    evidence: Evidence = evidence_field("never")
    call: tuple[str, ...] = Field(
        default=(),
        description="The name of a torch function or method, such as `detach`, or a list of them. `data` is that "
        "`.data` was read, `no_grad` any operation on a tensor that requires grad while gradients are turned off.",
    )
    negated: bool = Field(default=False, alias="not", description="The check passes if nothing is found.")
    _is_after_function: bool = PrivateAttr(default=True)
    """Whether `through` is the id of an earlier check for a function."""

    @field_validator("names", mode="before", json_schema_input_type=list[str])
    @classmethod
    def _read_names(cls, value: object) -> dict[str, tuple[object, ...]]:
        """These names are not used in expressions, so that names of the language such as `cos` are allowed."""
        names = value if isinstance(value, list | tuple) else (value,)
        for name in names:
            text = name.removeprefix(".").removesuffix("=") if isinstance(name, str) else ""
            if not isinstance(name, str) or not text.replace("*", "_").replace("?", "_").isidentifier():
                raise ValueError(f"expected names such as `[no_grad, .data, force=]`, found {describe(name)}")
        return {name: (name,) for name in names}

    @field_validator("call", mode="before", json_schema_input_type=str | list[str])
    @classmethod
    def _one_or_several_calls(cls, value: object) -> object:
        return tuple(value) if isinstance(value, tuple | list) else (value,)

    @field_serializer("call")
    def _as_written(self, call: tuple[str, ...]) -> Any:
        return call[0] if len(call) == 1 else list(call) or None

    @model_validator(mode="after")
    def _fields_fit(self) -> UsesCheck:
        if bool(self.names) == bool(self.call):
            raise ValueError("give either `names` (in the code) or `call` (a torch function)")
        if self.names and (self.given or self.holds):
            raise ValueError("`given` and `holds` go with `call`: names in the code have no values")
        return self

    VARIABLES: ClassVar[Mapping[str, str]] = {
        "tensor": "the tensor of the call, as it was then",
        "was_cut": "whether the tensor was in a graph and was taken out of it: by `detach`, `.data` or `no_grad`, or "
        "because the conversion was forced",
        "agrees": "the truth value that the call returned, as `allclose` does; of `gradcheck` and `gradgradcheck` "
        "False where it raised; None where the call returned something else",
        "written": 'in rubrics, where no call was found: the name as it stands in the code (`".detach"`), else None',
    }

    PARTS: ClassVar[frozenset[str] | None] = frozenset()
    VALUES: ClassVar[Mapping[str, VariableKind]] = {"tensor": NUMBERS, "was_cut": FLAG, "agrees": FLAG, "written": WORD}
    RUBRIC_ONLY: ClassVar[frozenset[str]] = frozenset({"written"})
    IGNORES: ClassVar[Mapping[str, str]] = {}

    def ignored(self) -> Mapping[str, str]:
        if self.call and all(name in GRADIENT_CHECKS for name in self.call):
            return {}
        without_graph = {"through": "it looks at names and calls, not at a graph (but for `gradcheck`)"}
        if self.call:
            return without_graph
        words = "names in the code have no values, and stand there from the beginning"
        return {**without_graph, **dict.fromkeys(("expect", "after", "tolerance"), words)}

    def building_on(self, earlier: Iterable[Check]) -> Self:
        if self.through is None:
            return self
        taken = self.model_copy()
        taken._is_after_function = any(
            check.id == self.through and any(way.kind == "function" for way in check.ways()) for check in earlier
        )
        return taken

    def wrong_references(self) -> Iterator[tuple[Loc, str]]:
        if not self._is_after_function:
            yield ("through",), f"`{self.through}` is no check above this one that is about functions"

    def binds(self) -> frozenset[str]:
        return frozenset({"tensor", "source"}) if self.call else frozenset()

    def probes(self, exercise: str, seed: int) -> Probes:
        return Probes(torch_calls=self.call)

    def judge(self, context: Context) -> Verdict:
        calls = " or ".join(f"`{name}`" for name in self.call)
        what = f"a call of {calls}" if self.call else " or ".join(f"`{name}`" for name in self.names)
        if len(self.call) > 2:
            what = "such call"  # a list of all ways would be the answer
        candidates = list(self._candidates(context))
        nothing = f"No {what.removeprefix('a ')}"
        phrases = Phrases(
            thing="use of it",
            things="uses of it",
            nothing=f"{nothing} is as asked for here." if candidates else f"{nothing} was found.",
            says_why=bool(candidates),
            passed=lambda candidate: (
                f"{what[0].upper()}{what[1:]} was found." if len(self.call) <= 2 else "It was found."
            ),
            broken=_broken,
        )
        # For the rubric's mistakes: that a call stands in the code, but did not happen as it should.
        others = [*self._of_other_functions(context), *_written(self.call, context)]
        verdict = decide(self, context, candidates, phrases, others)
        if not self.negated:
            return verdict
        passed = verdict.status != "passed"
        return Verdict(
            check=self.id,
            status="passed" if passed else "failed",
            message=f"It does without {what}." if passed else f"It uses {what}; it is to be solved without.",
            place=None if passed else verdict.place,
            share=float(passed),
            found=not passed,
            # Absence is no evidence of an attempt: an empty submission does not use it either.
            evidence=False,
            variables=verdict.variables,
        )

    def _candidates(self, context: Context) -> Iterator[Candidate]:
        if self.call:
            for position, event in enumerate(context.subject.observed.events):
                if isinstance(event, TorchCall) and event.call in self.call and self._is_through(event, context):
                    yield _candidate(position, event)
        else:
            yield from _written(self.names, context)

    def _of_other_functions(self, context: Context) -> Iterator[Candidate]:
        """Calls that did not go through the function that is meant."""
        for position, event in enumerate(context.subject.observed.events if self.through else ()):
            if isinstance(event, TorchCall) and event.call in self.call and not self._is_through(event, context):
                yield _candidate(position, event)

    def _is_through(self, event: TorchCall, context: Context) -> bool:
        """Whether a `gradcheck` went through a function that an earlier check found."""
        if self.through is None:
            return True
        earlier = context.earlier.get(self.through)
        return earlier is not None and bool(functions_among(earlier, event.functions))


def _candidate(position: int, event: TorchCall) -> Candidate:
    # Where a tensor that requires grad becomes an array, gradients are off, or it was forced.
    requires_grad = event.tensor is not None and event.tensor.requires_grad
    was_cut = event.source != 0 or requires_grad or event.call == NO_GRAD
    objects = objects_of({"tensor": event.tensor}) | ({"source": event.source} if event.source else {})
    return Candidate(
        position=position,
        place=event.place,
        variables={"tensor": event.tensor, "was_cut": was_cut, "agrees": event.agrees, "written": None},
        bound=(Found(position=position, objects=objects),),
        shown_as=f"`{event.call}`",
    )


def _written(patterns: Iterable[str], context: Context) -> Iterator[Candidate]:
    """The places in the code where a name stands that an exercise looks for."""
    patterns = tuple(patterns)
    for number, cell in enumerate(context.subject.submission.cells):
        for text, line in _names_in(cell.code):
            if any(_is_meant(pattern, text) for pattern in patterns):
                place = RunPlace(cell=number, line=cell.first_line + line - 1, statement=0)
                yield Candidate(position=number, place=place, variables={"written": text}, shown_as=f"`{text}`")


def _is_meant(pattern: str, text: str) -> bool:
    """Whether a name in the code is one that an exercise looks for.

    ``.data`` is an attribute only, ``force=`` an argument only, and any other pattern both, and names by themselves.
    """
    if not pattern.startswith(".") and not pattern.endswith("="):
        text = text.removeprefix(".").removesuffix("=")
    return fnmatch.fnmatchcase(text, pattern)


@lru_cache(maxsize=1024)  # every check reads all cells
def _names_in(code: str) -> tuple[tuple[str, int], ...]:
    """Every name in a cell's code with its line, from 1: ``.data`` for an attribute, ``force=`` for an argument."""
    found: list[tuple[str, int]] = []
    before, depth = "", 0
    for token in tokens_of(text_with_written(code)):
        if token.kind == "comment":
            continue
        if token.kind == "name":
            found.append((f".{token.text}" if before == "." else token.text, token.line))
        elif token.kind == "code":
            if token.text == "=" and depth and found and before == found[-1][0]:
                found[-1] = (f"{before}=", found[-1][1])
            depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        before = "" if token.kind == "string" else token.text
    return tuple(found)


def _broken(candidate: Candidate, line: Expression) -> str:
    return f"It was found, but `{line.text}` does not hold there."
