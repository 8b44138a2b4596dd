"""Curves as pictures and in words."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest

from grader.model import CurveEvidence
from grader.report.html.pictures.curves import describe_curve, draw_curve
from tests.helpers.evidence_samples import curve


def paths(evidence: CurveEvidence, class_: str) -> list[str]:
    return re.findall(rf'<path d="([^"]+)" class="{class_}"/>', draw_curve(evidence))


def test_the_students_curve_lies_over_the_expected_one() -> None:
    drawing = draw_curve(curve())
    assert drawing.index('class="expected"') < drawing.index('class="drawn"') < drawing.index('class="apart"')
    assert "<title>Curve cos(x)</title>" in drawing
    for text in (">yours<", ">expected<", ">difference<"):
        assert text in drawing
    ElementTree.fromstring(drawing)


def test_it_says_where_the_difference_is_largest() -> None:
    evidence = CurveEvidence(
        name="", x=np.array([0.0, 1.0, 2.0]), drawn=np.array([0.0, 3.0, 2.0]), expected=np.array([0.0, 1.0, 2.5])
    )
    assert describe_curve(evidence) == "The difference is largest at x = 1: 3, where 1 was expected."


def test_within_the_tolerance_there_is_no_difference() -> None:
    within = np.array([0.0, 1.00000005, 2.0])
    evidence = CurveEvidence(name="", x=np.arange(3.0), drawn=within, expected=np.arange(3.0), is_close=within >= 0)
    for found in (evidence, replace(evidence, is_close=None)):  # gradebooks of before do not know what was close
        assert describe_curve(found) == "All 3 points are as expected."
        assert 'class="apart"' not in draw_curve(found)
    # The largest difference is named of the points that are wrong: the tolerance may grow with the values.
    wrong = replace(evidence, drawn=np.array([0.0, 1.4, 9.0]), is_close=np.array([True, False, True]))
    assert describe_curve(wrong) == "The difference is largest at x = 1: 1.4, where 1 was expected."
    assert 'class="apart"' in draw_curve(wrong)
    gap = replace(evidence, drawn=np.array([0.0, np.nan, 2.0]), expected=np.array([0.0, np.nan, 2.0]))
    assert describe_curve(gap).startswith("All points that can be compared are as expected. 1 of 3 values")


def test_what_is_zero_beside_the_other_values_is_written_as_0() -> None:
    x = np.array([-5.0, -7.4506e-08, 5.0])
    evidence = CurveEvidence(name="", x=x, drawn=np.array([1.0, 1e-9, 1.0]), expected=np.ones(3))
    assert describe_curve(evidence) == "The difference is largest at x = 0: 0, where 1 was expected."
    tiny = replace(evidence, drawn=np.array([1.0, 1 + 1e-9, 1.0]), is_close=np.array([True, False, True]))
    assert describe_curve(tiny) == "The difference is largest at x = 0: 1e−09."


def test_without_a_curve_of_the_submission_only_the_expected_one_is_drawn() -> None:
    evidence = replace(curve(), drawn=None)
    assert describe_curve(evidence) == "The submission has no such curve; shown is what was expected."
    drawing = draw_curve(evidence)
    assert 'class="drawn"' not in drawing
    assert 'class="apart"' not in drawing


def test_where_nothing_was_expected_there_is_no_difference() -> None:
    drawing = draw_curve(replace(curve(), expected=None))
    assert 'class="expected"' not in drawing
    assert 'class="apart"' not in drawing


def test_a_line_is_broken_where_a_value_is_not_finite() -> None:
    drawn = np.array([0.0, 1.0, np.nan, 1.0, np.inf, 2.0, 3.0])
    evidence = CurveEvidence(name="", x=np.arange(7.0), drawn=drawn, expected=None)
    line, _of_legend = paths(evidence, "drawn")
    assert line.count("M") == 2
    assert len(paths(evidence, "drawn dot")) == 1
    assert "2 of 7 values are not finite, and are left out." in describe_curve(evidence)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1.7e308, 5e-324, 0.0])
def test_any_values_can_be_drawn(value: float) -> None:
    drawn, expected = np.array([value, -value, 1.0]), np.full(3, value)
    evidence = CurveEvidence(name="", x=np.array([0.0, 1.0, value]), drawn=drawn, expected=expected)
    drawing = draw_curve(evidence)
    ElementTree.fromstring(drawing)
    assert not re.search(r'd="[^"]*(nan|inf|e)', drawing)


def test_a_curve_without_points_can_be_drawn() -> None:
    none = np.zeros(0)
    ElementTree.fromstring(draw_curve(CurveEvidence(name="", x=none, drawn=none, expected=none)))


def test_a_curve_of_500_points_is_small() -> None:
    assert len(draw_curve(curve(500))) < 12_000
