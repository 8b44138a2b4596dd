"""How two structures differ, in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.judging.comparison import compare
from grader.model import Array, Opaque, Structure, Value


def tensor(values: Any) -> Array:
    data = np.asarray(values, dtype="float32")
    return Array(kind="tensor", dtype="float32", shape=data.shape, data=data)


def pair(*items: Value, cut: bool = False) -> Structure:
    return Structure(kind="tuple", items=items, cut=cut)


def mapping(**items: Value) -> Structure:
    return Structure(kind="dict", keys=tuple(items), items=tuple(items.values()))


A, B, C = tensor([1.0, 2.0]), tensor([[3.0, 4.0]]), tensor(5.0)
NONE = Opaque(kind="none")


class TestStructures:
    @pytest.mark.parametrize(
        ("actual", "expected"),
        [
            (pair(A, B), pair(A, B)),
            (pair(A, B), Structure(kind="list", items=(A, B))),
            (mapping(w=A, b=C), mapping(b=C, w=A)),
            (mapping(w=pair(A, NONE)), mapping(w=pair(A, NONE))),
            (pair(), Structure(kind="list", items=())),
            (Structure(kind="list", items=(tensor(1.0), tensor(2.0))), A),
            (Structure(kind="module", keys=("w",), items=(A,)), mapping(w=A)),
        ],
    )
    def test_equal_items_make_equal_structures(self, actual: Value, expected: Value) -> None:
        comparison = compare(actual, expected)
        assert comparison.equal, comparison.message
        assert comparison.share == 1

    @pytest.mark.parametrize(
        ("actual", "expected", "message"),
        [
            (pair(A, tensor([[6.0, 8.0]])), pair(A, B), "is not as expected in its item `[1]`, which is 2 times the"),
            (pair(NONE, B), pair(A, B), "is not as expected in its item `[0]`, which is None instead of [1, 2]"),
            (pair(C, C), pair(A, B), "in 2 of its 2 items; the first is `[0]`, which has shape () instead of (2,)"),
            (mapping(loss=A), mapping(loss=B), 'in its item `["loss"]`, which has shape (2,) instead of (1, 2)'),
            (
                pair(C, mapping(x=pair(A, A))),
                pair(C, mapping(x=pair(A, B))),
                'item `[1]["x"][1]`, which has shape (2,)',
            ),
            (pair(B, A), pair(A, B), "has the right items, but in another order than was asked for"),
            (pair(A, B, C), pair(A, B), "is a tuple of 3 items instead of 2"),
            (pair(A), pair(A, B), "is a tuple of 1 item instead of 2"),
            (mapping(los=C), mapping(loss=C), 'has no item "loss", but "los"'),
            (mapping(a=C, b=C), mapping(a=C), 'has "b" beside what was asked for'),
            (mapping(a=C), pair(C), 'is a dictionary with "a" instead of a tuple of 1 item'),
            (A, pair(A, B), "is a single tensor of shape (2,) instead of a tuple of 2 items"),
            (pair(A, B), A, "is a tuple of 2 items instead of a single tensor of shape (2,)"),
            (NONE, pair(A, B), "is None instead of ([1, 2], [[3, 4]])"),
            (pair(A, B, cut=True), pair(A, B, cut=True), "too many items to be recorded"),
        ],
    )
    def test_says_which_item_differs(self, actual: Value, expected: Value, message: str) -> None:
        comparison = compare(actual, expected)
        assert not comparison.equal
        assert message in comparison.message
        assert comparison.share < 1

    def test_shows_the_values_of_the_item(self) -> None:
        comparison = compare(pair(C, mapping(x=tensor(7.0))), pair(C, mapping(x=tensor(8.0))))
        assert (comparison.item, comparison.actual, comparison.expected) == ('[1]["x"]', "7", "8")
        assert comparison.share == 0.5

    def test_lists_of_texts_are_compared_in_order(self) -> None:
        frozen = ("0.weight", "0.bias")
        assert compare(frozen, ("0.weight", "0.bias")).equal
        assert "is ['0.bias', '0.weight'] instead of" in compare(frozen[::-1], frozen).message
        texts = pair(Opaque(kind="text", text="0.weight"), Opaque(kind="text", text="0.bias"))
        assert compare(texts, frozen).equal
