"""Courses that are chosen by their names, and not by their folders. This module imports nothing large."""

from __future__ import annotations

from pathlib import Path

from grader.course.course_files import yaml_files
from grader.course.course_parts import EXERCISES
from grader.errors import CourseError

BUILT_IN = "built-in"
"""The name of the course that comes with the grader."""
_PACKAGE = Path(__file__).resolve().parents[1]


def builtin_course() -> Path:
    """The course that comes with the grader: inside the installed package, or next to it in a checkout."""
    for folder in (_PACKAGE / "builtin_course", _PACKAGE.parent):
        if yaml_files(folder / EXERCISES):
            return folder
    raise CourseError("No course was found, and the one that comes with the grader is missing; install it again.")


def course_names() -> tuple[str, ...]:
    """The names of all courses that come with the grader."""
    return (BUILT_IN,)


def named_course(name: str) -> Path | None:
    """The folder of the course with this name, which comes with the grader; None if there is no such name.

    Where a folder may be meant as well, the folder is looked for first. Raises CourseError as ``builtin_course``.
    """
    return builtin_course() if name == BUILT_IN else None
