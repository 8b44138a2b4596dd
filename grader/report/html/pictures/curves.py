"""A curve of the submission over the curve that was expected, with the difference below."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from markupsafe import Markup

from grader.model import CurveEvidence
from grader.report.html.pictures.svg import Axis, coordinate, element, joined, label, lines_path, number, picture

WIDTH = 480.0
LEFT, RIGHT = 56.0, 470.0
TOP, BOTTOM = 30.0, 230.0
DIFFERENCE_TOP, DIFFERENCE_BOTTOM = 262.0, 330.0
NAME_LENGTH = 40


def draw_curve(curve: CurveEvidence, *, drawn_as: str = "yours") -> Markup:
    """The picture. ``drawn_as``: what the legend calls the curve of the submission."""
    wrong = _wrong(curve)
    has_difference = bool(wrong.any())
    known = [values for values in (curve.expected, curve.drawn) if values is not None]
    x_axis = Axis(*_range([curve.x]), start=LEFT, end=RIGHT)
    y_axis = Axis(*_range(known), start=BOTTOM, end=TOP, room=0.06)
    parts = [*_frame(x_axis, y_axis, TOP, BOTTOM, ticks=4, has_x_labels=not has_difference)]
    if curve.expected is not None:
        parts.append(_line(curve.x, curve.expected, x_axis, y_axis, "expected"))
    if curve.drawn is not None:
        parts.append(_line(curve.x, curve.drawn, x_axis, y_axis, "drawn"))
    parts += _legend(curve, drawn_as)
    height = BOTTOM + 22
    if curve.drawn is not None and curve.expected is not None and has_difference:
        parts += _difference(curve.x, curve.drawn, curve.expected, x_axis)
        height = DIFFERENCE_BOTTOM + 22
    name = label(curve.name, NAME_LENGTH)
    title = f"Curve {name}" if name else "Curve"
    return picture(
        joined(parts), width=WIDTH, height=height, title=title, described=describe_curve(curve), class_="curve"
    )


def describe_curve(curve: CurveEvidence) -> str:
    """What the picture shows, in sentences."""
    if curve.drawn is None:
        return "The submission has no such curve; shown is what was expected."
    said = []
    if curve.expected is not None:
        wrong = _wrong(curve)
        apart = np.where(wrong, np.abs(_apart(curve.drawn, curve.expected)), np.nan)
        known = int((~np.isnan(_apart(curve.drawn, curve.expected))).sum())
        if not known:
            said.append("No point can be compared.")
        elif not np.isnan(apart).all():
            worst = int(np.nanargmax(apart))
            sizes = _size([curve.drawn, curve.expected])
            actual, expected = number(curve.drawn[worst], sizes), number(curve.expected[worst], sizes)
            apart_by = f"{actual}, where {expected} was expected" if actual != expected else number(apart[worst])
            said.append(f"The difference is largest at x = {number(curve.x[worst], _size([curve.x]))}: {apart_by}.")
        elif known == len(curve.x):
            said.append(f"All {known} points are as expected." if known != 1 else "The point is as expected.")
        else:
            said.append("All points that can be compared are as expected.")
    gaps = int((~np.isfinite(curve.drawn)).sum())
    if gaps:
        said.append(f"{gaps} of {len(curve.drawn)} values are not finite, and are left out.")
    if curve.is_shortened:
        said.append(f"{len(curve.x)} points of the curve are shown, evenly spread.")
    return " ".join(said)


def _difference(x: np.ndarray, drawn: np.ndarray, expected: np.ndarray, x_axis: Axis) -> Iterator[Markup]:
    apart = _apart(drawn, expected)
    low, high = _range([apart, np.zeros(1)])
    y_axis = Axis(low, high, start=DIFFERENCE_BOTTOM, end=DIFFERENCE_TOP, room=0.08)
    yield element("text", "difference", x=LEFT, y=DIFFERENCE_TOP - 8, class_="tick")
    yield from _frame(x_axis, y_axis, DIFFERENCE_TOP, DIFFERENCE_BOTTOM, ticks=3, has_x_labels=True)
    zero = y_axis.at(0.0)
    yield element("path", d=f"M{coordinate(LEFT)} {coordinate(zero)}H{coordinate(RIGHT)}", class_="zero")
    yield _line(x, apart, x_axis, y_axis, "apart")


def _line(x: np.ndarray, y: np.ndarray, x_axis: Axis, y_axis: Axis, class_: str) -> Markup:
    """Through the finite points. Where a value is not finite, the line is broken; a point alone is a dot."""
    finite = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    places = list(zip(x_axis.all_at(x[finite]), y_axis.all_at(y[finite]), strict=True))
    ends = [*(np.flatnonzero(np.diff(finite) > 1) + 1).tolist(), len(places)]
    segments = [places[start:end] for start, end in pairwise([0, *ends])]
    lines = lines_path(segment for segment in segments if len(segment) > 1)
    dots = lines_path(segment for segment in segments if len(segment) == 1)
    drawn = [element("path", d=lines, class_=class_)] if lines else []
    return joined([*drawn, *([element("path", d=dots, class_=f"{class_} dot")] if dots else [])])


def _frame(
    x_axis: Axis, y_axis: Axis, top: float, bottom: float, *, ticks: int, has_x_labels: bool
) -> Iterator[Markup]:
    """Lines of a grid at round values, with the values beside them."""
    grid = ""
    for at, text in y_axis.ticks(ticks):
        grid += f"M{coordinate(LEFT)} {coordinate(at)}H{coordinate(RIGHT)}"
        yield element("text", text, x=LEFT - 7, y=at + 4, class_="tick end")
    for at, text in x_axis.ticks(5):
        grid += f"M{coordinate(at)} {coordinate(top)}V{coordinate(bottom)}"
        if has_x_labels:
            yield element("text", text, x=at, y=bottom + 16, class_="tick middle")
    yield element("path", d=grid, class_="grid")


def _legend(curve: CurveEvidence, drawn_as: str) -> Iterator[Markup]:
    at = LEFT
    entries = [("drawn", drawn_as, curve.drawn), ("expected", "expected", curve.expected)]
    for class_, text, values in entries:
        if values is not None:
            yield element("path", d=f"M{coordinate(at)} 13h22", class_=class_)
            yield element("text", text, x=at + 30, y=17.0, class_="name")
            at += 60 + 9 * len(text)


def _wrong(curve: CurveEvidence) -> np.ndarray:
    """For each point whether it is not as expected. Evidence of before does not say it: then numbers count as equal
    within the accuracy of 32 bits, in which they were kept.
    """
    if curve.drawn is None or curve.expected is None:
        return np.zeros(len(curve.x), np.bool_)
    if curve.is_close is not None:
        return ~np.asarray(curve.is_close)
    with np.errstate(all="ignore"):
        return ~np.isclose(curve.drawn, curve.expected, rtol=1.3e-6, atol=1e-5, equal_nan=True)


def _size(known: list[np.ndarray]) -> float:
    """The largest finite size."""
    return max(map(abs, _range(known)))


def _apart(drawn: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """The differences; not a number where a value is not finite."""
    with np.errstate(all="ignore"):
        apart: np.ndarray = drawn - expected
    return np.where(np.isfinite(apart), apart, np.nan)


def _range(known: list[np.ndarray]) -> tuple[float, float]:
    """The smallest and the largest finite value; 0 and 0 where there is none."""
    finite = [values[np.isfinite(values)] for values in known]
    together = np.concatenate(finite) if finite else np.zeros(0)
    return (float(together.min()), float(together.max())) if together.size else (0.0, 0.0)
