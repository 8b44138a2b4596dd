"""Which answer counts where a student handed in several files: for each exercise the best, manual marks included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from grader.model import ClassCheck, ClassExercise

AnyRow = Row[*tuple[Any, ...]]
RowsByExercise = Mapping[str, Sequence[AnyRow]]
"""Rows of one grading, by the id of their exercise."""

_BEST_FIRST = ("graded", "error", "not_attempted")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """A file of a handin, and how its content was graded; ``status`` is ``pending`` until it is graded."""

    path: str
    sha256: str
    key: str
    status: str
    why: str
    outcome: str
    graded_at: datetime | None
    other_assignment: str
    """The id of another assignment of the course that it names, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswers:
    """The rows of an assignment from which answers are built.

    ``answers`` and ``checks`` are by the key of their grading. ``marks`` has the latest mark of each check, by the
    SHA-256 of the content and the id of the exercise.
    """

    answers: Mapping[str, RowsByExercise]
    checks: Mapping[str, RowsByExercise]
    marks: Mapping[tuple[str, str], Mapping[str, AnyRow]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAnswer:
    """A file's answer to an exercise. ``check_rows`` and ``mark_rows`` (by check) are what ``exercise`` is built from.

    ``words`` is what a person has to read in order to mark it.
    """

    file: FileResult
    exercise: ClassExercise
    words: str
    check_rows: tuple[AnyRow, ...]
    mark_rows: Mapping[str, AnyRow]


def best_answers(files: Sequence[FileResult], stored: StoredAnswers) -> dict[str, FileAnswer]:
    """For each exercise the answer with the most points, graded answers before others; of equal answers, the first."""
    answers: dict[str, list[FileAnswer]] = {}
    for file in files:
        for exercise, (row,) in stored.answers.get(file.key, {}).items():
            checks = stored.checks.get(file.key, {}).get(exercise, ())
            marks = stored.marks.get((file.sha256, exercise), {})
            answers.setdefault(exercise, []).append(_answer(file, row, checks, marks))
    return {
        exercise: min(found, key=lambda answer: (_BEST_FIRST.index(answer.exercise.status), -answer.exercise.score))
        for exercise, found in answers.items()
    }


def _answer(file: FileResult, row: AnyRow, checks: Sequence[AnyRow], marks: Mapping[str, AnyRow]) -> FileAnswer:
    class_checks = tuple(_class_check(check, marks.get(check.check)) for check in checks)
    score = sum(check.score or 0.0 for check in class_checks) if class_checks else row.score
    exercise = ClassExercise(
        id=row.exercise,
        title=row.title,
        status=row.status,
        score=score,
        max_score=row.max_score,
        checks=class_checks,
        file=file.path,
    )
    return FileAnswer(file=file, exercise=exercise, words=row.words, check_rows=tuple(checks), mark_rows=marks)


def points_of(mark: AnyRow, max_score: float) -> float:
    """The points of a mark for a check that is worth ``max_score`` now: the same share of it as when it was given."""
    if not mark.max_score:
        return min(float(mark.points), max_score)
    return float(mark.points) if mark.max_score == max_score else float(mark.points) * max_score / mark.max_score


def _class_check(row: AnyRow, mark: AnyRow | None) -> ClassCheck:
    if row.status != "manual":
        mark = None
    return ClassCheck(
        id=row.check,
        kind=row.kind,
        title=row.title,
        status=row.status,
        score=row.score if mark is None else points_of(mark, row.max_score),
        max_score=row.max_score,
        mistake=row.mistake,
        marked_by="" if mark is None else mark.marked_by,
        comment="" if mark is None else mark.comment,
    )
