"""Choices of letters in texts."""

from __future__ import annotations

import pytest

from grader.judging.words.choices import Choice, find_choice, is_choice


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("M1: b", "b"),
        ("**M1**: b (reverse)", "b"),
        ("M1 = 'b'", "b"),
        ("M1：（b）", "b"),
        ("| M1 | b |", "b"),
        ("M1: b, M2: a", "b"),
        ("M1: b, because a sweep forward is not enough", "b"),
        ("M1: b, a small step", "b"),
        ("M1: a\nNo, M1: b", "b"),
        ("M1: reverse", "reverse"),
        ("M1: a or b", "a or b"),
        ("M1: a, b", "a , b"),
        ("M1: (a) / (b)", "a ) / (b"),
        ("M1: a或b", "a或b"),
    ],
)
def test_the_last_option_counts_and_two_at_once_are_none_of_them(text: str, option: str) -> None:
    assert find_choice([text], "M1") == Choice(option=option)


def test_letter_after_letter_is_for_a_person() -> None:
    choice = find_choice(["M1: a", "M1: c\nM1: b"], "M1")
    assert choice is not None
    assert choice.doubt == "M1 is answered with a, c, b, one after the other."


def test_another_question_is_not_answered() -> None:
    assert find_choice(["M11: b, XM1: c"], "M1") is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("M1: b", True),
        ("- **Q2**) c", True),
        ("1. a", True),
        ("It is b.", False),
        ("M1: b because", False),
        ("", False),
    ],
)
def test_a_line_may_be_nothing_but_a_choice(line: str, expected: bool) -> None:
    assert is_choice(line) is expected
