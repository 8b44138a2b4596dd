"""What judging notes of its decisions, where an instructor asks for it. It writes the notes and never reads them: the
verdict is the same with and without them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from grader.judging.comparison import Comparison
from grader.judging.tracing.closeness import share_of, share_of_line
from grader.judging.tracing.sides import how_they_differ, shown, sides_of, unmet_parts
from grader.language.closeness import Tolerance
from grader.language.expression import Expression
from grader.model import CandidateStatus, RunPlace, TracedLine, TracedValue

_BY_NUMBERS = "holds for these numbers, which other functions have as well"
MAX_PARTS = 5_000
"""Calls or steps that are noted of one candidate."""


class Seen(Protocol):
    """What is noted of a candidate."""

    @property
    def position(self) -> int: ...
    @property
    def place(self) -> RunPlace: ...
    @property
    def variables(self) -> Mapping[str, Any]: ...
    @property
    def noun(self) -> str: ...
    @property
    def shown_as(self) -> str: ...


@dataclass(slots=True, kw_only=True)
class CandidateNotes:
    """What decided about a candidate. ``status`` None: nothing yet."""

    what: str
    position: int
    place: RunPlace | None
    variables: Mapping[str, Any] = field(default_factory=dict)
    status: CandidateStatus | None = None
    why: str = ""
    values: tuple[TracedValue, ...] = ()
    given: list[TracedLine] = field(default_factory=list)
    lines: list[TracedLine] = field(default_factory=list)
    parts: list[CandidateNotes] = field(default_factory=list)
    is_best: bool = False
    of: object = None
    """The candidate itself, which stays alive for as long as notes are looked up by it."""

    def meets(self, lines: Iterable[Expression], variables: Mapping[str, Any], tolerance: Tolerance | None) -> bool:
        """Whether all lines of ``given`` hold. Those after the first that fails decide nothing, so only their numbers
        are looked at.
        """
        self.given = []
        met = True
        for line in lines:
            held = line.holds(variables if met else dict(variables), tolerance=tolerance)
            self.given.append(_noted("given", line, variables, tolerance, held=held))
            met = met and held
        return met

    def compared(self, seen: Expression, wanted: Expression, comparison: Comparison, part: str = "expect") -> None:
        """Note a line of ``expect``."""
        values = (
            TracedValue(text=f"{seen.text}{comparison.item}", value=comparison.actual),
            TracedValue(text="wanted", value=comparison.expected),
        )
        self.lines.append(
            TracedLine(
                part=part,
                text=f"{seen.text}: {wanted.text}",
                held=comparison.equal,
                values=values,
                said="" if comparison.equal else comparison.message,
                share=share_of(comparison),
            )
        )

    def asked(
        self,
        part: str,
        line: Expression,
        variables: Mapping[str, Any],
        tolerance: Tolerance | None,
        *,
        held: bool | None,
        said: str = "",
    ) -> None:
        """Note a line of ``holds``, or of another field with conditions."""
        self.lines.append(_noted(part, line, variables, tolerance, held=held, said=said))

    def stated(self, part: str, text: str, *, held: bool | None, said: str = "") -> None:
        """Note what a field without an expression asks for."""
        self.lines.append(TracedLine(part=part, text=text, held=held, said=said))

    def give(self, variables: Mapping[str, Any], names: Iterable[str]) -> None:
        """Note what it was given, or what it is known by."""
        self.values = tuple(TracedValue(text=name, value=shown(variables[name])) for name in names if name in variables)

    def decide(self, status: CandidateStatus, why: str = "") -> None:
        self.status, self.why = status, why or self.why

    def part(self, what: str, position: int, place: RunPlace | None, variables: Mapping[str, Any]) -> CandidateNotes:
        """Notes on a call of a function, or a step of a loop."""
        notes = CandidateNotes(what=what, position=position, place=place, variables=variables)
        if len(self.parts) < MAX_PARTS:
            self.parts.append(notes)
        return notes


class CheckNotes:
    """Notes on the candidates of a check, or of a way of ``any-of``."""

    def __init__(self) -> None:
        self.ways: dict[int, CheckNotes] = {}
        self._by_id: dict[int, CandidateNotes] = {}
        self._things: dict[Hashable, CandidateNotes] = {}

    def way(self, number: int) -> CheckNotes:
        """Notes on a way of ``any-of``."""
        return self.ways.setdefault(number, CheckNotes())

    def of(self, seen: Seen) -> CandidateNotes:
        """Notes on a candidate, which are the same each time."""
        notes = self._by_id.get(id(seen))
        if notes is None:
            notes = CandidateNotes(
                what=seen.shown_as or seen.noun,
                position=seen.position,
                place=seen.place,
                variables=seen.variables,
                of=seen,
            )
            self._by_id[id(seen)] = notes
        return notes

    def thing(self, key: Hashable, what: str, position: int, place: RunPlace | None) -> CandidateNotes:
        """Notes on something that is no ``Candidate``: a function, a module, a text; the same for an equal ``key``."""
        if key not in self._things:
            self._things[key] = CandidateNotes(what=what, position=position, place=place)
        return self._things[key]

    def leave_out(self, seen: Iterable[Seen], why: str) -> None:
        """Note why these do not count, whatever the lines of the check say."""
        for one in seen:
            self.of(one).decide("left_out", why)

    def all(self) -> list[CandidateNotes]:
        """The notes in the order of the run."""
        return sorted([*self._by_id.values(), *self._things.values()], key=lambda notes: notes.position)


def _noted(
    part: str,
    line: Expression,
    variables: Mapping[str, Any],
    tolerance: Tolerance | None,
    *,
    held: bool | None,
    said: str = "",
) -> TracedLine:
    if not said and held is False:
        by_numbers = line.holds(dict(variables), tolerance=tolerance)
        unmet = unmet_parts(line, dict(variables), tolerance)
        said = f"what does not hold: {', '.join(unmet)}" if unmet else how_they_differ(line, dict(variables), tolerance)
        said = _BY_NUMBERS if by_numbers else said
    return TracedLine(
        part=part,
        text=line.text,
        held=held,
        values=sides_of(line, dict(variables), tolerance),
        said=said,
        # The sides of an equation that must not hold may differ by anything, and that is no noise.
        share=None if part == "never" else share_of_line(line, dict(variables), tolerance),
    )
