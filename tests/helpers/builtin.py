"""The built-in course, loaded once for all tests of a process: that takes a quarter of a second each time."""

from __future__ import annotations

from functools import cache

from grader.course.course import Course, load_course
from grader.course.named_courses import builtin_course


@cache
def loaded_course() -> Course:
    """The built-in course. It is frozen, so that tests can share it."""
    return load_course(builtin_course())
