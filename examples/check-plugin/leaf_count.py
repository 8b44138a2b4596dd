"""Kind ``leaf-count``: some backward pass that worked reached so many leaves."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from grader.judging.checks.base import Check
from grader.judging.context import Context
from grader.model import Backward, Verdict


class LeafCountCheck(Check):
    """Looks at every backward pass, whatever its leaves are called."""

    kind: Literal["leaf-count"]
    count: int = Field(ge=1, description="How many leaves the pass has to reach.")

    def judge(self, context: Context) -> Verdict:
        """The first pass that reached ``count`` leaves; where there is none, what was seen instead."""
        seen: list[int] = []
        for position, event in enumerate(context.subject.observed.events):
            if not isinstance(event, Backward) or event.error is not None:
                continue
            if not context.subject.own_code.is_own(event.place):
                continue  # it was handed out
            seen.append(len(event.leaves))
            if len(event.leaves) == self.count:
                return Verdict(
                    check=self.id,
                    status="passed",
                    message=f"A backward pass reached {self.count} leaves.",
                    place=event.place,
                    position=position,
                    share=1.0,
                    found=True,
                    candidates=1,
                    evidence=True,
                )
        return Verdict(
            check=self.id,
            status="failed",
            message=f"No backward pass reached {self.count} leaves.",
            actual=", ".join(map(str, seen)) or "no pass",
            expected=str(self.count),
            found=bool(seen),
            candidates=len(seen),
        )
