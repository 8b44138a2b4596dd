"""What a grader grades by: a loaded course, and how its submissions are run."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.course.course import CourseExercise
from grader.model import Limits
from grader.submission.fingerprints import Handout


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What submissions are graded by. ``explicit``: the exercises were asked for by name, not only the whole course."""

    exercises: tuple[CourseExercise, ...]
    explicit: bool
    seed: int
    limits: Limits
    handout: Handout = field(default_factory=Handout)
