"""Kind ``raises``: torch itself raised a certain error. An error typed by hand, or printed, is none of torch's."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from grader.checks.base import Check
from grader.checks.context import Candidate, Context, Trial, Words, decide
from grader.checks.families import FAMILIES
from grader.model import Array, Backward, TorchError, Verdict
from grader.validation import nearest_or_all


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
            raise ValueError(f"unknown error family `{error}`{nearest_or_all(error, FAMILIES)}")
        return error

    def variables(self) -> frozenset[str]:
        return frozenset({"call", "tensor", "root", "output"})

    def judge(self, context: Context) -> Verdict:
        family = FAMILIES[self.error]
        errors: list[Candidate] = []
        others: list[Candidate] = []
        for position, event in enumerate(context.subject.observed.events):
            if isinstance(event, Backward) and event.error is not None and not event.stale:
                error = event.error
                tensor: Array | None = event.root
                root: Array | None = event.root
                output: Array | None = event.output
            elif isinstance(event, TorchError):
                error, tensor, root, output = event.error, event.tensor, None, None
            else:
                continue
            scope = {"call": event.call, "tensor": tensor, "root": root, "output": output}
            candidate = Candidate(position=position, place=event.place, scope=scope, noun=f"`{event.call}`")
            (errors if family.matches(error) else others).append(candidate)
        words = Words(
            thing="such error",
            things="such errors",
            nothing=f'No call of yours raised torch\'s error "{family.words}".',
            passed=lambda trial: f'{trial.candidate.noun} raised "{family.words}".',
            broken=_broken,
        )
        return decide(self, context, errors, words, others)


def _broken(trial: Trial) -> str:
    return f"The error was raised, but `{trial.broken}` does not hold where it was."
