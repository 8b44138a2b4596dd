"""A kind of check from a plugin may be answered in words, as ``answer`` is."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

import pytest

from grader.course.course import CourseExercise
from grader.course.exercise import Exercise
from grader.course.rubric import Rubric, RubricCheck
from grader.judging.checks.base import Check
from grader.judging.context import Context
from grader.marking.attempt import Attempt, find_attempt
from grader.marking.build_report import build_report
from grader.model import (
    AttemptSignals,
    ExerciseReport,
    Isolation,
    JudgedExercise,
    JudgedSubmission,
    Level,
    Outcome,
    RunSummary,
    Submission,
    Verdict,
)


class EssayCheck(Check):
    """A kind whose name the grader does not know."""

    ANSWERED_IN_WORDS: ClassVar[bool] = True

    kind: Literal["essay"]

    def variables(self) -> frozenset[str]:
        return frozenset()

    def judge(self, context: Context) -> Verdict:
        raise NotImplementedError


class DrawingCheck(EssayCheck):
    """Another kind, which is not answered in words."""

    ANSWERED_IN_WORDS: ClassVar[bool] = False

    kind: Literal["drawing"]  # type: ignore[assignment]  # another name, and nothing else


ESSAY = EssayCheck(id="why", title="Why", kind="essay")
DRAWING = DrawingCheck(id="shape", title="Shape", kind="drawing")
WORDS = AttemptSignals(named=True, worded=True, unclaimed=(True, True), live=(False, False))


def exercise(*checks: Check) -> Exercise:
    return Exercise.model_validate({"id": "sample", "title": "Sample", "statement": "Say why.", "checks": checks})


def rubric(*checks: Check) -> Rubric:
    return Rubric(exercise="sample", checks={check.id: RubricCheck(points=2) for check in checks})


def verdict(check: Check, status: Literal["passed", "failed"] = "failed", *, evidence: bool = False) -> Verdict:
    return Verdict(check=check.id, status=status, message="No.", evidence=evidence)


def attempt(check: Check, signals: AttemptSignals) -> Attempt:
    judged = JudgedExercise(exercise="sample", verdicts=(verdict(check, evidence=True),), signals=signals)
    return find_attempt(exercise(check), rubric(check), judged)


@pytest.mark.parametrize(("check", "expected"), [(ESSAY, Attempt.WORDS), (DRAWING, Attempt.CODE)])
def test_its_evidence_is_no_evidence_of_code(check: Check, expected: Attempt) -> None:
    assert attempt(check, WORDS) is expected


@pytest.mark.parametrize(("check", "expected"), [(ESSAY, Attempt.NONE), (DRAWING, Attempt.CODE)])
def test_code_in_its_section_is_no_answer(check: Check, expected: Attempt) -> None:
    signals = AttemptSignals(named=True, acted=True, unclaimed=(True,), live=(False,))
    judged = JudgedExercise(exercise="sample", verdicts=(verdict(check),), signals=signals)
    assert find_attempt(exercise(check), rubric(check), judged) is expected


@pytest.mark.parametrize(("check", "expected"), [(ESSAY, Attempt.WORDS), (DRAWING, Attempt.NONE)])
def test_without_a_heading_it_is_attempted_where_it_is_answered(check: Check, expected: Attempt) -> None:
    assert attempt(check, AttemptSignals(unclaimed=(False,), live=(False,))) is expected


def test_its_verdict_stands_where_the_rest_waits_for_a_person(tmp_path: Path) -> None:
    checks = (ESSAY, DRAWING)
    judged = JudgedExercise(
        exercise="sample", verdicts=tuple(map(verdict, checks)), locations=(None, None), signals=WORDS
    )
    report = reported(judged, checks, tmp_path)
    assert [(check.kind, check.status) for check in report.checks] == [("essay", "failed"), ("drawing", "manual")]


def reported(judged: JudgedExercise, checks: tuple[Check, ...], path: Path) -> ExerciseReport:
    submission = JudgedSubmission(
        version="0",
        seed=0,
        explicit=True,
        submission=Submission(path="work.py", format="py", sha256="", cells=()),
        isolation=Isolation(level=Level.NONE, mechanisms=()),
        run=RunSummary(outcome=Outcome.COMPLETED, duration_s=0.0),
        exercises=(judged,),
    )
    item = CourseExercise(exercise=exercise(*checks), rubric=rubric(*checks), solution=path / "sample.py")
    return build_report(submission, (item,)).exercises[0]


def test_a_single_right_answer_in_a_file_that_does_not_name_the_exercise_may_be_an_accident() -> None:
    again = ESSAY.model_copy(update={"id": "again"})
    signals = AttemptSignals(unclaimed=(True, True), live=(False, False))

    def found(*verdicts: Verdict) -> Attempt:
        judged = JudgedExercise(exercise="sample", verdicts=verdicts, signals=signals)
        return find_attempt(exercise(ESSAY, again), rubric(ESSAY, again), judged, explicit=True)

    assert found(verdict(ESSAY, "passed"), verdict(again)) is Attempt.NONE
    assert found(verdict(ESSAY, "passed"), verdict(again, "passed")) is Attempt.WORDS
