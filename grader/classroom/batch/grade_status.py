"""Whether a submission or a student passed, in one word, which the progress and the summary of a batch count."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from grader.classroom.gradebook.gradings import StoredGrading
from grader.model import ClassCheck, StudentResult

GradeStatus = Literal["passed", "failed", "waiting", "broken"]
"""``waiting``: nothing failed, and a person has to mark the rest. ``broken``: it could not be read, run or judged."""


def status_of_student(result: StudentResult, *, explicit: bool, skipped: Collection[str] = ()) -> GradeStatus:
    """How a student did in the exercises that were asked for by name (``explicit``), or else in those that this student
    attempted. ``skipped`` exercises do not count, because their references are broken. A bonus makes nobody fail.
    """
    if result.status != "graded":
        return "broken"
    counted = [
        exercise
        for exercise in result.exercises
        if exercise.id not in skipped and (explicit or exercise.status != "not_attempted")
    ]
    if any(exercise.status == "error" for exercise in counted) or (result.why and not result.not_final and not counted):
        return "broken"
    required = [exercise for exercise in counted if not exercise.bonus]
    right = all(_is_right(check) for exercise in required for check in exercise.checks)
    if not counted or any(exercise.status == "not_attempted" for exercise in required) or not right:
        return "failed"
    checks = [check for exercise in counted for check in exercise.checks]
    return "waiting" if any(check.score is None for check in checks) else "passed"


def status_of_submission(stored: StoredGrading) -> GradeStatus:
    """How a submission did, by what the gradebook keeps of it."""
    if stored.status == "broken":
        return "broken"
    if not stored.passed:
        return "failed"
    return "passed" if stored.complete else "waiting"


def _is_right(check: ClassCheck) -> bool:
    """Whether it passed; a check for a person, whether it got all points or is not marked yet."""
    if check.status == "manual" and not check.withheld:
        return check.score is None or check.score >= check.max_score
    return check.is_right
