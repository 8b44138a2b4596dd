"""Where a gradient differs from the expected gradient: a map with a square for each element."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from grader.model import GradientEvidence
from grader.report.html.pictures.svg import coordinate, element, joined, label, number, picture
from grader.text import count

WRAPPED = 25
"""Elements in a row of the map where the gradient's own rows do not fit."""
MOST_COLUMNS, MOST_ROWS = 40, 40
WITH_VALUES = 100
"""Of gradients up to this size each square tells its values; in larger ones those of a level share a path."""
LEVELS = 4
SHOWN = 3
"""Differences that the description names."""
NAME_LENGTH = 40
WIDTH = 480.0
SIDE = 26.0
"""Of a square, at most."""

COLOURS = {"equal": "as expected", "less": "− too small", "more": "+ too large", "odd": "× not finite"}


@dataclass(frozen=True, slots=True)
class _Grid:
    columns: int
    rows: int
    side: float


def draw_heat_map(gradient: GradientEvidence) -> Markup | None:
    """The picture; None where the submission has no gradient to compare."""
    if gradient.actual is None or not gradient.expected.size:
        return None
    grid = _grid(gradient.shape, gradient.expected.size)
    levels = _levels(gradient)
    draw = _squares if gradient.expected.size <= WITH_VALUES else _paths
    name = label(gradient.name, NAME_LENGTH)
    return picture(
        joined(draw(gradient, grid, levels)),
        width=grid.columns * grid.side + 2,
        height=grid.rows * grid.side + 2,
        title=f"Gradient of {name}" if name else "Gradient",
        described=describe_gradient(gradient),
        class_="heat-map",
        has_own_size=True,
    )


def colours_of(gradient: GradientEvidence) -> tuple[tuple[str, str], ...]:
    """The classes of the colours that the picture has, with what they mean."""
    found = {level.rstrip("1234") for level in _levels(gradient)} if gradient.actual is not None else set()
    return tuple((level, meaning) for level, meaning in COLOURS.items() if level in found)


def describe_gradient(gradient: GradientEvidence) -> str:
    """What the picture shows, in sentences."""
    if gradient.actual is None:
        return f"The submission has no such gradient. Expected: {_some(gradient.expected)}"
    wrong = np.flatnonzero(~_is_close(gradient))
    total = gradient.expected.size
    said = []
    if not wrong.size:
        said.append(f"All {total} elements are as expected." if total != 1 else "It is as expected.")
    elif total == 1:
        said.append(f"It is {number(gradient.actual[0])}, where {number(gradient.expected[0])} was expected.")
    else:
        said.append(
            f"{wrong.size} of {count(total, 'element')} differ." if wrong.size > 1 else f"1 of {total} differs."
        )
        worst = wrong[np.argsort(-_sizes(gradient)[wrong], kind="stable")][:SHOWN]
        shown = [
            f"{_index(int(at), gradient.shape)} is {number(gradient.actual[at])} instead of "
            f"{number(gradient.expected[at])}"
            for at in worst
        ]
        said.append(f"Furthest off: {'; '.join(shown)}.")
    ratio = _common_ratio(gradient, wrong)
    if ratio:
        said.append(ratio)
    if gradient.is_shortened:
        said.append(f"Only the first {total:,} elements of {_shape(gradient.shape)} are shown.")
    return " ".join(said)


def _common_ratio(gradient: GradientEvidence, wrong: np.ndarray) -> str:
    """A sentence where all elements are off by a common factor, which is what most mistakes look like."""
    if gradient.actual is None or wrong.size < 2 or wrong.size != gradient.expected.size:
        return ""
    with np.errstate(all="ignore"):
        ratios = gradient.actual / gradient.expected
    if not np.isfinite(ratios).all() or ratios[0] == 0 or not np.allclose(ratios, ratios[0], rtol=1e-4, atol=0):
        return ""
    return f"Every element is {number(float(ratios[0]))} times what was expected."


