"""Which files are built on a handout: those that have most of it, in its order where it is long."""

from __future__ import annotations

from grader import submission
from grader.submission.fingerprints import handout_of
from grader.submission.handed_back import find_handed_back

LINES = [f"x{number} = f(x{number - 1})" for number in range(1, 9)]
BETWEEN = "y = g(y)"


def given(handed_out: list[str], handed_in: list[str]) -> list[str]:
    """The lines of a file that come from the handout."""
    handout = handout_of([submission.read("\n".join(handed_out).encode(), "given.py")])
    read = submission.read("\n".join(handed_in).encode(), "work.py")
    found = find_handed_back(handout, read.cells).statements
    return [line for index, line in enumerate(handed_in) if (0, index) in found]


def test_most_of_a_long_handout_in_its_order_is_built_on_it() -> None:
    kept = [line for line in LINES if line not in LINES[2:4]]
    work = [text for line in kept for text in (line, BETWEEN)]  # never six of them in a row
    assert given(LINES, work) == kept


def test_the_same_statements_in_another_order_were_typed() -> None:
    assert given(LINES, [text for line in reversed(LINES) for text in (line, BETWEEN)]) == []


def test_the_same_statements_far_apart_were_typed() -> None:
    kept = [line for line in LINES if line not in LINES[2:4]]
    assert given(LINES, [text for line in kept for text in (line, *[BETWEEN] * 4)]) == []


def test_a_short_handout_may_come_back_in_another_order() -> None:
    assert given(LINES[:3], [LINES[2], BETWEEN, LINES[0], LINES[1]]) == [LINES[2], LINES[0], LINES[1]]


def test_what_was_to_be_filled_in_does_not_count_for_how_much_is_there() -> None:
    handed_out = ["import torch", "def f(x): ...", "y = ...", "z = None", "print(y)", "w = f(2)"]
    work = ["import torch", "def f(x): return x", "y = 1", "z = 2", BETWEEN, "print(y)", "w = f(2)"]
    assert given(handed_out, work) == ["import torch", "print(y)", "w = f(2)"]
