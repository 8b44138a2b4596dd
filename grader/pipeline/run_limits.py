"""What a run may use: the limits of the assignment and of the exercises that are graded, or the user's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from grader.course.course import CourseExercise
from grader.model import Assignment, GivenLimits, Limits

DEFAULT = Limits()


def run_limits(exercises: Iterable[CourseExercise], assignment: Assignment | None, timeout_s: float | None) -> Limits:
    """The limits of a run, which all exercises share, so that the largest that one of them needs applies.

    An exercise needs what the assignment gives it, else what its own file says. One for which neither says anything
    needs what the assignment gives a run, else the default. The assignment's own limits apply in any case. A time that
    the user gave (``timeout_s``) replaces all of this.
    """
    general = GivenLimits() if assignment is None else assignment.limits
    assigned = {} if assignment is None else {entry.id: entry.limits for entry in assignment.exercises}
    needs = [(assigned.get(item.exercise.id, GivenLimits()), item.exercise.limits.given()) for item in exercises]
    times = [entry.time_s or own.time_s for entry, own in needs]
    memories = [entry.memory_bytes or own.memory_bytes for entry, own in needs]
    return replace(
        DEFAULT,
        wall_s=timeout_s or _largest(times, general.time_s, DEFAULT.wall_s),
        memory_bytes=int(_largest(memories, general.memory_bytes, DEFAULT.memory_bytes)),
    )


def _largest(needed: Iterable[float | None], general: float | None, default: float) -> float:
    """The largest of what the exercises need (None: nothing is said) and of what a run has in general."""
    known = list(needed)
    given = [value for value in known if value is not None]
    if general is not None:
        given.append(general)
    elif len(given) < len(known) or not known:
        given.append(default)
    return max(given)
