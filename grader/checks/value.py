"""Kind ``value``: at some moment, or at the end, named values were as asked for."""

from __future__ import annotations

from typing import Literal

from grader.checks.base import Check
from pydantic import Field

from grader.checks.context import Candidate, Context, Trial, Words, decide
from grader.model import Probes, Verdict
from grader.timeline import matching


class ValueCheck(Check):
    """Looks at the declared names after every top-level statement. All of them have to be bound."""

    kind: Literal["value"]
    when: Literal["sometime", "end"] = Field(
        default="sometime",
        description="`sometime`: after any statement will do; `end`: only as things stood at the end.",
    )

    def variables(self) -> frozenset[str]:
        return frozenset()

    def probes(self, exercise: str, seed: int) -> Probes:
        return Probes(names=tuple(pattern for patterns in self.names.values() for pattern in patterns))

    def judge(self, context: Context) -> Verdict:
        states = context.subject.states[-1:] if self.when == "end" else context.subject.states
        candidates = [
            Candidate(position=state.position, place=state.place, scope=scope)
            for state in states
            for scope in matching(self.names, state.values)
        ]
        names = " and ".join(f"`{name}`" for name in self.names)
        words = Words(
            thing="moment",
            things="moments",
            nothing=f"Nothing named {names} was found."
            if len(self.names) < 2
            else f"{names} were never there together.",
            passed=lambda trial: f"{names} {'is' if len(self.names) == 1 else 'are'} as asked for.",
            broken=_broken,
        )
        return decide(self, context, candidates, words)


def _broken(trial: Trial) -> str:
    return f"At no moment does everything hold; what fails: `{trial.broken}`."