def _grid(shape: tuple[int, ...], size: int) -> _Grid:
    """The last dimension runs to the right, all others down; where that does not fit, elements are read row by row."""
    dimensions = [length for length in shape if length != 1]
    columns = dimensions[-1] if dimensions else 1
    rows = -(-size // columns) if columns else size
    if columns > MOST_COLUMNS or rows > MOST_ROWS or (len(dimensions) == 1 and columns > WRAPPED):
        columns = min(WRAPPED if size <= WRAPPED * MOST_ROWS // 2 else MOST_COLUMNS, size)
        rows = -(-size // columns)
    return _Grid(columns, rows, min(SIDE, (WIDTH - 2) / columns))


def _is_close(gradient: GradientEvidence) -> np.ndarray:
    """For each element whether it is as expected; exactly, where the evidence does not say it."""
    assert gradient.actual is not None
    if gradient.is_close is not None:
        return np.asarray(gradient.is_close)
    both_nan = np.isnan(gradient.actual) & np.isnan(gradient.expected)
    return np.asarray((gradient.actual == gradient.expected) | both_nan)


def _sizes(gradient: GradientEvidence) -> np.ndarray:
    """How far off each element is; infinite where a value is not finite."""
    assert gradient.actual is not None
    with np.errstate(all="ignore"):
        sizes = np.abs(gradient.actual - gradient.expected)
    return np.where(np.isfinite(sizes), sizes, np.inf)


def _levels(gradient: GradientEvidence) -> list[str]:
    """For each element its class: ``equal``, ``odd`` (not finite), or ``less1`` to ``more4`` by the difference."""
    assert gradient.actual is not None
    sizes = _sizes(gradient)
    close = _is_close(gradient)
    finite = sizes[np.isfinite(sizes) & ~close]
    largest = float(finite.max()) if finite.size else 0.0
    found = []
    for at, size in enumerate(sizes.tolist()):
        if close[at]:
            found.append("equal")
        elif not np.isfinite(size):
            found.append("odd")
        else:
            level = max(1, min(LEVELS, int(np.ceil(LEVELS * (size / largest))))) if largest else 1
            found.append(f"{'less' if gradient.actual[at] < gradient.expected[at] else 'more'}{level}")
    return found


def _squares(gradient: GradientEvidence, grid: _Grid, levels: list[str]) -> Iterator[Markup]:
    """A square for each element, which tells its values."""
    assert gradient.actual is not None
    for at, level in enumerate(levels):
        row, column = divmod(at, grid.columns)
        actual, expected = number(gradient.actual[at]), number(gradient.expected[at])
        values = f"{actual}, as expected" if level == "equal" else f"{actual}, expected {expected}"
        where = _index(at, gradient.shape)
        gap = 1.0
        left, top, side = column * grid.side + gap, row * grid.side + gap, grid.side - 2 * gap
        square = element("rect", element("title", f"{where}: {values}"), x=left, y=top, width=side, height=side)
        parts = [square]
        if level != "equal" and grid.side >= 14:
            # The direction is a sign, too, for those who do not tell the colours.
            sign = "+" if level.startswith("more") else "−" if level.startswith("less") else "×"
            parts.append(element("text", sign, x=left + side / 2, y=top + side / 2 + 4, class_="middle"))
        yield element("g", joined(parts), class_=f"cell {level}")


def _paths(gradient: GradientEvidence, grid: _Grid, levels: list[str]) -> Iterator[Markup]:
    """A path for all squares of a level, because a thousand elements of their own would be a large page."""
    assert gradient.actual is not None
    side = max(grid.side - 1, 1.0)
    sizes = _sizes(gradient)
    for level in dict.fromkeys(levels):
        which = [at for at, found in enumerate(levels) if found == level]
        # A square is a line as thick as it is long, which takes half the bytes of its outline.
        path = "".join(
            f"M{coordinate(at % grid.columns * grid.side + 1)} {coordinate((at // grid.columns + 0.5) * grid.side + 1)}"
            f"h{coordinate(side)}"
            for at in which
        )
        yield element(
            "path",
            element("title", _level_in_words(level, sizes[which])),
            d=path,
            stroke_width=side,
            class_=f"cell {level}",
        )


def _level_in_words(level: str, sizes: np.ndarray) -> str:
    elements = count(len(sizes), "element")
    if level == "equal":
        return f"{elements} as expected"
    if level == "odd":
        return f"{elements} not finite"
    way = "too large" if level.startswith("more") else "too small"
    return f"{elements} {way}, by {number(float(sizes.min()))} to {number(float(sizes.max()))}"


def _index(at: int, shape: tuple[int, ...]) -> str:
    """``[2, 3]``: the place of an element in its tensor."""
    if not shape:
        return "it"
    place = []
    for length in reversed(shape):
        at, rest = divmod(at, length) if length else (at, 0)
        place.append(str(rest))
    return f"[{', '.join(reversed(place))}]"


def _shape(shape: tuple[int, ...]) -> str:
    return f"shape ({', '.join(f'{length:,}' for length in shape)}{',' if len(shape) == 1 else ''})"


def _some(values: np.ndarray) -> str:
    shown = ", ".join(number(value) for value in values[:6].tolist())
    return f"{shown}, …" if values.size > 6 else f"{shown}."
