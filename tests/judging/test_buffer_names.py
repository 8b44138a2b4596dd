"""Buffers of the student's by the names of the reference's."""

from __future__ import annotations

import numpy as np
import pytest

from grader.judging.modules.module_variables import with_names_of
from grader.model import Array, Structure


def buffers(**shapes: tuple[int, ...]) -> Structure:
    """Buffers of these shapes; the first is full of 1, the second of 2."""
    items = tuple(
        Array(kind="tensor", dtype="float32", shape=shape, data=np.full(shape, number, dtype=np.float32))
        for number, shape in enumerate(shapes.values(), start=1)
    )
    return Structure(kind="dict", keys=tuple(shapes), items=items)


REFERENCE = buffers(running_mean=(3,), running_var=(3,))


@pytest.mark.parametrize(
    ("ours", "mean"),
    [
        pytest.param(buffers(running_mean=(3,), running_var=(3,)), 1, id="the same names"),
        pytest.param(buffers(running_var=(3,), running_mean=(3,)), 2, id="the same names in another order"),
        pytest.param(buffers(a=(3,), b=(3,)), 1, id="in order where the names say nothing"),
        pytest.param(buffers(moving_variance=(3,), moving_mean=(3,)), 2, id="similar names in another order"),
        pytest.param(buffers(moving_mean=(1, 3), moving_var=(1, 3)), 1, id="rows"),
        pytest.param(buffers(ema_var=(1, 3), ema_mean=(1, 3)), 2, id="rows in another order"),
        pytest.param(buffers(variance=(3,), average=(3,)), 2, id="one similar name"),
        pytest.param(buffers(count=(), a=(3,), b=(3,)), 2, id="another buffer before them"),
    ],
)
def test_buffers_have_the_names_and_shapes_of_the_reference(ours: Structure, mean: int) -> None:
    found = with_names_of(ours, REFERENCE)
    by_name = dict(zip(found.keys, found.items, strict=True))
    for name in REFERENCE.keys:
        value = by_name[name]
        assert isinstance(value, Array)
        assert value.shape == (3,)
        assert value.data is not None
        assert value.data.shape == (3,)
        assert (value.data[0] == mean) == (name == "running_mean")


def test_a_column_is_taken_for_a_vector_and_a_matrix_is_not() -> None:
    found = with_names_of(buffers(a=(3, 1), b=(2, 3)), REFERENCE)
    assert found.keys == ("running_mean", "b")
