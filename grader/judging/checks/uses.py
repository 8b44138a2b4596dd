"""Kind ``uses``: the code uses a name or makes a torch call; with ``not``, it does not."""

from __future__ import annotations

import tokenize
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from pydantic import Field, field_validator, model_validator

from grader.judging.candidates import Candidate, Phrases, decide
from grader.judging.checks.base import Check, Evidence, evidence_field
from grader.judging.context import Context
from grader.judging.watched_values import matching_names
from grader.language.expression import Expression
from grader.language.validation import describe
from grader.model import Probes, RunPlace, TorchCall, Verdict
from grader.submission.tokens import readable_tokens


class UsesCheck(Check):
    """Looks for any of `names` in the code, without comments and strings, or for a torch call."""

    kind: Literal["uses"]
    evidence: Evidence = evidence_field("never")
    call: str | None = Field(default=None, description="The name of a torch function or method, such as `detach`.")
    negated: bool = Field(default=False, alias="not", description="The check passes if nothing is found.")

    @field_validator("names", mode="before", json_schema_input_type=list[str])
    @classmethod
    def _read_names(cls, value: object) -> dict[str, tuple[object, ...]]:
        """These names are not used in expressions, so that names of the language such as `cos` are allowed."""
        names = value if isinstance(value, list | tuple) else (value,)
        for name in names:
            if not isinstance(name, str) or not name.replace("*", "_").replace("?", "_").isidentifier():
                raise ValueError(f"expected names such as `[detach, no_grad]`, found {describe(name)}")
        return {name: (name,) for name in names}

    @model_validator(mode="after")
    def _fields_fit(self) -> UsesCheck:
        if bool(self.names) == bool(self.call):
            raise ValueError("give either `names` (in the code) or `call` (a torch function)")
        if self.names and (self.given or self.holds):
            raise ValueError("`given` and `holds` go with `call`: names in the code have no values")
        return self

    def variables(self) -> frozenset[str]:
        return frozenset({"tensor"})

    def probes(self, exercise: str, seed: int) -> Probes:
        return Probes(torch_calls=(self.call,) if self.call else ())

    def judge(self, context: Context) -> Verdict:
        what = f"a call of `{self.call}`" if self.call else " or ".join(f"`{name}`" for name in self.names)
        phrases = Phrases(
            thing="use of it",
            things="uses of it",
            nothing=f"No {what.removeprefix('a ')} was found.",
            passed=lambda candidate: f"{what[0].upper()}{what[1:]} was found.",
            broken=_broken,
        )
        verdict = decide(self, context, list(self._candidates(context)), phrases)
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
                if isinstance(event, TorchCall) and event.call == self.call:
                    yield Candidate(position=position, place=event.place, variables={"tensor": event.tensor})
            return
        patterns = [pattern for aliases in self.names.values() for pattern in aliases]
        for number, cell in enumerate(context.subject.submission.cells):
            for line in (line for name, line in _names_in(cell.code) if matching_names(patterns, (name,))):
                place = RunPlace(cell=number, line=cell.first_line + line - 1, statement=0)
                yield Candidate(position=number, place=place, variables={})


@lru_cache(maxsize=1024)  # every check reads all cells
def _names_in(code: str) -> tuple[tuple[str, int], ...]:
    """Every name in a cell's code with its line, counted from 1. Broken code is read up to the first error."""
    tokens = (token for token in readable_tokens(code) if token.type == tokenize.NAME)
    return tuple((token.string, token.start[0]) for token in tokens)


def _broken(candidate: Candidate, line: Expression) -> str:
    return f"It was found, but `{line.text}` does not hold there."
