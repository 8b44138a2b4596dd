"""Conditions about sizes alone, by which loops of other leaves are left out early."""

from __future__ import annotations

import pytest

from grader.judging.steps.asked_sizes import sizes_asked
from grader.language.expression import parse


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("size(w) == 2 and size(b) == 1", ["size(w) == 2", "size(b) == 1"]),
        ("size(w) == 2 and w.passes > 1", ["size(w) == 2"]),
        ("size(w) > size(b)", ["size(w) > size(b)"]),
        ("size(w) == 2 or size(b) == 2", ["size(w) == 2 or size(b) == 2"]),
        ("size(w) == 2 or w.passes > 1", []),
        ("size(w.after) == 2", []),
        ("size(x) == 2", []),
        ("size(w) == size(w) * w", []),
        ("number > 1", []),
        ("True", []),
    ],
)
def test_which_conditions_ask_for_sizes_alone(line: str, found: list[str]) -> None:
    assert [part.text for part in sizes_asked(parse(line), ("w", "b"))] == found
