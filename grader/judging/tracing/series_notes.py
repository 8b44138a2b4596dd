"""Notes on the moments of a series: the steps of a training loop, or all passes that a check is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from grader.judging.comparison import Comparison
from grader.judging.tracing.notes import CandidateNotes
from grader.judging.tracing.sides import sides_of
from grader.language.closeness import Tolerance
from grader.language.expression import Expression
from grader.model import RunPlace, TracedLine

Key = tuple[str, int]
"""The field of a line, and its number there."""


class Moment(Protocol):
    """What is noted of a moment."""

    @property
    def number(self) -> int: ...
    @property
    def position(self) -> int: ...
    @property
    def place(self) -> RunPlace: ...
    @property
    def variables(self) -> Mapping[str, Any]: ...
    @property
    def noun(self) -> str: ...


class SeriesNotes:
    """Notes on each moment of a series. ``written`` has the field and the text of lines that are judged as lines of
    another field, by their keys.
    """

    def __init__(self, thing: str, written: Mapping[Key, tuple[str, str]] | None = None) -> None:
        """``thing`` is what a moment is: "step"."""
        self.parts: list[CandidateNotes] = []
        self._thing = thing
        self._written = written or {}

    def begin(self, moment: Moment) -> CandidateNotes:
        """Notes on a moment that meets ``given``; it passes as long as no line is noted that does not hold."""
        of = f" of {moment.noun}" if moment.noun else ""
        notes = CandidateNotes(
            what=f"{self._thing} {moment.number + 1}{of}",
            position=moment.position,
            place=moment.place,
            variables=moment.variables,
            status="passed",
        )
        self.parts.append(notes)
        return notes

    def skip(
        self, moment: Moment, lines: Sequence[Expression], answers: Sequence[bool | None], tolerance: Tolerance | None
    ) -> None:
        """Note a moment that does not meet ``given``, or of which that is not known."""
        notes = self.begin(moment)
        notes.decide("unrecorded" if False not in answers else "unmet")
        for line, held in zip(lines, answers, strict=True):
            notes.asked("given", line, moment.variables, tolerance, held=held)

    def line(
        self,
        notes: CandidateNotes,
        key: Key,
        lines: Sequence[Expression],
        tolerance: Tolerance | None,
        *,
        held: bool | None,
        comparison: Comparison | None = None,
        said: str = "",
    ) -> None:
        """Note a line at a moment. ``lines``: both sides of a line of ``expect``, else one."""
        part, text = self._written.get(key, (key[0], ": ".join(line.text for line in lines)))
        if comparison is not None:
            notes.compared(lines[0], lines[-1], comparison, part)
        elif len(lines) > 1:
            values = sides_of(lines[0], notes.variables, tolerance)
            notes.lines.append(TracedLine(part=part, text=text, held=held, values=values, said=said))
        else:
            notes.asked(part, lines[0], notes.variables, tolerance, held=held, said=said)
        if held is False:
            notes.decide("failed")
