"""How a student did, as the end of a batch counts it."""

from __future__ import annotations

from typing import Any

import pytest

from grader.classroom.batch.grade_status import status_of_student
from grader.model import ClassCheck, ClassExercise, Student, StudentResult


def check(status: Any = "passed", score: float | None = 2.0) -> ClassCheck:
    return ClassCheck(id="c", kind="plot", title="C", status=status, score=score, max_score=2.0)


def exercise(*checks: ClassCheck, status: Any = "graded", bonus: bool = False) -> ClassExercise:
    return ClassExercise(id="e", title="E", status=status, score=0.0, max_score=2.0, checks=checks, bonus=bonus)


def student(*exercises: ClassExercise, status: Any = "graded", why: str = "") -> StudentResult:
    return StudentResult(
        student=Student(key="a", name="A"),
        status=status,
        score=0.0,
        max_score=0.0,
        complete=True,
        passed=True,
        exercises=exercises,
        path="a",
        why=why,
    )


RIGHT, WRONG = exercise(check()), exercise(check("failed", 0.0))
WAITS = exercise(check(), check("manual", None))
NOTHING = exercise(status="not_attempted")


@pytest.mark.parametrize(
    ("result", "status"),
    [
        (student(RIGHT), "passed"),
        (student(RIGHT, NOTHING), "passed"),
        (student(RIGHT, WRONG), "failed"),
        (student(RIGHT, exercise(check("skipped", 0.0))), "failed"),
        (student(RIGHT, WAITS), "waiting"),
        (student(WRONG, WAITS), "failed"),
        (student(exercise(check("manual", 2.0))), "passed"),
        (student(exercise(check("manual", 1.0))), "failed"),
        (student(NOTHING), "failed"),
        (student(), "failed"),
        (student(RIGHT, exercise(status="error")), "broken"),
        (student(NOTHING, why="It is damaged."), "broken"),
        (student(RIGHT, why="Another file is damaged."), "passed"),
        (student(status="broken"), "broken"),
        (student(status="pending"), "broken"),
    ],
)
def test_by_what_was_attempted(result: StudentResult, status: str) -> None:
    assert status_of_student(result, explicit=False) == status


def test_what_was_asked_for_by_name_counts_attempted_or_not() -> None:
    assert status_of_student(student(RIGHT, NOTHING), explicit=True) == "failed"
    assert status_of_student(student(RIGHT), explicit=True) == "passed"


def test_a_bonus_makes_nobody_fail_and_may_wait_for_a_person() -> None:
    wrong, waits = exercise(check("failed", 0.0), bonus=True), exercise(check("manual", None), bonus=True)
    assert status_of_student(student(RIGHT, wrong), explicit=True) == "passed"
    assert status_of_student(student(RIGHT, exercise(status="not_attempted", bonus=True)), explicit=True) == "passed"
    assert status_of_student(student(RIGHT, waits), explicit=True) == "waiting"
    assert status_of_student(student(WRONG, exercise(check(), bonus=True)), explicit=True) == "failed"
