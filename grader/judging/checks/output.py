"""Kind ``output``: the text that a cell printed or displayed contains a text, or matches a pattern."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby
from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from grader.judging.candidates import Phrases, decide
from grader.judging.checks.base import Check
from grader.judging.checks.yaml_lines import Evidence, evidence_field
from grader.judging.context import Context
from grader.judging.tracing.notes import CheckNotes
from grader.judging.trials import Candidate
from grader.language.expression import Expression
from grader.model import Output, RunPlace, Verdict
from grader.runtime.protocol.record import OUTPUT_CUT
from grader.text import shorten

_WORD = re.compile(r"\w+(?:\.\d+)?")
MAX_SHOWN = 100
"""Characters of a printed line that a message quotes."""
MAX_TEXT = 16 * 1024**2
"""Characters that one check reads: all that the recorder keeps."""
MAX_COMPARED = 400_000
"""Characters among which a line may be the closest. Where more was printed, the first and the last that each statement
printed are compared, with equal shares."""
MAX_STEPS = 4 * 1000**3
"""A pattern may go over a text again from each of its characters. Of a text whose length squared is more than this, it
is looked for in windows that overlap by half."""


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

    IGNORES: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("given", "expect", "holds", "names", "tolerance"), "printed text has no values"),
        "through": "printed text has no graph",
    }

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
        return self

    def judge(self, context: Context) -> Verdict:
        printed = _printed(context)
        total = sum(len(item.text) for texts in printed for item in texts)
        candidates = [found for texts in printed if (found := self._find_in(texts, total)) is not None]
        wanted = f'"{self.text}"' if self.text is not None else f"anything like `{self.pattern}`"
        if context.notes is not None:
            _note_others(context.notes, printed, {one.place.cell for one in candidates}, wanted)
        nothing = f"No cell printed {wanted}." if printed else f"Nothing was printed, so {wanted} was not either."
        closest = None if candidates or self.text is None else _closest(self.text, printed)
        if closest is not None:
            nothing = f'{nothing} The closest to it is "{shorten(closest.text, MAX_SHOWN)}".'
        if not candidates and any(item.text == OUTPUT_CUT for texts in printed for item in texts):
            nothing = f"{nothing} More was printed than is recorded, so that it may stand in what is missing."
        phrases = Phrases(
            thing="output",
            things="outputs",
            nothing=nothing,
            passed=lambda candidate: f"It printed {wanted}.",
            broken=_broken,
        )
        verdict = decide(self, context, candidates, phrases)
        if closest is not None and verdict.place is None:
            return replace(verdict, place=closest.place)
        return verdict

    def _find_in(self, texts: Sequence[_Printed], total: int) -> Candidate | None:
        """The text as a candidate, if a cell printed it: at the statement that wrote where it begins.

        ``total``: how many characters all cells printed.
        """
        text = "".join(item.text for item in texts)
        if self.pattern is None:
            words = r"\s+".join(map(re.escape, (self.text or "").split()))
            found = re.search(words, text)
        else:
            found = _search(re.compile(self.pattern), text, window=max(MAX_STEPS // max(total, 1), 2))
        if found is None:
            return None
        ends = list(accumulate(len(item.text) for item in texts))
        first = texts[min(bisect_right(ends, found.start()), len(texts) - 1)]
        last = texts[min(bisect_left(ends, found.end()), len(texts) - 1)]
        position = max(first.position, last.position)
        return Candidate(position=position, place=first.place, variables={}, noun="the output")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Printed:
    """A text that a statement printed, with the position of its event."""

    place: RunPlace
    position: int
    text: str


def _note_others(notes: CheckNotes, printed: Iterable[Sequence[_Printed]], cells: Container[int], wanted: str) -> None:
    """Note what the other cells printed."""
    for texts in printed:
        first = texts[0]
        if first.place.cell not in cells:
            text = shorten(" ".join("".join(item.text for item in texts).split()), MAX_SHOWN)
            noted = notes.thing(first.place.cell, f'"{text}"', first.position, first.place)
            noted.decide("left_out", f"{wanted} is not in it")


def _printed(context: Context) -> tuple[tuple[_Printed, ...], ...]:
    """What the student's own code printed or displayed, cell by cell."""
    cells: dict[int, list[_Printed]] = {}
    room = MAX_TEXT
    own_code = context.subject.own_code
    for position, event in enumerate(context.subject.observed.events):
        if isinstance(event, Output) and event.stream != "stderr" and room > 0 and own_code.is_own(event.place):
            item = _Printed(place=event.place, position=position, text=event.text[:room])
            cells.setdefault(event.place.cell, []).append(item)
            room -= len(event.text)
    return tuple(map(tuple, cells.values()))


def _search(pattern: re.Pattern[str], text: str, *, window: int) -> re.Match[str] | None:
    """Where a pattern is found first. Of a text longer than a window, only what fits into half of one surely is."""
    if len(text) <= window:
        return pattern.search(text)
    for start in range(0, len(text), window // 2):
        found = pattern.search(text, start, start + window)
        # Once more with what follows: a window's end is no end of the text.
        if found is not None and (found := pattern.match(text, found.start(), start + 2 * window)) is not None:
            return found
    return None


def _closest(wanted: str, printed: Sequence[Sequence[_Printed]]) -> _Printed | None:
    """The printed line that shares the most words with a text, and more than half of them; None if no line does."""
    words = Counter(_WORD.findall(wanted.casefold()))
    best, share = None, 0.5
    for item in _compared([item for texts in printed for item in texts]):
        for line in item.text.split("\n"):
            theirs = Counter(_WORD.findall(line.casefold()))
            common = 2 * (words & theirs).total() / max(words.total() + theirs.total(), 1)
            if common > share:
                best, share = replace(item, text=line.strip()), common
    return best


def _compared(texts: Sequence[_Printed]) -> Iterator[_Printed]:
    statements = [list(items) for _, items in groupby(texts, key=lambda item: item.place.statement)]
    share = MAX_COMPARED // (2 * max(len(statements), 1))
    for items in statements:
        room = share
        for item in items:
            if room < len(item.text):
                yield replace(item, text=item.text[:room])
                yield replace(items[-1], text=items[-1].text[-share:] if share else "")
                break
            yield item
            room -= len(item.text)


def _broken(candidate: Candidate, line: Expression) -> str:
    return f"It was printed, but `{line.text}` does not hold."
