"""How near comparisons come to what their tolerances allow, as a trace tells it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.judging.comparison import compare
from grader.judging.tracing.closeness import share_of, share_of_line
from grader.language import expression
from grader.language.closeness import Tolerance
from grader.model import Array, Structure

TENTH = Tolerance(rtol=0.1, atol=0.0)


def array(*values: float, dtype: str = "float32") -> Array:
    return Array(kind="tensor", dtype=dtype, shape=(len(values),), data=np.array(values, dtype=dtype), token=0)


def test_the_greatest_difference_counts() -> None:
    comparison = compare(array(1.0, 2.1), array(1.01, 2.0), tolerance=TENTH)
    assert comparison.equal
    assert share_of(comparison) == pytest.approx(0.5, rel=1e-3)


def test_equal_numbers_use_nothing_of_it_and_wrong_ones_more_than_all() -> None:
    assert share_of(compare(array(1.0, np.inf), array(1.0, np.inf))) == 0
    assert share_of(compare(array(1.3), array(1.0), tolerance=TENTH)) == pytest.approx(3, rel=1e-3)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (array(1, 2, dtype="int64"), array(1, 2, dtype="int64")),
        ("a", "a"),
        (None, None),
        (array(1.0, 2.0), array(1.0, 2.0, 3.0)),
        (array(np.nan), array(1.0)),
    ],
)
def test_nothing_is_compared_by_a_tolerance(actual: Any, expected: Any) -> None:
    assert share_of(compare(actual, expected)) is None


def test_items_of_a_structure() -> None:
    left, right = (
        Structure(kind="tuple", items=(array(1.0), array(second, 1.0))) for second in (2.0, 2.0 + 1.3e-6 * 2)
    )
    comparison = compare(left, right)
    assert comparison.equal
    assert 0 < (share_of(comparison) or 0) < 1


@pytest.mark.parametrize(
    ("line", "share"),
    [
        ("x == 1", 0.5),
        ("x == 1 and x == 0.7", 5),
        ("x == 1 and size(x) == 1", 0.5),
        ("x == 1 and size(x) == 2", None),
        ("size(x) == 1", None),
        ("x > 1", None),
        ("x == 1 or x == 2", None),
    ],
)
def test_the_equations_of_a_line(line: str, share: float | None) -> None:
    found = share_of_line(expression.parse(line), {"x": array(1.05)}, TENTH)
    assert found == (share if share is None else pytest.approx(share, rel=1e-3))
