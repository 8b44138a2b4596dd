"""What the pictures share: escaped elements, short numbers, the ticks of an axis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
from markupsafe import Markup, escape

from grader.text import clean_line, shorten

SMALLEST, LARGEST = 1e-290, 1e300
"""Sizes between which the range of an axis is computed without overflow, and without a step of 0."""


def element(tag: str, content: str | Markup = "", /, **attributes: object) -> Markup:
    """An SVG element. Content that is no Markup is escaped. ``class_`` is ``class``, and ``_`` in a name is ``-``;
    attributes that are None or empty are left out.
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_text(value)}"'
        for name, value in attributes.items()
        if value is not None and value != ""
    )
    inner = content if isinstance(content, Markup) else escape(content)
    return Markup(f"<{tag}{written}>{inner}</{tag}>" if inner else f"<{tag}{written}/>")


def joined(parts: Iterable[Markup]) -> Markup:
    return Markup("".join(map(escape, parts)))


def picture(
    content: Markup,
    *,
    width: float,
    height: float,
    title: str,
    described: str,
    class_: str,
    has_own_size: bool = False,
) -> Markup:
    """An SVG picture with a name and a description for those who do not see it. It scales with its place, unless it
    ``has_own_size``.
    """
    named = element("title", title) + element("desc", described)
    return element(
        "svg",
        named + content,
        class_=f"picture {class_}",
        role="img",
        viewBox=f"0 0 {coordinate(width)} {coordinate(height)}",
        width=width if has_own_size else None,
        height=height if has_own_size else None,
    )


def label(text: str, limit: int) -> str:
    """Untrusted text on one line of a picture."""
    return shorten(clean_line(text[: 4 * limit]), limit)


def coordinate(value: float) -> str:
    """A coordinate with a decimal at most: ``12.5``, ``3``, ``.5``."""
    text = f"{value:.1f}".removesuffix(".0")
    if text in ("-0", "0"):
        return "0"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def lines_path(segments: Iterable[Iterable[tuple[float, float]]]) -> str:
    """The ``d`` of a path through the points of each segment, with what each step adds, which is short.

    Steps are computed from rounded positions, so that rounding does not add up.
    """
    return "".join(_steps(segment) for segment in segments)


def _steps(points: Iterable[tuple[float, float]]) -> str:
    written: list[str] = []
    at: tuple[int, int] | None = None
    for x, y in points:
        to = round(x * 10), round(y * 10)
        if at is None:
            written.append(f"M{_pair(*to)}l0 0")  # a single point is a dot, because lines end round
        elif to != at:
            written.append(f"l{_pair(to[0] - at[0], to[1] - at[1])}")
        at = to
    return "".join(written)


@lru_cache(maxsize=2**15)  # the steps of curves are short, and nearly all of a class's occur again
def _pair(x: int, y: int) -> str:
    first, second = coordinate(x / 10), coordinate(y / 10)
    return f"{first}{second}" if second.startswith("-") else f"{first} {second}"


def number(value: float, scale: float = 0.0) -> str:
    """A value in words for people: five digits at most. ``scale``: the size of the largest values beside it; what is
    zero compared with them, such as the middle of a ``linspace``, is written as 0.
    """
    if math.isnan(value):
        return "nan"
    if abs(value) < 1e-6 * scale:
        return "0"
    return f"{value:.5g}".replace("-", "−").replace("inf", "∞")


class Axis:
    """Maps values to coordinates. ``start`` and ``end`` are the coordinates of the smallest and the largest value."""

    def __init__(self, smallest: float, largest: float, *, start: float, end: float, room: float = 0.0) -> None:
        smallest, largest = _cut(smallest), _cut(largest)
        spread = largest - smallest
        size = max(abs(smallest), abs(largest))
        if spread <= 1e-9 * max(size, SMALLEST):
            spread = size if size > SMALLEST else 1.0
            smallest, largest = smallest - spread / 2, largest + spread / 2
        self.smallest, self.largest = smallest - room * spread, largest + room * spread
        self._start, self._length = start, end - start

    def at(self, value: float) -> float:
        share = (value - self.smallest) / (self.largest - self.smallest)
        return self._start + self._length * min(max(share, 0.0), 1.0)

    def all_at(self, values: np.ndarray) -> list[float]:
        """As ``at``, of many finite values."""
        with np.errstate(over="ignore"):
            shares = (values - self.smallest) / (self.largest - self.smallest)
        found: list[float] = (self._start + self._length * np.clip(shares, 0.0, 1.0)).tolist()
        return found

    def ticks(self, wanted: int) -> Iterator[tuple[float, str]]:
        """About ``wanted`` coordinates of round values, with the values as text."""
        rough = (self.largest - self.smallest) / wanted
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
        first = math.ceil(self.smallest / step - 1e-9)
        for index in range(first, first + 3 * wanted):
            if index * step > self.largest + 1e-9 * step:
                return
            yield self.at(index * step), _tick(index * step, step)


def _tick(value: float, step: float) -> str:
    size = max(abs(value), step)
    if step >= 1e-4 and size < 1e6:
        return f"{value:.{max(0, -math.floor(math.log10(step) + 1e-9))}f}".replace("-", "−")
    digits = min(max(math.ceil(math.log10(size / step)) + 1, 1), 12)
    return f"{value:.{digits}g}".replace("-", "−") if value else "0"


def _cut(value: float) -> float:
    return min(max(float(value), -LARGEST), LARGEST)


def _text(value: object) -> str:
    """The value of an attribute, escaped."""
    return coordinate(value) if isinstance(value, float) else escape(str(value))
