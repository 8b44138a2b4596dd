"""The histogram of scores: who is counted where."""

from __future__ import annotations

import re

import pytest

from grader.report.html.pictures.histogram import count_scores, describe_histogram, draw_histogram


def test_each_score_is_in_the_bar_that_begins_with_it() -> None:
    bars = count_scores([0.0, 0.9, 1.0, 9.0, 9.99, 10.0], 10.0)
    assert [bar.students for bar in bars] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 3]
    assert (bars[0].label, bars[-1].label) == ("0 to 1", "9 to 10")


def test_sums_of_fractions_are_not_a_bar_too_low() -> None:
    assert 0.1 + 0.7 < 0.8  # by a last bit
    assert [bar.students for bar in count_scores([0.1 + 0.7], 1.0)].index(1) == 8


def test_what_a_bonus_brings_beyond_the_points_is_a_bar_of_its_own() -> None:
    bars = count_scores([10.0, 10.5, 12.0], 10.0)
    assert (len(bars), bars[-1].label, bars[-1].students) == (11, "more than 10", 2)
    assert describe_histogram(bars) == "9 to 10 points: 1 student; more than 10 points: 2 students."


@pytest.mark.parametrize(("scores", "most"), [([], 10.0), ([0.0], 0.0)])
def test_nothing_to_count_has_no_bars(scores: list[float], most: float) -> None:
    assert count_scores(scores, most) == ()


def test_the_picture_has_a_bar_for_each_part_that_somebody_is_in_and_says_so_in_words() -> None:
    drawn = draw_histogram(count_scores([0.0, 3.0, 3.5, 11.0], 10.0))
    assert drawn.count("<rect") == 3
    assert "<desc>0 to 1 points: 1 student; 3 to 4 points: 2 students; more than 10 points: 1 student.</desc>" in drawn
    assert 'role="img"' in drawn
    assert drawn.count(">0.5<") == 0  # there is no half of a student on the axis


def test_bounds_do_not_overlap() -> None:
    drawn = draw_histogram(count_scores([3.0, 22.75], 20.5))
    bounds = re.findall(r'y="186"[^>]*>([^<]+)<', drawn)
    assert bounds == ["0", "2.05", "4.1", "6.15", "8.2", "10.25", "12.3", "14.35", "16.4", "18.45", "&gt; 20.5"]
    bounds = re.findall(r'y="186"[^>]*>([^<]+)<', draw_histogram(count_scores([3.0], 1234.5)))
    assert bounds == ["0", "246.9", "493.8", "740.7", "987.6", "1234.5"]
