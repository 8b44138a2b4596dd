"""Courses that are chosen by their names, and not by their folders. This module imports nothing large."""

from __future__ import annotations

from pathlib import Path

from grader.course.course_files import yaml_files
from grader.course.course_parts import EXERCISES
from grader.errors import CourseError

BUILT_IN = "built-in"
"""The name of the course that a grading takes where no other one is named or found."""
BUILT_IN_TITLE = "Automatic differentiation"
"""Its title; it has no ``course.yaml``, since in a checkout that would lie in the project's top folder."""
PACKED_FOLDERS = ("builtin_course", "courses")
"""The folders of the installed package that hold courses: ``built-in``, and all others."""
_PACKAGE = Path(__file__).resolve().parents[1]


def builtin_course() -> Path:
    """The course ``built-in``: inside the installed package, or next to it in a checkout."""
    for folder in (_PACKAGE / PACKED_FOLDERS[0], _PACKAGE.parent):
        if yaml_files(folder / EXERCISES):
            return folder
    raise CourseError("No course was found, and the one that comes with the grader is missing; install it again.")


def course_names() -> tuple[str, ...]:
    """The names of all courses that come with the grader, ``built-in`` first."""
    return (BUILT_IN, *sorted(_others()))


def named_course(name: str) -> Path | None:
    """The folder of the course with this name, which comes with the grader; None if there is no such name.

    Where a folder may be meant as well, the folder is looked for first. Raises CourseError as ``builtin_course``.
    """
    return builtin_course() if name == BUILT_IN else _others().get(name)


def _others() -> dict[str, Path]:
    """The other courses by the names of their folders, inside the installed package or next to it."""
    for courses in (_PACKAGE / PACKED_FOLDERS[1], _PACKAGE.parent / PACKED_FOLDERS[1]):
        found = {path.parent.name: path.parent for path in courses.glob(f"*/{EXERCISES}") if yaml_files(path)}
        if found:
            return found
    return {}
