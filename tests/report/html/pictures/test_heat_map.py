"""Gradients as heat maps and in words."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest

from grader.model import GradientEvidence
from grader.report.html.pictures.heat_map import colours_of, describe_gradient, draw_heat_map
from tests.helpers.evidence_samples import gradient


def of(actual: list[float], expected: list[float]) -> GradientEvidence:
    return GradientEvidence(
        name="x", shape=(len(actual),), actual=np.array(actual), expected=np.array(expected), is_close=None
    )


def test_each_square_tells_its_values() -> None:
    drawing = draw_heat_map(gradient((3, 4)))
    assert drawing is not None
    assert "<title>Gradient of x</title>" in drawing
    assert "<title>[0, 1]: 1, expected 2</title>" in drawing
    assert "<title>[2, 3]: 36, expected 12</title>" in drawing
    assert "<title>[1, 0]: 5, as expected</title>" in drawing
    assert len(re.findall('class="cell less', drawing)) == 4
    assert len(re.findall('class="cell more', drawing)) == 1


def test_a_direction_is_a_sign_as_well_as_a_colour() -> None:
    drawing = draw_heat_map(of([0.0, 2.0, np.nan], [1.0, 1.0, 1.0]))
    assert drawing is not None
    assert re.findall(r'class="middle">(.)<', drawing) == ["−", "+", "×"]
    assert [level for level, _ in colours_of(of([0.0, 2.0], [1.0, 1.0]))] == ["less", "more"]


@pytest.mark.parametrize(
    ("shape", "rows", "columns"),
    [((), 1, 1), ((5,), 1, 5), ((40,), 2, 25), ((2, 3, 4), 6, 4), ((10, 1), 1, 10), ((2, 500), 25, 40)],
)
def test_any_shape_is_laid_flat(shape: tuple[int, ...], rows: int, columns: int) -> None:
    drawing = draw_heat_map(gradient(shape))
    assert drawing is not None
    squares = re.findall(r'(?:<rect x="|M)([\d.]+)(?:" y="| )([\d.]+)', drawing)
    lefts, tops = {left for left, _ in squares}, {top for _, top in squares}
    assert (len(tops), len(lefts)) == (rows, columns)


def test_a_large_gradient_has_a_path_for_each_level() -> None:
    drawing = draw_heat_map(gradient((20, 50)))
    assert drawing is not None
    ElementTree.fromstring(drawing)
    assert "949 elements as expected" in drawing
    assert len(drawing) < 20_000


def test_it_says_how_many_differ_and_where_most() -> None:
    assert describe_gradient(of([1.0, 5.0, 3.0, 4.5], [1.0, 2.0, 3.0, 4.0])) == (
        "2 of 4 elements differ. Furthest off: [1] is 5 instead of 2; [3] is 4.5 instead of 4."
    )
    assert describe_gradient(of([1.0, 2.0], [1.0, 2.0])) == "All 2 elements are as expected."


def test_a_common_factor_is_named() -> None:
    assert describe_gradient(of([0.5, 1.0], [1.0, 2.0])).endswith("Every element is 0.5 times what was expected.")
    assert "times" not in describe_gradient(of([0.5, 1.1], [1.0, 2.0]))
    assert "times" not in describe_gradient(of([0.0, 0.0], [0.0, 2.0]))


def test_the_tolerance_of_the_check_decides_what_differs() -> None:
    evidence = replace(of([1.0, 2.0], [1.0000001, 3.0]), is_close=np.array([True, False]))
    assert "1 of 2 differs" in describe_gradient(evidence)


def test_without_a_gradient_there_is_no_map() -> None:
    evidence = replace(gradient((2,)), actual=None)
    assert draw_heat_map(evidence) is None
    assert describe_gradient(evidence) == "The submission has no such gradient. Expected: 1, 2."


@pytest.mark.parametrize("value", [np.nan, np.inf, 1.7e308, 5e-324])
def test_any_values_can_be_drawn(value: float) -> None:
    for evidence in (of([value, -value], [0.0, value]), of([0.0] * 200, [value] * 200)):
        drawing = draw_heat_map(evidence)
        assert drawing is not None
        ElementTree.fromstring(drawing)
        assert describe_gradient(evidence)
