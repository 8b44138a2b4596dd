"""The points of each check, from hand-built verdicts and the rubric. No torch."""

from __future__ import annotations

from typing import Literal

import pytest

from grader.course.course import CourseExercise
from grader.marking.check_scores import WITHOUT_IT, CheckScore, score_checks
from grader.model import (
    Verdict,
)
from tests.helpers.verdicts import verdict


def scores(item: CourseExercise, first: Verdict, second: Verdict) -> tuple[CheckScore, ...]:
    return score_checks(item.exercise, item.rubric, [first, second])


class TestCheckScores:
    def test_what_passed_gets_its_points(self, item: CourseExercise) -> None:
        first, second = scores(item, verdict("first", "passed"), verdict("second", "passed"))
        assert (first.score, second.score) == (3, 1)
        assert first.hint is None

    def test_what_failed_gets_a_hint_and_its_share(self, item: CourseExercise) -> None:
        first, _ = scores(item, verdict("first", share=1 / 3), verdict("second"))
        assert (first.score, first.hint) == (1, "Look again.")

    def test_what_needs_a_check_that_failed_is_skipped(self, item: CourseExercise) -> None:
        _, second = scores(item, verdict("first"), verdict("second", "passed"))
        assert (second.status, second.score) == ("skipped", 0)
        assert second.message == 'Skipped, because "The first" comes first.'

    def test_what_needs_a_check_that_is_skipped_is_skipped_and_names_the_first_of_the_chain(
        self, item: CourseExercise
    ) -> None:
        third = item.exercise.checks[1].model_copy(update={"id": "third", "title": "The third"})
        exercise = item.exercise.model_copy(update={"checks": (*item.exercise.checks, third)})
        last = item.rubric.checks["second"].model_copy(update={"needs": ("second",)})
        rubric = item.rubric.model_copy(update={"checks": {**item.rubric.checks, "third": last}})
        verdicts = [verdict("first"), verdict("second", "passed"), verdict("third", "passed")]
        *_, score = score_checks(exercise, rubric, verdicts)
        assert (score.status, score.score) == ("skipped", 0)
        assert score.message == 'Skipped, because "The first" comes first.'

    def test_a_named_mistake_gives_its_sentence_and_its_credit(self, item: CourseExercise) -> None:
        first, _ = scores(item, verdict("first", variables=({"passes": 7},), found=True), verdict("second"))
        assert (first.message, first.score) == ("Seven passes.", 1.5)

    def test_no_named_mistake_explains_what_something_besides_torch_changed(self, item: CourseExercise) -> None:
        changed = verdict("first", variables=({"passes": 7},), found=True, interfered=True)
        first, _ = scores(item, changed, verdict("second"))
        assert (first.message, first.mistake, first.score) == ("", None, 0)
        assert first.hint == WITHOUT_IT

    def test_credit_and_share_do_not_add_up(self, item: CourseExercise) -> None:
        first, _ = scores(item, verdict("first", variables=({"passes": 7},), share=2 / 3), verdict("second"))
        assert first.score == 2

    def test_a_mistake_is_looked_for_in_every_scope(self, item: CourseExercise) -> None:
        first, _ = scores(item, verdict("first", variables=({"passes": 1}, {"passes": 7})), verdict("second"))
        assert first.message == "Seven passes."

    def test_a_mistake_may_ask_for_other_checks_without_any_scope(self, item: CourseExercise) -> None:
        first, _ = scores(item, verdict("first"), verdict("second", "passed"))
        assert first.message == "Only the second."

    def test_what_a_person_marks_has_no_score_yet(self, item: CourseExercise) -> None:
        first, _ = scores(item, verdict("first", "manual"), verdict("second"))
        assert first.score is None

    def test_what_needs_a_check_that_is_withheld_counts(self, item: CourseExercise) -> None:
        first, second = scores(item, verdict("first", "manual", withheld=True), verdict("second", "passed"))
        assert (first.status, first.score) == ("manual", None)
        assert (second.status, second.score) == ("passed", 1)

    def test_a_named_mistake_may_have_a_hint_of_its_own_or_none(self, item: CourseExercise) -> None:
        hints = [
            scores(item, verdict("first", variables=({"passes": passes},), found=True), verdict("second"))[0].hint
            for passes in (6, 7, 8, 9)
        ]
        assert hints == ["Look again.", "Look again.", "Count them.", None]


class TestRemarks:
    @pytest.mark.parametrize(
        ("passes", "second", "said"),
        [
            (1, "passed", None),
            (2, "passed", "More than one."),
            (3, "failed", "More than one."),
            (3, "passed", "More than one. More than two."),
        ],
    )
    def test_all_that_hold_are_said_and_cost_nothing(
        self, item: CourseExercise, passes: int, second: Literal["passed", "failed"], said: str | None
    ) -> None:
        first, _ = scores(item, verdict("first", "passed", variables=({"passes": passes},)), verdict("second", second))
        assert (first.score, first.remark) == (3, said)

    def test_they_are_about_the_best_candidate(self, item: CourseExercise) -> None:
        several = ({"passes": 1}, {"passes": 2})
        first, _ = scores(item, verdict("first", "passed", variables=several), verdict("second"))
        assert first.remark is None

    def test_none_is_made_on_what_failed(self, item: CourseExercise) -> None:
        first, _ = scores(item, verdict("first", variables=({"passes": 2},), found=True), verdict("second"))
        assert first.remark is None
