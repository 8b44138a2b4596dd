"""``value`` against ``reference``: which values of the reference count, and what its author has to mend."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.model import Verdict

Judged = Callable[..., Verdict]

W = "kind: value, names: {w: [w, weight]}, expect: {w: reference}"


@pytest.mark.parametrize(
    ("check", "reference", "code", "status"),
    [
        (W, "w = 1.0\nw = 2.5", "weight = 2.5", "passed"),
        (W, "w = 1.0\nw = 2.5", "w = 1.0", "failed"),
        (W, "w = 2.5\ndel w", "w = 2.5\nw = 1.0", "passed"),
        (W + ", when: end", "w = 2.5", "w = 2.5\nw = 1.0", "failed"),
        (W + ", given: w > 2", "w = 2.5\nw = 1.0", "w = 2.5", "passed"),
        (W, "import torch\nw = torch.eye(2)", "import torch\nw = torch.eye(3)[:2, :2]", "passed"),
        (
            "kind: value, names: {w: w, b: b}, expect: {w: reference, b: 2 * w}",
            "w = 1.0\nb = 2.0",
            "w = 1.0\nb = 2.0",
            "passed",
        ),
    ],
)
def test_the_last_value_counts(judged: Judged, check: str, reference: str, code: str, status: str) -> None:
    assert judged(check, reference, code).status == status


def test_the_difference_is_explained(judged: Judged) -> None:
    verdict = judged(W, "import torch\nw = torch.arange(4.0)", "import torch\nw = -torch.arange(4.0)")
    assert (verdict.expected, verdict.actual) == ("[0, 1, 2, 3]", "[0, -1, -2, -3]")
    assert "sign" in verdict.message


def test_names_with_different_values_are_the_authors_mistake(judged: Judged) -> None:
    verdict = judged(W, "weight = 2.0\nw = 1.0")
    assert (verdict.status, verdict.place and verdict.place.line) == ("error", 2)
    assert verdict.message == (
        "In the reference, `w` may stand for `w` and for `weight`, which differ in `w`, so `reference` could be "
        "either. List only the name that is meant, or add a line to `given` that only that meets."
    )
    assert judged(W, "weight = 2.0\nw = 2.0").status == "passed"


def test_a_name_that_the_reference_has_not_is_the_authors_mistake(judged: Judged) -> None:
    verdict = judged(W, "v = 1.0")
    assert verdict.status == "error"
    assert verdict.message.startswith("In the reference, `w` has no value, so there is nothing")
