"""What a sheet of exercises asks for, and by which rules it is marked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

Basis = Literal["assignment", "exercises", "found"]
"""What a total is of: the exercises of an assignment, the exercises that were named, or those that a submission was
found to attempt.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenLimits:
    """The limits of a run that an assignment or an exercise gives; None where it gives none."""

    time_s: float | None = None
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedExercise:
    """An exercise of an assignment."""

    id: str
    numbers: tuple[str, ...] = ()
    """The numbers that the sheet gives it: several if editions of the sheet differ."""
    points: float | None = None
    """What it is worth in all; None: what its rubric says."""
    bonus: bool = False
    """Its points are added to the score and not to the maximum."""
    limits: GivenLimits = field(default_factory=GivenLimits)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedExercise:
    """An exercise as a list of a course or of an assignment shows it."""

    id: str
    title: str
    statement: str
    """Markdown."""
    points: float
    """What it is worth in all."""
    number: str = ""
    """The numbers that a sheet gives it, such as ``4 or 5``; empty without an assignment."""
    bonus: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCourse:
    """A course as a list of courses shows it."""

    name: str
    title: str
    """Empty where its ``course.yaml`` gives none, or cannot be read."""
    exercises: int
    assignments: tuple[str, ...]
    """Their ids."""
    is_taken: bool
    """Whether it is the one that is taken where none is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePolicy:
    """What a late hand-in costs: ``penalty`` (from 0.0 to 1.0) of the assignment's points for each begun ``per``."""

    penalty: float
    per: timedelta
    until: timedelta | None = None
    """After this time nothing is given any more; None: it has no end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What a sheet asks for: ``assignments/<id>.yaml`` of a course."""

    id: str
    title: str
    exercises: tuple[AssignedExercise, ...]
    """In the sheet's order."""
    due: datetime | None = None
    """With its zone."""
    late: LatePolicy | None = None
    files: tuple[str, ...] = ()
    """Patterns of the names of the files that are graded; empty: the default."""
    data: Path | None = None
    """The folder whose files lie in the working folder of a run."""
    handout: tuple[Path, ...] = ()
    """The files that students were given."""
    limits: GivenLimits = field(default_factory=GivenLimits)
    max_files: int | None = None
    """How many files of one student are graded; None: the default."""
    seed: int | None = None
    """The seed of ``grade batch``; None: the default."""
