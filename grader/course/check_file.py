"""Reads a file with one check, as it stands in an exercise, or with a whole exercise, for ``grade observe --try``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grader.course.course_checks import CourseKinds
from grader.course.exercise import Exercise
from grader.errors import ExerciseError, Mistake, UsageError
from grader.judging.checks.base import Check
from grader.language import yaml_file
from grader.language.validation import in_words, validate
from grader.language.yaml_file import Document, Loc
from grader.model import GivenLimits
from grader.suggestions import did_you_mean_or_all

ONE = "check"
"""The id of a check without one."""
_FRAME = {"id": "tried", "title": "Tried", "statement": "Tried."}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFile:
    """``checks`` are those that are judged, in their order; ``chosen`` are the ids of those that are tried."""

    path: Path
    checks: tuple[Check, ...]
    chosen: tuple[str, ...]
    limits: GivenLimits
    """Those of the exercise, where the file is one."""


def load_check(path: Path, chosen: str | None = None, kinds: CourseKinds | None = None) -> CheckFile:
    """Reads a check file. ``chosen``: the id of a check of an exercise; None: all of them. ``kinds``: those that the
    course brings.

    Raises ExerciseError with all mistakes, UsageError where there is no such check.
    """
    document = yaml_file.load(path)
    exercise = _exercise(document, kinds)
    by_id = {check.id: check for check in exercise.checks}
    if chosen is not None and chosen not in by_id:
        raise UsageError(f"{path}: there is no check `{chosen}`{did_you_mean_or_all(chosen, by_id)}")
    limits = exercise.limits.given()
    if chosen is None:
        return CheckFile(path=path, checks=exercise.checks, chosen=tuple(by_id), limits=limits)
    # A check may build on those above it, and on no other.
    return CheckFile(
        path=path, checks=exercise.checks[: list(by_id).index(chosen) + 1], chosen=(chosen,), limits=limits
    )


def _exercise(document: Document, kinds: CourseKinds | None) -> Exercise:
    """The file as an exercise: one check alone is the only check of an exercise."""
    if "checks" in document.data:
        exercise, mistakes = validate(Exercise, document, kinds=kinds)
    else:
        exercise, mistakes = _of_one(document, kinds)
    if exercise is None or mistakes:
        raise ExerciseError(sorted(mistakes, key=lambda mistake: mistake.line or 0))
    return exercise


def _of_one(document: Document, kinds: CourseKinds | None) -> tuple[Exercise | None, tuple[Mistake, ...]]:
    check: Mapping[str, Any] = {"id": ONE, **document.data}
    data = {**_FRAME, "checks": (check,)}
    try:
        return Exercise.model_validate(data, context={"folder": document.path.parent, "kinds": kinds}), ()
    except ValidationError as error:
        return None, tuple(document.mistake(_inside(loc), text) for loc, text in in_words(error))


def _inside(loc: Loc) -> Loc:
    """The place in the check of one in the exercise around it."""
    return loc[2:] if loc[:2] == ("checks", 0) else ()
