"""Which gradients a curve may show: by values, and by how the gradients change, without a sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.judging.curves.computed_gradient import ComputedGradient
from grader.judging.curves.meant_gradients import MAX_COMPARED, MeantGradients
from grader.language.closeness import Tolerance
from grader.language.expression import parse
from grader.model import Array, Hand

X = np.linspace(-4, 4, 80)
OF = parse("(output == sin(leaf) or root == sum(sin(leaf))) and not affine")


def array(values: Any) -> Array:
    data = np.asarray(values, np.float32)
    return Array(kind="tensor", dtype="float32", shape=data.shape, data=data)


def computed(
    bend: Any,
    *,
    leaf: Any = X,
    only_root: bool = False,
    weights: Any = 1.0,
    affine: bool = False,
    earlier: Sequence[ComputedGradient] = (),
    hands: tuple[Hand, ...] = (),
) -> ComputedGradient:
    """A pass with the values and the gradient of a sine."""
    weights = np.broadcast_to(np.asarray(weights, float), np.shape(leaf))
    root = array((weights * np.sin(leaf)).sum())
    return ComputedGradient(
        variables={
            "leaf": array(leaf),
            "gradient": array(weights * np.cos(leaf)),
            "output": root if only_root else array(np.sin(leaf)),
            "root": root,
            "weights": array(1.0) if only_root else array(weights),
            "order": 1,
            "operations": (),
            "affine": affine,
        },
        gradient=np.ravel(np.cos(leaf)),
        change=np.zeros(np.size(leaf)),
        order=1,
        line=(0, 1, 0),
        hands=hands,
        bend=None if bend is None else array(bend),
        earlier=earlier,
    )


def is_meant(gradient: ComputedGradient) -> bool:
    return MeantGradients(OF, Tolerance(rtol=1e-3, atol=1e-3))(gradient)


OTHERS = [0 * X, 0 * X + 2, np.cos(X), np.sin(X), -0.5 * np.sin(X), -np.sin(X) + 0.1]


@pytest.mark.parametrize("only_root", [False, True])
def test_a_gradient_has_to_change_as_that_of_the_function(only_root: bool) -> None:
    assert is_meant(computed(-np.sin(X), only_root=only_root))
    assert not any(is_meant(computed(bend, only_root=only_root)) for bend in OTHERS)


def test_it_is_as_its_values_say_where_that_is_not_known() -> None:
    assert is_meant(computed(None))
    assert is_meant(computed([1.0, 2.0]))
    assert not is_meant(computed(None, affine=True))
    assert is_meant(computed(np.full(80, np.nan)))


def test_weights_do_not_count_and_zeros_hide_an_element() -> None:
    for weights in (3.0, np.linspace(1, 2, 80), np.arange(80) == 50):
        assert is_meant(computed(weights * -np.sin(X), weights=weights))
        assert not is_meant(computed(weights * np.full(80, 2.0), weights=weights))


def test_rounding_at_some_points_is_no_other_function() -> None:
    steep = np.where(np.arange(80) % 20 == 3, 1e4, -np.sin(X))
    assert is_meant(computed(steep))
    assert not is_meant(computed(np.where(np.arange(80) % 5 == 3, 1e4, -np.sin(X))))


def test_a_hand_in_the_pass_is_for_a_person() -> None:
    hand = Hand(kind="hook", name="x", place=None, changed=True)
    assert is_meant(computed(0 * X, hands=(hand,)))


def test_earlier_passes_of_a_line_answer_for_those_of_which_it_is_not_known() -> None:
    points = [computed(bend, leaf=np.float64(leaf), affine=not bend) for leaf, bend in ((1.0, 0.0), (1.1, 0.0))]
    right = [computed(-np.sin(leaf), leaf=np.float64(leaf)) for leaf in (1.0, 1.1)]
    assert not is_meant(computed(None, leaf=np.float64(2.0), earlier=points))
    assert is_meant(computed(None, leaf=np.float64(2.0), earlier=right))
    other = replace(points[0], variables={**points[0].variables, "output": array(5.0), "root": array(5.0)})
    assert is_meant(computed(None, leaf=np.float64(2.0), earlier=[other]))


def test_not_more_are_compared_than_a_recorder_notes() -> None:
    meant = MeantGradients(OF, Tolerance(rtol=1e-3, atol=1e-3))
    tangents = [computed(0.0, leaf=np.float64(1.0)) for _ in range(MAX_COMPARED + 1)]
    assert [meant(tangent) for tangent in tangents] == [False] * MAX_COMPARED + [True]
