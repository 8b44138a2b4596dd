"""The section of one exercise: the parts of a submission that are about it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.judging.sections.units import Unit
from grader.model import RunPlace

Owners = frozenset[str]
"""The ids of the exercises that a place is about."""
NOBODY: Owners = frozenset()


@dataclass(frozen=True, slots=True)
class OwnedUnit:
    """A unit with the exercises that it is about."""

    unit: Unit
    owners: Owners
    mentioned: Owners = NOBODY
    """Exercises that were only mentioned, or named by a number that fits several. This ranks, and nothing else."""
    is_question: bool = False
    """Whether it repeats a question, or is a title that names an exercise, and says nothing of its own."""
    is_below_definition: bool = False
    """Whether nothing but the name of a function or class, in a cell above, says what it is about."""


class SectionMap:
    """A submission with what each of its places is about. Made once, for all exercises."""

    def __init__(self, units: Sequence[OwnedUnit]) -> None:
        self.units = units
        self._starts: dict[int, list[int]] = {}
        self._in_code: dict[int, list[OwnedUnit]] = {}
        for item in units:
            unit = item.unit
            if unit.in_code:
                self._starts.setdefault(unit.cell, []).append(unit.line)
                self._in_code.setdefault(unit.cell, []).append(item)

    @cached_property
    def owners(self) -> Owners:
        """The exercises that any place is about."""
        return NOBODY.union(*(item.owners for item in self.units))

    @property
    def has_sections(self) -> bool:
        """Whether any place is about an exercise."""
        return bool(self.owners)

    def at(self, place: RunPlace) -> OwnedUnit | None:
        """The unit to which a place in code belongs, which tells what it is about."""
        found = self._in_code.get(place.cell)
        if not found:
            return None
        return found[max(bisect_right(self._starts[place.cell], place.line) - 1, 0)]


class Section:
    """The parts of a submission about an exercise: code by cell and line, and texts.

    Sections rank candidates and exclude none: code under other headings still counts. They decide about attempts.
    """

    def __init__(
        self,
        exercise: str,
        whole: SectionMap,
        *,
        by_file: bool = False,
        asked: bool = False,
    ) -> None:
        """``by_file``: the file's name or title names the exercise. ``asked``: the caller asked for this exercise only,
        so the whole file is about it.
        """
        self.exercise = exercise
        self.asked = asked
        self.by_file = by_file or asked
        self.whole = whole
        self.by_heading = exercise in whole.owners

    @property
    def named(self) -> bool:
        """Whether anything names the exercise."""
        return self.by_file or self.by_heading

    def __contains__(self, place: RunPlace) -> bool:
        """Whether a place in code is in the section. Where nothing opens a section, every place is."""
        if not self.by_heading:
            return True
        found = self.whole.at(place)
        return found is not None and self.exercise in found.owners

    def is_anothers(self, place: RunPlace) -> bool:
        """Whether a place in code is in the section of another exercise, and not in this one."""
        found = self.whole.at(place)
        return found is not None and bool(found.owners) and self.exercise not in found.owners

    def is_claimed(self, place: RunPlace) -> bool:
        """Whether a place in code is another exercise's, so that it proves no attempt at this one.

        The name of a function claims its own cell only. Where answers follow each other without titles, a function that
        is called as an exercise is would claim the answers to all others below it.
        """
        found = self.whole.at(place)
        return self.is_anothers(place) and not (found is not None and found.is_below_definition)

    def is_mentioned_at(self, place: RunPlace) -> bool:
        """Whether a sentence or an ambiguous number before this place mentions the exercise."""
        found = self.whole.at(place)
        return found is not None and self.exercise in found.mentioned
