"""Findings at a line of an exercise or of its rubric."""

from __future__ import annotations

from pathlib import Path

from grader.course.course import Course, CourseExercise
from grader.course.course_parts import RUBRICS
from grader.errors import ExerciseError
from grader.language import yaml_file
from grader.model import Finding, Severity

Loc = tuple[str | int, ...]


def in_rubric(course: Course, item: CourseExercise, loc: Loc, severity: Severity, text: str) -> Finding:
    """``loc``: the value that it is about, such as ``("checks", "slope", "hint")``, or what encloses it."""
    return _at(course.layers.files(RUBRICS)[item.exercise.id], loc, severity, text)


def in_exercise(item: CourseExercise, loc: Loc, severity: Severity, text: str) -> Finding:
    """``loc``: the value that it is about, such as ``("checks", 0, "title")``, or what encloses it."""
    return _at(item.path, loc, severity, text)


def line_in_rubric(course: Course, item: CourseExercise, loc: Loc) -> int | None:
    """The line of a value of the rubric."""
    return _line(course.layers.files(RUBRICS)[item.exercise.id], loc)


def _at(path: Path, loc: Loc, severity: Severity, text: str) -> Finding:
    return Finding(severity=severity, text=text, path=path, line=_line(path, loc))


def _line(path: Path, loc: Loc) -> int | None:
    try:
        document = yaml_file.load(path)
    except ExerciseError:  # it was read, and has changed meanwhile
        return None
    return document.line_of(document.known(loc))
