"""Hand-ins of which nothing can be graded, such as a PDF: a person may give points for each exercise.

Such a hand-in is broken, which is no zero. As soon as a person has given points for an exercise it is graded, and the
other exercises wait. What only the grader failed at is not marked so: it is graded again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from grader.classroom.gradebook.best_answers import AnyRow, points_of
from grader.classroom.gradebook.handin_results import HandinResult
from grader.handin.sorted_files import why_no_work
from grader.model import AskedExercise, ClassCheck, ClassExercise

CHECK = "by-hand"
"""In the place of a check's id."""
TITLE = "Nothing of it could be graded: look into the files"


def content_of(handin: HandinResult) -> str:
    """The digest of all that was handed in; empty where a person does not mark it as a whole: something can be graded,
    or will be, or its content is not known.
    """
    if not handin.files:
        return handin.content
    unreadable = [file for file in handin.files if file.unreadable]
    to_come = any(file.status != "graded" and not file.unreadable for file in handin.files)
    attempted = any(answer.exercise.status != "not_attempted" for answer in handin.answers.values())
    if not unreadable or to_come or attempted:
        return ""
    parts = sorted(file.sha256 or f"{file.path}: {file.why}" for file in handin.files)
    return hashlib.sha256("\n".join((*parts, handin.content)).encode("utf-8", "replace")).hexdigest()


def marks_of(handin: HandinResult) -> dict[str, AnyRow]:
    """The latest marks of a hand-in that is marked as a whole, by exercise."""
    content = content_of(handin)
    return {
        exercise: by_check[CHECK]
        for (sha256, exercise), by_check in handin.marks.items()
        if content and sha256 == content and CHECK in by_check
    }


def exercises_by_hand(handin: HandinResult, asked: Sequence[AskedExercise]) -> tuple[ClassExercise, ...]:
    """The exercises as a person has marked them; empty if none is marked yet."""
    marks = marks_of(handin)
    if not any(exercise.id in marks for exercise in asked):
        return ()
    return tuple(_exercise(exercise, marks.get(exercise.id), handin) for exercise in asked)


def _exercise(asked: AskedExercise, mark: AnyRow | None, handin: HandinResult) -> ClassExercise:
    check = ClassCheck(
        id=CHECK,
        kind=CHECK,
        title=TITLE,
        status="manual",
        score=None,
        max_score=asked.max_score,
    )
    if mark is not None:
        score = points_of(mark, asked.max_score)
        check = replace(check, score=score, marked_by=mark.marked_by, comment=mark.comment)
    return ClassExercise(
        id=asked.id,
        title=asked.title,
        status="graded",
        score=check.score or 0.0,
        max_score=asked.max_score,
        checks=(check,),
        file=handin.path,
        bonus=asked.bonus,
    )


def why_broken(handin: HandinResult) -> str:
    """Why nothing, or not all, of a hand-in could be graded."""
    if handin.files:
        return " ".join(file.why for file in handin.files if file.status == "broken")
    why = why_no_work(handin.others)
    return f"{why[0].upper()}{why[1:]}."
