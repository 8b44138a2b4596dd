"""Kind ``raises``: torch itself raised a certain error. An error typed by hand, or printed, is none of torch's."""

from __future__ import annotations

from collections import deque
from typing import Literal

from pydantic import Field, field_validator

from grader.judging.checks.base import Check
from grader.judging.context import MAX_SCOPES, Candidate, Context, Raising, Trial, Words, decide, typical
from grader.judging.error_families import FAMILIES
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
        return frozenset({"call", "tensor", "root", "output"})

    def judge(self, context: Context) -> Verdict:
        family = FAMILIES[self.error]
        errors: list[Raising] = []
        others: deque[Raising] = deque(maxlen=MAX_SCOPES)
        for position, event in context.subject.observed.raising:
            if event.error is not None:
                (errors if family.matches(event.error) else others).append((position, event))
        found = typical(errors, lambda raising: raising[1].place)
        words = Words(
            thing="such error",
            things="such errors",
            nothing=f'No call of yours raised torch\'s error "{family.words}".',
            passed=lambda trial: f'{trial.candidate.noun} raised "{family.words}".',
            broken=_broken,
        )
        return decide(self, context, list(map(_candidate, found)), words, list(map(_candidate, others)))


def _candidate(raising: Raising) -> Candidate:
    position, event = raising
    passed = event if isinstance(event, Backward) else None
    scope = {
        "call": event.call,
        "tensor": event.tensor if isinstance(event, TorchError) else event.root,
        "root": None if passed is None else passed.root,
        "output": None if passed is None else passed.output,
    }
    return Candidate(position=position, place=event.place, scope=scope, noun=f"`{event.call}`")


def _broken(trial: Trial) -> str:
    return f"The error was raised, but `{trial.broken}` does not hold where it was."
