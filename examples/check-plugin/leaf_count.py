"""Kind ``leaf-count``: some backward pass that worked reached so many leaves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from grader.judging.candidates import Phrases, decide
from grader.judging.checks.base import Check
from grader.judging.checks.yaml_lines import read_expression
from grader.judging.context import Context
from grader.judging.trials import Candidate
from grader.judging.variable_kinds import COUNT, VariableKind
from grader.model import Backward, Verdict


class LeafCountCheck(Check):
    """Looks at every backward pass, whatever its leaves are called."""

    kind: Literal["leaf-count"]
    count: int = Field(ge=1, description="How many leaves the pass has to reach.")

    # What lines in YAML may use: `given: elements > 1`, and in a rubric `when: leaves == 1`.
    VARIABLES: ClassVar[Mapping[str, str]] = {
        "leaves": "how many leaves the pass reached",
        "elements": "how many numbers these have in all",
    }
    VALUES: ClassVar[Mapping[str, VariableKind]] = {"leaves": COUNT, "elements": COUNT}
    IGNORES: ClassVar[Mapping[str, str]] = {"names": "its expressions know no names of the student's"}
    SCAFFOLD: ClassVar[str | None] = str(Path(__file__).parent / "leaf_count_scaffold")

    def judge(self, context: Context) -> Verdict:
        """A candidate of each pass; ``decide`` examines them by the lines of the exercise."""
        wanted = read_expression(f"leaves == {self.count}")
        check = self.model_copy(update={"holds": (wanted, *self.holds)})
        candidates = [
            _candidate(position, event)
            for position, event in enumerate(context.subject.observed.events)
            if isinstance(event, Backward) and event.error is None
        ]
        return decide(check, context, candidates, self._phrases())

    def _phrases(self) -> Phrases:
        return Phrases(
            thing="backward pass",
            things="backward passes",
            nothing="No backward pass worked.",
            passed=lambda candidate: f"A backward pass reached {self.count} leaves.",
            broken=lambda candidate, line: (
                f"The pass reached {candidate.variables['leaves']} leaves, and `{line.text}` does not hold."
            ),
        )


def _candidate(position: int, event: Backward) -> Candidate:
    elements = sum(math.prod(leaf.value.shape) for leaf in event.leaves)
    return Candidate(
        position=position,
        place=event.place,
        noun="a backward pass",
        variables={"leaves": len(event.leaves), "elements": elements},
    )
