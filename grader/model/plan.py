"""What the total of a class is of, and what lateness costs: an assignment as the gradebook keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from grader.model.assignment import Basis, LatePolicy
from grader.model.judging_course import JudgingCourse
from grader.model.report import Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedExercise:
    """An exercise that counts for every student."""

    id: str
    title: str
    max_score: float | None = None
    """What it is worth; None in a gradebook of an older version, which kept this with each grading only."""
    numbers: tuple[str, ...] = ()
    """The numbers that the assignment's sheet gives it: several if editions of the sheet differ."""
    bonus: bool = False
    """Its points are added to the score and not to the maximum."""

    @property
    def number(self) -> str:
        """The number on the sheet; empty if there is none, or if editions differ."""
        return self.numbers[0] if len(self.numbers) == 1 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the gradebook has to know of an assignment, so that results need no course."""

    basis: Basis
    exercises: tuple[PlannedExercise, ...] = ()
    """Those that count, in the sheet's order or in the course's; empty if ``basis`` is ``found``."""
    assignment: str = ""
    """The assignment's id in its course; empty without one."""
    title: str = ""
    """The assignment's title; empty without one."""
    due: datetime | None = None
    """With its zone."""
    late: LatePolicy | None = None
    course: JudgingCourse | None = None
    """The course that judged last; None in a gradebook that does not know it."""
    visibility: Mapping[str, Mapping[str, Visibility]] = field(default_factory=dict)
    """Who sees the checks that are not public: by the id of the exercise, and of the check in it."""
    max_files: int | None = None
    """How many files of one student are graded; None: all."""
