"""For tests: exercises of the built-in course."""

from __future__ import annotations

from functools import cache

from grader.course.course_folder import builtin_course
from grader.course.exercise import Exercise, load_exercise


@cache
def double_backward() -> Exercise:
    return load_exercise(builtin_course() / "exercises" / "double-backward.yaml")
