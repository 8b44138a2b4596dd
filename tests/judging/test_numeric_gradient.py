"""Numerical differentiation: which slopes are measured, which are left out, and the comparison with gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.judging.functions.derivatives import Derivative
from grader.judging.functions.numeric_gradient import compare_with_slopes, measure_slopes
from grader.model import Array, Shifts

Function = Callable[[Any], Any]

GRADIENT = Derivative("input", "gradient")


def array(data: Any) -> Array:
    data = np.asarray(data)
    return Array(kind="ndarray", dtype=data.dtype.name, shape=data.shape, data=data)


def shifts(function: Function, point: Any, *, step: float = 1e-6, dtype: Any = "float64", **changes: Any) -> Shifts:
    """What the sandbox sends for a function of an array when every element is shifted by itself."""
    at = np.asarray(point, dtype=dtype)
    rows = [row.reshape(at.shape) for row in np.eye(at.size) * step]
    outputs = [[float(np.sum(function((at + sign * row).astype(dtype)))) for sign in (-1, 0, 1)] for row in rows]
    fields: dict[str, Any] = {
        "dtype": dtype,
        "gradient": None,
        "second": None,
        "steps": array([row.ravel() for row in rows]),
        "outputs": array(outputs),
        "slopes": array(outputs),
        "steady": array([True] * at.size),
    }
    return Shifts(**(fields | changes))


def verdict(gradient: Any, function: Function, point: Any, tolerance: float | None = None, **changes: Any) -> Any:
    """The comparison of a gradient, or None, at a point."""
    measured = measure_slopes(shifts(function, point, **changes), GRADIENT, np.size(point))
    given = None if gradient is None else array(gradient)
    return compare_with_slopes(given, measured, GRADIENT, tolerance=tolerance)


class TestRight:
    @pytest.mark.parametrize(
        ("function", "gradient", "point"),
        [
            (lambda x: x**2, 6.0, 3.0),
            (np.sin, np.cos([1.0, 2.0]), [1.0, 2.0]),
            (lambda x: x**3, 0.0, 0.0),
            (lambda x: x**2, 0.0, 0.0),
            (lambda x: 1e6 + x, 1.0, 1.0),
            (lambda x: 5 + 0 * x, 0.0, 2.0),
            (lambda x: x @ x, [[2.0]], [[1.0]]),
            (np.exp, np.exp(20.0), 20.0),
        ],
    )
    def test_gradients_pass(self, function: Function, gradient: Any, point: Any) -> None:
        assert verdict(gradient, function, point).equal

    @given(st.lists(st.floats(-100, 100), min_size=1, max_size=16))
    def test_polynomials_pass_everywhere(self, point: list[float]) -> None:
        x = np.array(point)
        comparison = verdict(3 * x**2 - 2, lambda x: x**3 - 2 * x, x)
        assert comparison is None or comparison.equal

    def test_float32_is_enough_with_larger_steps(self) -> None:
        x = np.array([0.5, 1.5], dtype=np.float32)
        assert verdict(np.cos(x), np.sin, x, dtype="float32", step=5e-3).equal

    def test_the_tolerance_is_relative_to_the_greatest_slope(self) -> None:
        function: Function = lambda x: x * np.array([1000.0, 1.0])  # noqa: E731 - as short as it can be said
        assert verdict([1000.0, 1.05], function, [1.0, 1.0]).equal
        assert not verdict([1000.0, 1.05], function, [1.0, 1.0], tolerance=1e-5).equal


class TestWrong:
    def test_one_number(self) -> None:
        comparison = verdict(1.0, lambda x: x**2, 1.0)
        assert comparison.message == "is 1 where the slope measured at that point is 2"
        assert (comparison.actual, comparison.expected, comparison.share) == ("1", "2", 0)

    def test_elements(self) -> None:
        comparison = verdict([2.0, 5.0, 5.0], lambda x: x**2, [1.0, 2.0, 3.0])
        assert comparison.message == "is 5 where the slope measured at [1] is 4 (2 of 3 elements are wrong)"
        assert comparison.share == pytest.approx(1 / 3)

    def test_directions(self) -> None:
        rows = np.array([[1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) * 1e-6
        outputs = [[sign * float(np.sum(row)) * 3 for sign in (-1, 0, 1)] for row in rows]
        comparison = verdict(
            [3.0, 2.0], np.sum, [0.0, 0.0], steps=array(rows), outputs=array(outputs), steady=array([True] * 3)
        )
        assert "along a direction drawn at random" in comparison.message
        assert comparison.message.endswith("(all of 3 directions are wrong)")

    def test_none(self) -> None:
        comparison = verdict(None, lambda x: x**2, 1.0)
        assert comparison.kind == "none"
        assert comparison.message.startswith("is None where the slope measured is 2: on its way to the result")

    @pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
    def test_what_is_no_number(self, wrong: float) -> None:
        assert not verdict([2.0, wrong], lambda x: x**2, [1.0, 2.0]).equal

    def test_one_nan_spoils_no_other_element(self) -> None:
        assert verdict([2.0, np.nan], lambda x: x**2, [1.0, 2.0]).share == 0.5

    def test_another_shape(self) -> None:
        assert verdict([2.0, 2.0], lambda x: x**2, 1.0).message == "has shape (2,), unlike the input"


class TestNotMeasured:
    def test_a_kink(self) -> None:
        assert verdict(0.0, np.abs, 0.0) is None

    def test_a_kink_of_one_element_leaves_the_others(self) -> None:
        assert verdict([17.0, 1.0], np.abs, [0.0, 1.0]).equal
        assert not verdict([17.0, -1.0], np.abs, [0.0, 1.0]).equal

    def test_another_way_nearby(self) -> None:
        assert verdict(0.0, lambda x: x, 1.0, steady=array([False])) is None

    @pytest.mark.filterwarnings("ignore:(invalid|divide)")
    def test_where_the_function_has_no_value(self) -> None:
        assert verdict(0.0, np.log, -1.0) is None
        assert verdict(np.inf, np.sqrt, 0.0) is None

    def test_what_drowns_in_rounding(self) -> None:
        assert verdict(0.0, lambda x: 1e15 + x, 1.0) is None

    def test_no_gradient_where_the_function_is_constant(self) -> None:
        assert verdict(None, lambda x: 3.0 + 0 * x, 1.0) is None


class TestForged:
    """The student's process wrote the stream."""

    @pytest.mark.parametrize(
        "changes",
        [
            {"steps": array(np.zeros((0, 1)))},
            {"steps": array(np.ones((1, 5)))},
            {"steps": array(np.ones(3))},
            {"steps": Array(kind="ndarray", dtype="float64", shape=(1, 1), data=None)},
            {"outputs": array(np.ones((1, 2)))},
            {"outputs": array(np.ones((1, 3)) * 1j)},
            {"steady": array([True, True])},
        ],
    )
    def test_arrays_that_do_not_fit_are_nothing(self, changes: dict[str, Any]) -> None:
        assert verdict(2.0, lambda x: x**2, 1.0, **changes) is None

    @pytest.mark.parametrize("changes", [{"steps": array([[0.0]])}, {"outputs": array([[np.nan] * 3])}])
    def test_values_that_make_no_sense_are_nothing(self, changes: dict[str, Any]) -> None:
        assert verdict(2.0, lambda x: x**2, 1.0, **changes) is None

    def test_a_slope_that_is_another_one_over_half_the_step(self) -> None:
        half = {f"half_{name}": array(data) for name, data in (("steps", [[5e-7]]), ("outputs", [[0.0, 0.0, 3e-6]]))}
        assert verdict(2.0, lambda x: 2.001 * x, 1.0).equal is False
        assert verdict(2.0, lambda x: 2.001 * x, 1.0, **half) is None

    def test_a_small_kink_within_half_the_step(self) -> None:
        function: Function = lambda x: x + 4e-4 * np.maximum(x, 0)  # noqa: E731 - as short as it can be said
        half = shifts(function, 1e-9, step=5e-7)
        found = {"half_steps": half.steps, "half_outputs": half.outputs}
        assert verdict(1.0004, function, 1e-9).equal is False
        assert verdict(1.0004, function, 1e-9, **found) is None

    def test_a_wrong_gradient_is_wrong_over_half_the_step_too(self) -> None:
        half = shifts(np.exp, 1.0, step=5e-7)
        found = {"half_steps": half.steps, "half_outputs": half.outputs}
        assert verdict(2.7, np.exp, 1.0, **found).equal is False

    def test_nan_at_a_kink_is_wrong(self) -> None:
        half = shifts(np.abs, [0.0, 1.0], step=5e-7)
        found = {"half_steps": half.steps, "half_outputs": half.outputs}
        comparison = verdict([np.nan, 1.0], np.abs, [0.0, 1.0], **found)
        assert comparison.message.startswith("is NaN at [0], where the function has a kink")
        assert verdict([0.3, 1.0], np.abs, [0.0, 1.0], **found).equal

    def test_nan_where_a_slope_is_infinite_is_not_measured(self) -> None:
        function: Function = lambda x: np.sqrt(np.abs(x))  # noqa: E731 - as short as it can be said
        half = shifts(function, 0.0, step=5e-7)
        assert verdict(np.nan, function, 0.0, half_steps=half.steps, half_outputs=half.outputs) is None
