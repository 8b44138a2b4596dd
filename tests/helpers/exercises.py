"""For tests: exercises of the built-in course."""

from __future__ import annotations

from functools import cache

from grader.course.exercise import Exercise, load_exercise
from grader.course.named_courses import builtin_course


@cache
def double_backward() -> Exercise:
    return load_exercise(builtin_course() / "exercises" / "double-backward.yaml")
