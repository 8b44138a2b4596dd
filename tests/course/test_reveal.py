"""`reveal: no` on a check."""

from __future__ import annotations

import pytest

from tests.course.exercise_files import HEAD, load, of_check

pytestmark = pytest.mark.usefixtures("in_folder")


@pytest.mark.parametrize(("written", "expected"), [("no", False), ("false", False), ("yes", True), ("true", True)])
def test_it_is_written_in_words_or_as_a_truth_value(written: str, expected: bool) -> None:
    (check,) = load(f"{HEAD}  - {{id: a, kind: answer, reveal: {written}}}\n").checks
    assert check.reveal is expected


def test_anything_else_is_said() -> None:
    assert of_check("id: a", "kind: answer", "reveal: never") == [
        "x.yaml:7: checks[0].reveal: expected true or false, found the text `never`"
    ]


def test_a_check_of_several_ways_keeps_them_all_back() -> None:
    ways = "[{kind: uses, call: detach}, {kind: backward, expect: {passes: 2}}]"
    (check,) = load(f"{HEAD}  - {{id: a, reveal: no, any-of: {ways}}}\n").checks
    assert not check.reveal
