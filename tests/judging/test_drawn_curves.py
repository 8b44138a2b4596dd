"""What a curve has to do with gradients and with other curves. Hand-built observations, no torch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.judging.curves.drawn_curves import (
    MAX_CURVES,
    MAX_POINTS,
    is_differentiated,
    is_gradient,
    shown_pass,
    slope_of,
)
from grader.judging.curves.seen_curves import seen_curves
from grader.judging.observed import Observed
from grader.model import Array, Backward, Curve, Event, Figure, LeafPass, Observation, Outcome
from tests.helpers.backward_events import HERE, backward_event

X = np.linspace(-3, 3, 61)


def array(values: Any) -> Array:
    data = np.asarray(values)
    return Array(kind="tensor", dtype=data.dtype.name, shape=data.shape, data=data)


def figure(*curves: tuple[Any, Any]) -> Figure:
    drawn = tuple(Curve(axes=0, x=array(x), y=array(y), label="", default_x=False, place=HERE) for x, y in curves)
    return Figure(place=HERE, curves=drawn, titles=(), labels=(), legend=())


def backward(leaf: Any, output: Any, gradient: Any, *, before: Any = None, token: int = 1) -> Backward:
    reached = LeafPass(
        names=(),
        value=replace(array(leaf), token=token),
        gradient=array(gradient),
        grad_before=None if before is None else array(before),
        grad_after=array(gradient if before is None else before + gradient),
    )
    return backward_event(reached, root=array(np.sum(output)), output=array(output))


def observed(*events: Event) -> Observed:
    return Observed(Observation(events=events, outcome=Outcome.COMPLETED))


class TestSlopes:
    @pytest.mark.parametrize(
        ("x", "y"),
        [
            (X, np.cos(X)),
            (X[:-1], np.diff(np.sin(X)) / 0.1),
            (X[::-1], np.cos(X[::-1])),
            (X, np.gradient(np.sin(X), X)),
            (X[10:40], np.cos(X[10:40])),
        ],
    )
    def test_a_derivative_is_near_the_slope_of_its_function(self, x: Any, y: Any) -> None:
        assert slope_of(observed(figure((X, np.sin(X))), figure((x, y))), x, y) == 1

    @pytest.mark.parametrize(
        ("x", "y"),
        [
            (X, np.sin(X)),
            (X, -np.cos(X)),
            (X, 0.5 * np.cos(X)),
            (X + 20, np.cos(X + 20)),
            (X, np.full(61, np.nan)),
            (X, np.zeros(61)),
        ],
    )
    def test_other_curves_are_not(self, x: Any, y: Any) -> None:
        assert slope_of(observed(figure((X, np.sin(X)), (x, y))), x, y) == 0

    @pytest.mark.parametrize("x", [np.zeros(61), np.full(61, 1e300), np.full(61, np.nan), X[:3]])
    def test_what_is_no_curve_has_no_slope(self, x: Any) -> None:
        assert slope_of(observed(figure((x, np.sin(x)))), X, np.cos(X)) == 0

    def test_only_some_curves_of_some_points_are_looked_at(self) -> None:
        sines = [(X, np.sin(X))] * (MAX_CURVES + 5)
        assert slope_of(observed(figure(*sines)), X, np.cos(X)) == MAX_CURVES
        many = np.linspace(-3, 3, MAX_POINTS + 1)
        assert slope_of(observed(figure((many, np.sin(many)))), X, np.cos(X)) == 0


class TestGradients:
    def test_a_curve_of_gradients_is_known_by_its_values(self) -> None:
        seen = observed(backward(X, np.sin(X), np.cos(X)))
        assert is_gradient(seen, np.cos(X[5:50]))
        assert not is_gradient(seen, np.cos(X[5:50]) + 1e-9)
        assert not is_gradient(observed(), np.cos(X))

    def test_a_curve_that_was_differentiated_is_known_by_both(self) -> None:
        x, y = X.astype(np.float32), np.sin(X.astype(np.float32))
        seen = observed(backward(x, y, np.cos(x)))
        # numpy's sine is not torch's to the last bit.
        assert is_differentiated(seen, X, np.sin(X))
        assert not is_differentiated(seen, X, np.cos(X))
        assert not is_differentiated(seen, X[1:], np.sin(X[1:]))
        assert not is_differentiated(observed(backward(X, np.tanh(X), X)), X, np.sin(X))


class TestPasses:
    def test_a_curve_shows_the_pass_whose_gradient_it_is(self) -> None:
        seen = observed(backward(X, np.sin(X), np.cos(X)), backward(X, np.sin(X), np.cos(X), before=np.cos(X)))
        once, twice = shown_pass(seen, np.cos(X)), shown_pass(seen, 2 * np.cos(X))
        assert once is not None
        assert twice is not None
        assert (once.summed, twice.summed) == (1, 2)
        assert once.leaf.tolist() == X.tolist()
        assert shown_pass(seen, 2 * np.cos(X) + 1e-9) is None

    def test_twice_the_gradient_by_one_pass_is_no_sum(self) -> None:
        shown = shown_pass(observed(backward(X, 2 * np.sin(X) + 1, 2 * np.cos(X))), 2 * np.cos(X))
        assert shown is not None
        assert shown.summed == 1

    def test_a_loop_over_points_is_one_pass(self) -> None:
        each = [backward(x, np.sin(x), np.cos(x), token=number) for number, x in enumerate(X, start=1)]
        shown = shown_pass(observed(*each), np.cos(X))
        assert shown is not None
        assert (shown.summed, shown.leaf.tolist()) == (1, X.tolist())

    def test_a_loop_that_never_clears_sums(self) -> None:
        slopes = np.cos(X)
        totals = np.cumsum(slopes)
        each = [
            backward(x, np.sin(x), slope, before=None if number == 0 else np.float64(totals[number - 1]))
            for number, (x, slope) in enumerate(zip(X, slopes, strict=True))
        ]
        shown = shown_pass(observed(*each), totals)
        assert shown is not None
        assert shown.summed == X.size


class TestTriedAbscissas:
    def drawn(self, x: Any, *events: Event, default_x: bool = False) -> list[Any]:
        curve = Curve(axes=0, x=array(x), y=array(np.sin(X)), label="", default_x=default_x, place=HERE, token=7)
        shown = Figure(place=HERE, curves=(curve,), titles=(), labels=(), legend=())
        return [curve.variables["x"].data.tolist() for curve in seen_curves(observed(*events, shown, shown))]  # type: ignore[attr-defined]

    def test_an_x_in_other_units_is_that_of_the_leaf_too(self) -> None:
        passed = backward(X, np.sin(X), np.cos(X))
        for x in (np.degrees(X), X / np.pi, X / (2 * np.pi)):
            assert self.drawn(x, passed) == [x.tolist(), X.tolist()] * 2
        for x in (X, 2 * X, np.sin(X), X + 1):
            assert self.drawn(x, passed) == [x.tolist()] * 2

    def test_a_curve_without_x_is_tried_over_leaves_and_counts_once(self) -> None:
        index = np.arange(61.0)
        leaves = [backward(X + n, np.sin(X), np.cos(X)) for n in range(3)]
        assert len(self.drawn(index, *leaves, default_x=True)) == 2 * 4
        curve = Curve(axes=0, x=array(index), y=array(np.sin(X)), label="", default_x=True, place=HERE, token=7)
        shown = Figure(place=HERE, curves=(curve,), titles=(), labels=(), legend=())
        assert {one.thing for one in seen_curves(observed(*leaves, shown, shown))} == {7}

    def test_points_that_are_not_drawn_are_left_out(self) -> None:
        masked = np.where(np.arange(61) % 2 == 0, np.sin(X), np.nan)
        (curve,) = seen_curves(observed(figure((X, masked))))
        assert curve.variables["points"] == 31
        assert curve.variables["y"].data.tolist() == np.sin(X)[::2].tolist()  # type: ignore[attr-defined]
