"""Kind ``output``: the text that a cell printed or displayed contains a text, or matches a pattern."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator, model_validator

from grader.judging.candidates import Candidate, Phrases, decide
from grader.judging.checks.base import Check, Evidence, evidence_field
from grader.judging.context import Context
from grader.language.expression import Expression
from grader.model import Output, RunPlace, Verdict

MAX_TEXT = 400_000
"""Characters that one check reads; the recorder keeps half as many."""


class OutputCheck(Check):
    """Looks at the text that each cell printed or displayed, without standard error."""

    kind: Literal["output"]
    evidence: Evidence = evidence_field("never")
    text: str | None = Field(
        default=None,
        min_length=1,
        description="A text that must appear; runs of spaces and line ends count as one space.",
    )
    pattern: str | None = Field(default=None, min_length=1, description="A regular expression (Python's) to be found.")

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise ValueError(f"`{pattern}` is no regular expression: {error}") from error
        return pattern

    @model_validator(mode="after")
    def _fields_fit(self) -> OutputCheck:
        if (self.text is None) == (self.pattern is None):
            raise ValueError("give either `text` or `pattern`")
        if self.given or self.holds or self.expect:
            raise ValueError("`given`, `expect` and `holds` look at values; printed text has none")
        return self

    def variables(self) -> frozenset[str]:
        return frozenset()

    def judge(self, context: Context) -> Verdict:
        printed: dict[int, list[tuple[RunPlace, int, str]]] = {}
        room = MAX_TEXT
        own_code = context.subject.own_code
        for position, event in enumerate(context.subject.observed.events):
            if isinstance(event, Output) and event.stream != "stderr" and room > 0 and own_code.is_own(event.place):
                printed.setdefault(event.place.cell, []).append((event.place, position, event.text[:room]))
                room -= len(event.text)
        candidates = [
            Candidate(position=texts[-1][1], place=texts[0][0], variables={}, noun="the output")
            for texts in printed.values()
            if self._is_in("".join(text for _, _, text in texts))
        ]
        wanted = f'"{self.text}"' if self.text is not None else f"anything like `{self.pattern}`"
        phrases = Phrases(
            thing="output",
            things="outputs",
            nothing=f"No cell printed {wanted}." if printed else f"Nothing was printed, so {wanted} was not either.",
            passed=lambda candidate: f"It printed {wanted}.",
            broken=_broken,
        )
        return decide(self, context, candidates, phrases)

    def _is_in(self, text: str) -> bool:
        if self.text is not None:
            return " ".join(self.text.split()) in " ".join(text.split())
        return re.search(self.pattern or "", text) is not None


def _broken(candidate: Candidate, line: Expression) -> str:
    return f"It was printed, but `{line.text}` does not hold."
