"""The exercises of a course or of an assignment as lists show them."""

from __future__ import annotations

from collections.abc import Iterable

from grader.course.course import CourseExercise
from grader.model import ListedExercise


def listed(exercises: Iterable[CourseExercise]) -> tuple[ListedExercise, ...]:
    """The exercises with what a student may know of them: statement and points, and the numbers of the sheet."""
    return tuple(
        ListedExercise(
            id=item.exercise.id,
            title=item.exercise.title,
            statement=item.exercise.statement,
            points=item.rubric.total,
            number=" or ".join(item.numbers),
            bonus=item.bonus,
        )
        for item in exercises
    )
