"""Elements, coordinates and axes of pictures."""

from __future__ import annotations

import math

import pytest
from markupsafe import Markup

from grader.report.html.pictures.svg import Axis, coordinate, element, lines_path, number


def test_text_is_escaped_and_markup_is_not() -> None:
    assert element("text", "a < b", id='"') == '<text id="&#34;">a &lt; b</text>'
    assert element("g", Markup("<rect/>"), class_="node", stroke_width=1.25) == (
        '<g class="node" stroke-width="1.2"><rect/></g>'
    )


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (-0.04, "0"), (0.5, ".5"), (-0.5, "-.5"), (12.0, "12"), (10.25, "10.2")]
)
def test_coordinates_are_short(value: float, text: str) -> None:
    assert coordinate(value) == text


def test_a_path_takes_steps_from_where_it_is() -> None:
    assert lines_path([[(1.0, 2.0), (1.5, 1.0), (1.52, 1.0), (3.0, 1.0)], [(5.0, 5.0)]]) == (
        "M1 2l0 0l.5-1l1.5 0M5 5l0 0"
    )


def test_rounding_does_not_add_up() -> None:
    steps = lines_path([[(index * 0.04, 0.0) for index in range(1001)]]).split("l")[1:]
    assert math.isclose(sum(float(step.split()[0]) for step in steps), 40.0, abs_tol=0.1)


@pytest.mark.parametrize(
    ("smallest", "largest", "texts"),
    [
        (-1.0, 1.0, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
        (0.0, 1200.0, ["0", "500", "1000"]),
        (1e-9, 3e-9, ["1e−09", "1.5e−09", "2e−09", "2.5e−09", "3e−09"]),
        (100.001, 100.004, ["100.001", "100.002", "100.003", "100.004"]),
    ],
)
def test_ticks_are_round_values(smallest: float, largest: float, texts: list[str]) -> None:
    axis = Axis(smallest, largest, start=0, end=100)
    assert [text for _, text in axis.ticks(4)] == texts


@pytest.mark.parametrize(
    "values", [(0.0, 0.0), (5.0, 5.0), (-math.inf, math.inf), (-1.7e308, 1.7e308), (5e-324, 1e-323), (1.0, 1.0 + 1e-16)]
)
def test_an_axis_takes_any_values(values: tuple[float, float]) -> None:
    axis = Axis(*values, start=10, end=110, room=0.05)
    assert all(10 <= axis.at(value) <= 110 for value in values)
    assert 1 <= len(list(axis.ticks(4))) <= 12


@pytest.mark.parametrize(
    ("value", "text"), [(1 / 3, "0.33333"), (-2.0, "−2"), (math.nan, "nan"), (-math.inf, "−∞"), (1e-12, "1e−12")]
)
def test_numbers_for_people(value: float, text: str) -> None:
    assert number(value) == text
