"""Kind ``raises``: torch itself raised a certain error. A ``raise`` or a printed message in the code does not count."""

from __future__ import annotations

from collections import deque
from typing import Literal

from pydantic import Field, field_validator

from grader.judging.bounds import MAX_VARIABLE_SETS, typical
from grader.judging.candidates import Candidate, Phrases, decide, passed_over
from grader.judging.checks.base import Check
from grader.judging.context import Context
from grader.judging.error_families import FAMILIES, family_of
from grader.judging.observed import Observed, RaisingCall
from grader.language.expression import Expression
from grader.model import Backward, TorchError, Verdict
from grader.suggestions import did_you_mean_or_all


class RaisesCheck(Check):
    """Looks at every torch call that raised, also where the student's ``try`` swallowed the exception."""

    kind: Literal["raises"]
    error: str = Field(
        description=f"The family of the error: {', '.join(FAMILIES)}.", json_schema_extra={"enum": list(FAMILIES)}
    )

    @field_validator("error")
    @classmethod
    def _known_family(cls, error: str) -> str:
        if error not in FAMILIES:
            raise ValueError(f"unknown error family `{error}`{did_you_mean_or_all(error, FAMILIES)}")
        return error

    def variables(self) -> frozenset[str]:
        return frozenset({"call", "raised", "tensor", "root", "output", "repeats", "functions"})

    def judge(self, context: Context) -> Verdict:
        family = FAMILIES[self.error]
        errors: list[RaisingCall] = []
        others: deque[RaisingCall] = deque(maxlen=MAX_VARIABLE_SETS)
        for position, event in context.subject.observed.raising_calls:
            if event.error is not None:
                (errors if family.matches(event.error) else others).append((position, event))
        found = typical(errors, lambda call: call[1].place)
        stale = {
            name: None
            for event in context.subject.observed.events
            if isinstance(event, Backward) and event.error is not None and family.matches(event.error)
            for name in event.stale_names
        }
        phrases = Phrases(
            thing="such error",
            things="such errors",
            nothing=f'No call of yours raised torch\'s error "{family.words}".{passed_over(stale)}',
            passed=lambda candidate: f'{candidate.noun} raised "{family.words}".',
            broken=_broken,
        )
        observed = context.subject.observed
        return decide(
            self,
            context,
            [_candidate(call, observed) for call in found],
            phrases,
            [_candidate(call, observed) for call in others],
        )


def _candidate(call: RaisingCall, observed: Observed) -> Candidate:
    position, event = call
    passed = event if isinstance(event, Backward) else None
    variables = {
        "call": event.call,
        "raised": "" if event.error is None else family_of(event.error),
        "tensor": event.tensor if isinstance(event, TorchError) else event.root,
        "root": None if passed is None else passed.root,
        "output": None if passed is None else passed.output,
        "functions": 0 if passed is None else len(passed.functions),
        "repeats": 0 if passed is None else observed.passes_from(passed.output, before=position),
    }
    return Candidate(position=position, place=event.place, variables=variables, noun=f"`{event.call}`")


def _broken(candidate: Candidate, line: Expression) -> str:
    return f"The error was raised, but `{line.text}` does not hold where it was."
