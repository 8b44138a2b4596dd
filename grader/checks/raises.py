"""Kind ``raises``: torch itself raised a certain error. An error typed by hand, or printed, is none of torch's."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from grader.checks.base import Check, nearest
from grader.checks.context import Candidate, Context, Trial, Words, decide
from grader.checks.families import FAMILIES
from grader.model import Backward, Probes, TorchError, Verdict


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
            raise ValueError(f"unknown error family `{error}`{nearest(error, FAMILIES)}; known: {', '.join(FAMILIES)}")
        return error

    def variables(self) -> frozenset[str]:
        return frozenset({"call", "tensor", "root", "output"})

    def probes(self, exercise: str, seed: int) -> Probes:
        return Probes()

    def judge(self, context: Context) -> Verdict:
        family = FAMILIES[self.error]
        errors, others = [], []
        for position, event in enumerate(context.subject.observation.events):
            if isinstance(event, Backward) and event.error is not None and not event.stale:
                scope = {"call": event.call, "tensor": event.root, "root": event.root, "output": event.output}
            elif isinstance(event, TorchError):
                scope = {"call": event.call, "tensor": event.tensor, "root": None, "output": None}
            else:
                continue
            candidate = Candidate(position=position, place=event.place, scope=scope, noun=f"`{event.call}`")
            (errors if family.matches(event.error) else others).append(candidate)
        words = Words(
            thing="such error",
            things="such errors",
            nothing=f'No call of yours raised torch\'s error "{family.words}".',
            passed=lambda trial: f'{trial.candidate.noun} raised "{family.words}".',
            broken=_broken,
        )
        verdict = decide(self, context, errors, words)
        if verdict.found or errors:
            return verdict
        # Nothing of the family: a rubric's mistakes may look at what else was raised.
        return decide(self, context, [], words, others)


def _broken(trial: Trial) -> str:
    return f"The error was raised, but `{trial.broken}` does not hold where it was."
