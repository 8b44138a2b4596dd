"""What the record does not have is for a person: values of large tensors, of which only the shape is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import pytest

from grader.language.expression import parse
from grader.model import Array, Backward
from tests.judging.test_coincidence import CUBE, SQUARE, array, backward, judged

LARGE = (300_000,)
RIGHT = backward(SQUARE, [1.0, 2.0, 3.0])


def unrecorded(value: Array | None, shape: tuple[int, ...] = LARGE) -> Any:
    return None if value is None else replace(value, data=None, shape=shape)


def large(passed: Backward, *, root: bool = True, shape: tuple[int, ...] = LARGE) -> Backward:
    """A pass over a tensor that is too large to be recorded; ``root``: its sum is one number and is recorded."""
    (leaf,) = passed.leaves
    return replace(
        passed,
        root=passed.root if root else unrecorded(passed.root, shape),
        output=unrecorded(passed.output, shape),
        weights=unrecorded(passed.weights, shape),
        leaves=(
            replace(
                leaf,
                value=unrecorded(leaf.value, shape),
                gradient=unrecorded(leaf.gradient, shape),
                grad_after=unrecorded(leaf.grad_after, shape),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("exercise", "check"),
    [
        ("norm-squared", "gradient-is-2x"),
        ("dot-gradient", "gradient-is-4x"),
        ("mean-and-sum", "mean-gives-1-over-n"),
        ("mean-and-sum", "mean-of-squares"),
    ],
)
def test_a_large_tensor_waits_for_a_person(exercise: str, check: str) -> None:
    found = judged(exercise, check, large(RIGHT))
    assert (found.status, found.withheld) == ("manual", True)
    assert "(300000,)" in found.message
    assert "not what is asked for" not in found.message


def test_the_pass_that_is_recorded_counts() -> None:
    assert judged("norm-squared", "gradient-is-2x", large(RIGHT), replace(RIGHT)).status == "passed"


def test_a_wrong_pass_beside_it_does_not() -> None:
    wrong = backward(CUBE, [1.0, 2.0, 3.0])
    assert judged("norm-squared", "gradient-is-2x", wrong, large(RIGHT)).status == "manual"
    assert judged("norm-squared", "gradient-is-2x", wrong).status == "failed"


def test_what_is_known_without_the_values_is_failed() -> None:
    # 32 bits, whatever the numbers; and no vector of values gives a gradient of None.
    assert judged("mean-and-sum", "float64-works", large(RIGHT)).status == "failed"
    (leaf,) = large(RIGHT).leaves
    nothing = replace(large(RIGHT), leaves=(replace(leaf, gradient=None, grad_after=None),))
    assert judged("norm-squared", "gradient-is-2x", nothing).status == "failed"


def test_few_numbers_that_were_not_recorded_either() -> None:
    found = judged("norm-squared", "gradient-is-2x", large(RIGHT, shape=(3,)))
    assert found.status == "manual"
    assert "after too many others" in found.message


class TestLines:
    """An expression may be true, as far as is known, false for certain, or true."""

    VARIABLES: ClassVar = {"x": unrecorded(array([1.0])), "y": array([2.0, 3.0]), "n": None}

    @pytest.mark.parametrize(
        "line",
        ["x == 2 * x", "x", "not (x == y)", "size(y) == 2 and sum(x) == 1", "size(y) == 3 or any(x > 0)", "0 < x < 2"],
    )
    def test_may_be_true(self, line: str) -> None:
        assert parse(line).is_unrecorded(self.VARIABLES)
        assert not parse(line).holds(self.VARIABLES)

    @pytest.mark.parametrize(
        "line", ["size(x) == 2 and x == 1", "n == x", "not any(y > 0) and x == 1", "x == 1 and size(y) == 3", "n"]
    )
    def test_is_false_for_certain(self, line: str) -> None:
        assert not parse(line).is_unrecorded(self.VARIABLES)
        assert not parse(line).holds(self.VARIABLES)

    @pytest.mark.parametrize("line", ["size(x) == 300000", "x == 1 or size(y) == 2", "not (x == None)"])
    def test_is_true(self, line: str) -> None:
        assert parse(line).holds(self.VARIABLES)
