"""Exercises whose files have mistakes: a stand-in takes their place, so that the other exercises can be graded.

A stand-in has no checks. It has the exercise's names, as far as they could be read, so that its sections are found.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.course.exercise import Exercise
from grader.course.limits import LimitsEntry
from grader.course.rubric import Rubric
from grader.errors import ExerciseError
from grader.language import yaml_file


def stand_in(path: Path, exercise: Exercise | None) -> tuple[Exercise, Rubric]:
    """An exercise without checks, and a rubric without points. ``path``: its file. ``exercise``: what was read of it;
    None where it has mistakes itself.
    """
    if exercise is not None:
        return exercise.model_copy(update={"checks": ()}), _empty_rubric(path.stem)
    raw = _raw(path)
    title, headings, asks = raw.get("title"), raw.get("headings"), raw.get("asks")
    without_checks = Exercise.model_construct(
        id=path.stem,
        title=title if isinstance(title, str) and title else path.stem.replace("-", " ").capitalize(),
        statement=statement if isinstance(statement := raw.get("statement"), str) else "",
        headings=_texts(headings),
        asks=_texts(asks),
        limits=LimitsEntry(),
        checks=(),
    )
    return without_checks, _empty_rubric(path.stem)


def written_check_ids(path: Path) -> tuple[str, ...]:
    """The ids of the checks as they stand in the file of an exercise that has mistakes; none if one cannot be read."""
    checks = _raw(path).get("checks")
    found = checks if isinstance(checks, tuple) else ()
    ids = [check["id"] for check in found if isinstance(check, Mapping) and isinstance(check.get("id"), str)]
    return tuple(ids) if len(ids) == len(found) else ()


def _empty_rubric(exercise: str) -> Rubric:
    return Rubric.model_construct(exercise=exercise, checks={})


def _raw(path: Path) -> dict[str, Any]:
    """What stands in the file; nothing where it cannot be read."""
    try:
        return yaml_file.load(path).data if path.is_file() else {}
    except ExerciseError:
        return {}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, tuple) else ()
