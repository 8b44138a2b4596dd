"""The section of one exercise: the parts of a submission that are about it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.judging.sections.units import Unit
from grader.model import Prose, RunPlace, Submission

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


class SectionMap:
    """A submission with what each of its places is about. Made once, for all exercises."""

    def __init__(self, submission: Submission, units: Sequence[OwnedUnit]) -> None:
        self.submission = submission
        self.units = units
        self._starts: dict[int, list[int]] = {}
        self._in_code: dict[int, list[OwnedUnit]] = {}
        self._cells: dict[str, set[int]] = {}
        for item in units:
            unit = item.unit
            if unit.in_code:
                self._starts.setdefault(unit.cell, []).append(unit.line)
                self._in_code.setdefault(unit.cell, []).append(item)
                # A cell that only begins in a section, and opens another in its first line, has nothing of it.
                if unit.kind != "cell":
                    for owner in item.owners:
                        self._cells.setdefault(owner, set()).add(unit.cell)

    @cached_property
    def has_sections(self) -> bool:
        """Whether any place is about an exercise."""
        return any(item.owners for item in self.units)

    def at(self, place: RunPlace) -> OwnedUnit | None:
        """The unit to which a place in code belongs, which tells what it is about."""
        found = self._in_code.get(place.cell)
        if not found:
            return None
        return found[max(bisect_right(self._starts[place.cell], place.line) - 1, 0)]

    def cells_of(self, exercise: str) -> frozenset[int]:
        """The positions of the cells that are about an exercise, as a whole or in part."""
        return frozenset(self._cells.get(exercise, ()))


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
        self._cells = whole.cells_of(exercise)
        self._texts = frozenset(item.unit.prose for item in whole.units if exercise in item.owners)
        self.by_heading = bool(self._cells) or any(exercise in item.owners for item in whole.units)

    @property
    def named(self) -> bool:
        """Whether anything names the exercise."""
        return self.by_file or self.by_heading

    @property
    def cells(self) -> frozenset[int]:
        """The positions of the cells that are about the exercise, as a whole or in part."""
        return self._cells

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

    def is_mentioned_at(self, place: RunPlace) -> bool:
        """Whether a sentence or an ambiguous number before this place mentions the exercise."""
        found = self.whole.at(place)
        return found is not None and self.exercise in found.mentioned

    def covers(self, text: Prose) -> bool:
        """Whether a text is in the section as a whole or in part."""
        if not self.by_heading:
            return self.by_file
        return any(self.whole.submission.prose[index] == text for index in self._texts if index >= 0)
