"""Item analysis, by classes whose numbers can be computed by hand."""

from __future__ import annotations

import statistics
from dataclasses import replace

import pytest

from grader import model
from grader.report.item_analysis import Discrimination, Item, discrimination, distinct_handins, items
from tests.helpers.class_samples import (
    ADDS,
    CUT,
    MODES,
    USED,
    check,
    exercise,
    failed,
    result,
    results,
    untried,
    waiting,
)

CHECKS = ("second-backward-fails", "gradient-accumulates")


def handin(number: int, *right: bool, elsewhere: float = 0.0) -> model.StudentResult:
    """A hand-in in which these checks of double-backward are right, of 2 points each, and so many of 3 points won in
    another exercise.
    """
    answers = [check(id=name) if is_right else failed(id=name) for name, is_right in zip(CHECKS, right, strict=True)]
    other = exercise("detach-semantics", check(id="cut", score=elsewhere, max_score=3.0))
    return result(f"student {number}", exercise("double-backward", *answers), other)


def found(*students: model.StudentResult) -> dict[str, Item]:
    """The items by their checks' ids; an exercise by its own."""
    analysed = items(results(*students))
    return {item.check or item.exercise.id: item for whole, checks in analysed for item in (whole, *checks)}


class TestDifficulty:
    def test_it_is_the_mean_share_of_the_points_over_those_who_attempted_it(self) -> None:
        one = found(
            handin(1, True, True),
            handin(2, True, False),
            result("3", exercise("double-backward", failed(score=0.5), failed(**ADDS))),
            result("4", untried("double-backward")),
        )
        assert (one["second-backward-fails"].answers, one["second-backward-fails"].full) == (3, 2)
        assert one["second-backward-fails"].share == pytest.approx((1 + 1 + 0.25) / 3)
        assert one["double-backward"].share == pytest.approx((4 + 2 + 0.5) / 12)

    def test_what_waits_or_could_not_be_graded_is_left_out(self) -> None:
        one = found(
            result("1", exercise("autodiff-modes", waiting(**MODES))),
            result("2", exercise("autodiff-modes", waiting(**MODES, score=1.0))),
            result("3", exercise("autodiff-modes", check(**MODES, status="error", score=0.0))),
        )["what-is-stored"]
        assert (one.answers, one.full, one.share) == (1, 0, 0.5)

    def test_nobody_s_answer_has_no_share(self) -> None:
        one = found(result("1", exercise("autodiff-modes", waiting(**MODES))))["what-is-stored"]
        assert (one.answers, one.share, one.discrimination) == (0, None, None)

    def test_what_was_skipped_counts_as_no_points_and_is_counted_apart(self) -> None:
        skipped = check(**USED, status="skipped", score=0.0)
        one = found(result("1", exercise("detach-semantics", failed(**CUT), skipped)), handin(2, True, True))["used"]
        assert (one.answers, one.skipped, one.share) == (1, 1, 0.0)

    def test_a_check_without_points_is_right_or_wrong(self) -> None:
        one = found(
            result("1", exercise("double-backward", check(score=0.0, max_score=0.0))),
            result("2", exercise("double-backward", failed(score=0.0, max_score=0.0))),
        )["second-backward-fails"]
        assert (one.full, one.share) == (1, 0.5)

    def test_what_could_be_graded_for_nobody_is_no_item(self) -> None:
        asked = tuple(replace(each, ungraded="Its solution fails.") for each in results().exercises)
        assert items(results(handin(1, True, True), exercises=asked)) == ()

    def test_a_group_s_hand_in_is_one_observation(self) -> None:
        group = [replace(handin(1, True, False), student=model.Student(key=name, name=name)) for name in "abc"]
        class_ = results(*group, handin(2, True, False), result("broken", status="broken"))
        assert [each.path for each in distinct_handins(class_)] == ["student 1.ipynb", "student 2.ipynb"]


class TestDiscrimination:
    def test_it_is_the_correlation_with_everything_else(self) -> None:
        rights = [number % 3 != 0 for number in range(12)]
        elsewhere = [0.25 * number for number in range(12)]
        one = found(
            *(
                handin(number, is_right, number % 2 == 0, elsewhere=elsewhere[number])
                for number, is_right in enumerate(rights)
            )
        )["second-backward-fails"]
        # The rest are 2 points of the other check and 3 of the other exercise; those of the check itself are not in it.
        rest = [(2.0 * (number % 2 == 0) + elsewhere[number]) / 5.0 for number in range(12)]
        assert one.discrimination is not None
        assert one.discrimination.value == pytest.approx(statistics.correlation([float(each) for each in rights], rest))
        assert one.discrimination.low < one.discrimination.value < one.discrimination.high

    def test_an_exercise_that_was_not_attempted_counts_as_no_points_elsewhere(self) -> None:
        tried = [handin(number, number >= 6, True, elsewhere=3.0) for number in range(12)]
        skipped_it = [
            result(
                f"late {number}",
                exercise("double-backward", failed(), check(id=CHECKS[1])),
                untried("detach-semantics"),
            )
            for number in range(4)
        ]
        one = found(*tried, *skipped_it)["second-backward-fails"].discrimination
        assert one is not None
        assert one.value == pytest.approx(
            statistics.correlation([0.0] * 6 + [1.0] * 6 + [0.0] * 4, [1.0] * 12 + [0.4] * 4)
        )

    def test_a_known_value_and_its_interval(self) -> None:
        # Right and wrong, and 0 or 1 elsewhere, in a table of 8, 2, 2, 8: the correlation is 0.6.
        shares = [(1.0, 1.0)] * 8 + [(1.0, 0.0)] * 2 + [(0.0, 1.0)] * 2 + [(0.0, 0.0)] * 8
        one = discrimination(shares)
        assert one is not None
        # Fisher: tanh(atanh(0.6) ± 1.96 / √17)
        assert (one.value, one.low, one.high) == (
            pytest.approx(0.6),
            pytest.approx(0.2144, abs=1e-4),
            pytest.approx(0.8238, abs=1e-4),
        )

    @pytest.mark.parametrize(
        "shares",
        [
            [(1.0, 1.0)] * 4 + [(0.0, 0.0)] * 5,  # nine hand-ins
            [(1.0, 1.0)] * 2 + [(0.0, 0.0)] * 50,  # two have full points
            [(1.0, 1.0)] * 50 + [(0.5, 0.0)] * 2,  # two have less
            [(1.0, 0.5)] * 20 + [(0.0, 0.5)] * 20,  # everything else is equal for all
            [],
        ],
    )
    def test_too_few_answers_tell_nothing(self, shares: list[tuple[float, float]]) -> None:
        assert discrimination(shares) is None

    def test_a_perfect_one_has_an_interval_as_well(self) -> None:
        one = discrimination([(1.0, 1.0)] * 6 + [(0.0, 0.0)] * 6)
        assert one is not None
        assert one.value == pytest.approx(1.0)
        assert 0.9 < one.low <= one.high <= 1.0

    def test_it_is_called_weak_or_negative_only_beyond_chance(self) -> None:
        assert not Discrimination(value=0.0, low=-0.5, high=0.5).is_weak
        assert Discrimination(value=0.0, low=-0.1, high=0.1).is_weak
        assert not Discrimination(value=-0.1, low=-0.3, high=0.1).is_negative
        assert Discrimination(value=-0.5, low=-0.7, high=-0.2).is_negative
