"""Finds the folder of a course, and names its parts.

This module imports nothing large, so that a command can start the worker before it loads the course.
"""

from __future__ import annotations

from pathlib import Path

from grader.errors import CourseError, UsageError

EXERCISES, RUBRICS, SOLUTIONS, SUPPORT = "exercises", "rubrics", "solutions", "support"
ASSIGNMENTS, COURSE_FILE = "assignments", "course.yaml"
_PACKAGE = Path(__file__).resolve().parents[1]


def find_course(start: Path, explicit: Path | None = None) -> Path:
    """The folder of the course: ``explicit`` if it is given, else the nearest folder with exercises from ``start``
    upwards, else the built-in course.

    Raises UsageError if ``explicit`` is not a course, and CourseError if no course is found.
    """
    if explicit is not None:
        if _has_exercises(explicit):
            return explicit
        if explicit.name == EXERCISES and _has_exercises(explicit.absolute().parent):
            raise UsageError(f"{explicit} holds the exercises of a course; name the folder above it.")
        raise UsageError(f"{explicit} is no course: it needs a folder `{EXERCISES}` with a .yaml file an exercise.")
    absolute = start.absolute()
    found = next((folder for folder in (absolute, *absolute.parents) if _has_exercises(folder)), None)
    return found or builtin_course()


def builtin_course() -> Path:
    """The course that comes with the grader: inside the installed package, or next to it in a checkout."""
    for folder in (_PACKAGE / "builtin_course", _PACKAGE.parent):
        if _has_exercises(folder):
            return folder
    raise CourseError("No course was found, and the one that comes with the grader is missing; install it again.")


def support_of(root: Path) -> Path | None:
    """The folder of a course's helper modules, which submissions may import; None if it has none."""
    folder = root / SUPPORT
    return folder if folder.is_dir() else None


def _has_exercises(folder: Path) -> bool:
    return any((folder / EXERCISES).glob("*.yaml"))
