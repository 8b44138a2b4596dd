"""Rubric × verdicts, and what becomes of it in a report. Hand-built records, no torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.assemble import assemble, exercise_report
from grader.attempt import Attempt
from grader.course import CourseExercise
from grader.exercise import load_exercise
from grader.model import (
    Cell,
    ExerciseReport,
    Isolation,
    Level,
    Location,
    Observation,
    Outcome,
    Place,
    Raised,
    Submission,
    UncaughtError,
    Verdict,
)
from grader.rubric import load_rubric
from grader.score import Mark, mark

EXERCISE = """
id: sample
title: The sample
statement: Do it.
checks:
  - {id: first, title: The first, kind: backward, holds: passes >= 1}
  - {id: second, title: The second, kind: backward, holds: passes >= 2}
"""
RUBRIC = """
exercise: sample
checks:
  first:
    points: 3
    hint: Look again.
    partial: true
    mistakes:
      - {when: passes == 7, say: Seven passes., credit: 0.5}
      - {when: 'not found and passed("second")', say: Only the second.}
  second: {points: 1, needs: [first]}
"""


@pytest.fixture
def item(tmp_path: Path) -> CourseExercise:
    (tmp_path / "exercises").mkdir()
    (tmp_path / "rubrics").mkdir()
    exercise_path, rubric_path = tmp_path / "exercises" / "sample.yaml", tmp_path / "rubrics" / "sample.yaml"
    exercise_path.write_text(EXERCISE)
    rubric_path.write_text(RUBRIC)
    exercise = load_exercise(exercise_path)
    return CourseExercise(
        exercise=exercise, rubric=load_rubric(rubric_path, exercise), solution=tmp_path / "solutions" / "sample.py"
    )


def verdict(check: str, status: Any = "failed", **fields: Any) -> Verdict:
    return Verdict(check=check, status=status, message="It did not work.", **fields)


def marks(item: CourseExercise, first: Verdict, second: Verdict) -> tuple[Mark, ...]:
    return mark(item.exercise, item.rubric, [first, second])


class TestMarks:
    def test_what_passed_gets_its_points(self, item: CourseExercise) -> None:
        first, second = marks(item, verdict("first", "passed"), verdict("second", "passed"))
        assert (first.score, second.score) == (3, 1)
        assert first.hint is None

    def test_what_failed_gets_a_hint_and_its_share(self, item: CourseExercise) -> None:
        first, _ = marks(item, verdict("first", share=1 / 3), verdict("second"))
        assert (first.score, first.hint) == (1, "Look again.")

    def test_what_needs_a_check_that_failed_is_skipped(self, item: CourseExercise) -> None:
        _, second = marks(item, verdict("first"), verdict("second", "passed"))
        assert (second.status, second.score) == ("skipped", 0)
        assert second.say == 'Skipped, because "The first" comes first.'

    def test_a_named_mistake_gives_its_sentence_and_its_credit(self, item: CourseExercise) -> None:
        first, _ = marks(item, verdict("first", scopes=({"passes": 7},), found=True), verdict("second"))
        assert (first.say, first.score) == ("Seven passes.", 1.5)

    def test_credit_and_share_do_not_add_up(self, item: CourseExercise) -> None:
        first, _ = marks(item, verdict("first", scopes=({"passes": 7},), share=2 / 3), verdict("second"))
        assert first.score == 2

    def test_a_mistake_is_looked_for_in_every_scope(self, item: CourseExercise) -> None:
        first, _ = marks(item, verdict("first", scopes=({"passes": 1}, {"passes": 7})), verdict("second"))
        assert first.say == "Seven passes."

    def test_a_mistake_may_ask_for_other_checks_without_any_scope(self, item: CourseExercise) -> None:
        first, _ = marks(item, verdict("first"), verdict("second", "passed"))
        assert first.say == "Only the second."

    def test_what_a_person_marks_has_no_score_yet(self, item: CourseExercise) -> None:
        first, _ = marks(item, verdict("first", "manual"), verdict("second"))
        assert first.score is None


SUBMISSION = Submission(
    path="work.ipynb", format="ipynb", sha256="0" * 64,
    cells=tuple(Cell(number=n, source=f"x = {n}\ny = {n}", code="") for n in (1, 2, 3)),
)  # fmt: skip
RAN = Observation(events=(), outcome=Outcome.COMPLETED)


def report(item: CourseExercise, first: Verdict, second: Verdict, attempt: Attempt = Attempt.CODE) -> ExerciseReport:
    return exercise_report(item, SUBMISSION, RAN, [first, second], marks(item, first, second), attempt)


class TestExerciseReports:
    def test_places_are_counted_as_students_count(self, item: CourseExercise) -> None:
        here = Place(cell=2, line=2, statement=9)
        first, _ = report(item, verdict("first", place=here), verdict("second")).checks
        assert (first.location, first.source) == (Location(cell=3, line=2), "y = 3")

    @pytest.mark.parametrize("place", [Place(cell=9, line=1, statement=1), Place(cell=-1, line=0, statement=0)])
    def test_a_place_that_is_not_there_is_left_out(self, item: CourseExercise, place: Place) -> None:
        first, _ = report(item, verdict("first", place=place), verdict("second")).checks
        assert (first.location, first.source) == (None, None)

    def test_no_attempt_scores_nothing(self, item: CourseExercise) -> None:
        one = report(item, verdict("first", share=0.5), verdict("second"), Attempt.NONE)
        assert (one.status, one.score, one.max_score) == ("not_attempted", 0, 4)

    def test_words_only_are_for_a_person(self, item: CourseExercise) -> None:
        one = report(item, verdict("first"), verdict("second"), Attempt.WORDS)
        assert one.status == "graded"
        assert [check.status for check in one.checks] == ["manual", "manual"]
        assert [check.score for check in one.checks] == [None, None]

    def test_an_error_of_the_graders_is_no_zero(self, item: CourseExercise) -> None:
        broken = Observation(events=(), outcome=Outcome.SANDBOX_ERROR, detail="the worker died")
        first, second = verdict("first"), verdict("second")
        one = exercise_report(
            item, SUBMISSION, broken, [first, second], marks(item, first, second), Attempt.NONE
        )  # fmt: skip
        assert one.status == "error"
        assert "the worker died" in one.message


class TestReports:
    def whole(self, *exercises: ExerciseReport, explicit: bool = False, observation: Observation = RAN) -> Any:
        return assemble(
            SUBMISSION, observation, exercises, isolation=Isolation(level=Level.STRICT, mechanisms=()), seed=0,
            explicit=explicit,
        )  # fmt: skip

    def test_what_nobody_asked_for_counts_for_nothing(self, item: CourseExercise) -> None:
        done = report(item, verdict("first", "passed"), verdict("second", "passed"))
        left = report(item, verdict("first"), verdict("second"), Attempt.NONE)
        one = self.whole(done, left)
        assert (one.score, one.max_score, one.passed) == (4, 4, True)
        asked = self.whole(done, left, explicit=True)
        assert (asked.score, asked.max_score, asked.passed) == (4, 8, False)

    def test_nothing_attempted_is_not_passed(self, item: CourseExercise) -> None:
        assert not self.whole(report(item, verdict("first"), verdict("second"), Attempt.NONE)).passed

    def test_it_is_complete_when_nobody_has_to_look(self, item: CourseExercise) -> None:
        assert self.whole(report(item, verdict("first", "passed"), verdict("second"))).complete
        waiting = self.whole(report(item, verdict("first", "manual"), verdict("second")))
        assert not waiting.complete

    def test_exercises_stand_in_the_submissions_order(self, item: CourseExercise) -> None:
        def at(cell: int, identity: str) -> ExerciseReport:
            from dataclasses import replace

            place = Place(cell=cell, line=1, statement=1)
            return replace(report(item, verdict("first", place=place), verdict("second")), id=identity)

        assert [one.id for one in self.whole(at(2, "late"), at(0, "early")).exercises] == ["early", "late"]

    def test_a_missing_module_is_said_in_words(self) -> None:
        error = UncaughtError(
            place=Place(cell=0, line=1, statement=1),
            error=Raised(type="ModuleNotFoundError", text="No module named 'tensorflow'"),
        )
        run = self.whole(observation=Observation(events=(error,), outcome=Outcome.FAILED)).run
        assert run.errors[0].location == Location(cell=1, line=1)
        assert run.notices == (
            "`tensorflow` is not installed where submissions run, so whatever needs it could not run.",
        )
