"""How the scores of a class are spread, as a histogram."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.report.html.pictures.svg import Axis, coordinate, element, joined, picture
from grader.text import count, points

BINS = 10
WIDTH = 480.0
LEFT, RIGHT = 34.0, 470.0
TOP, BOTTOM = 22.0, 170.0
GAP = 3.0
MOST_CHARACTERS = 5
"""Of a bound below a bar; longer ones would overlap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """``students`` have at least ``low`` points and less than ``high``; in the last bar within reach, also ``high``.

    ``is_above``: they have more than can be won without bonus.
    """

    low: float
    high: float
    students: int
    is_above: bool = False

    @property
    def label(self) -> str:
        if self.is_above:
            return f"more than {points(self.low)}"
        return f"{points(self.low)} to {points(self.high)}"


def count_scores(scores: Sequence[float], most: float) -> tuple[Bar, ...]:
    """The scores in ten equal parts of ``most``, and those above it, which a bonus makes possible; empty if there is
    nothing to count.
    """
    if not scores or most <= 0:
        return ()
    counts = [0] * BINS
    for score in scores:
        if score <= most + 1e-9:
            # Sums of fractions may miss a bound by a last bit.
            counts[min(max(int(score / most * BINS + 1e-9), 0), BINS - 1)] += 1
    bars = [
        Bar(low=most * number / BINS, high=most * (number + 1) / BINS, students=students)
        for number, students in enumerate(counts)
    ]
    if above := len(scores) - sum(counts):
        bars.append(Bar(low=most, high=max(scores), students=above, is_above=True))
    return tuple(bars)


def draw_histogram(bars: Sequence[Bar]) -> Markup:
    """The picture, with the number of students above each bar."""
    axis = Axis(0, max(bar.students for bar in bars), start=BOTTOM, end=TOP)
    width = (RIGHT - LEFT) / len(bars)
    parts = list(_grid(axis))
    for number, bar in enumerate(bars):
        left, top = LEFT + number * width, axis.at(bar.students)
        if bar.students:
            parts.append(
                element(
                    "rect",
                    element("title", f"{bar.label} points: {count(bar.students, 'student')}"),
                    x=left + GAP / 2,
                    y=top,
                    width=width - GAP,
                    height=BOTTOM - top,
                    rx=2.0,
                    class_="bar above" if bar.is_above else "bar",
                )
            )
            parts.append(element("text", f"{bar.students:,}", x=left + width / 2, y=top - 5, class_="middle name"))
    parts += _bounds(bars, width)
    return picture(
        joined(parts),
        width=WIDTH,
        height=BOTTOM + 24,
        title="Distribution of scores",
        described=describe_histogram(bars),
        class_="histogram",
    )


def describe_histogram(bars: Sequence[Bar]) -> str:
    """What the picture shows, in a sentence."""
    return "; ".join(f"{bar.label} points: {count(bar.students, 'student')}" for bar in bars if bar.students) + "."


def _bounds(bars: Sequence[Bar], width: float) -> Iterator[Markup]:
    """The bounds of the bars below them; every second one where all would overlap. A bar of what is above the maximum
    has ``> 20`` in its middle, and then the maximum is not written beside it.
    """
    within = [bar for bar in bars if not bar.is_above]
    bounds = [points(bar.low) for bar in within] + [points(within[-1].high)]
    every = 1 if max(map(len, bounds)) <= MOST_CHARACTERS else 2
    for number, bound in enumerate(bounds):
        if number % every == 0 and not (number == len(within) < len(bars)):
            yield element("text", bound, x=LEFT + number * width, y=BOTTOM + 16, class_="middle")
    if len(within) < len(bars):
        middle = LEFT + (len(within) + 0.5) * width
        yield element("text", f"> {bounds[-1]}", x=middle, y=BOTTOM + 16, class_="middle")


def _grid(axis: Axis) -> Iterator[Markup]:
    for at, value in axis.ticks(4):
        if "." in value:  # there are no parts of students
            continue
        path = f"M{coordinate(LEFT)} {coordinate(at)}H{coordinate(RIGHT)}"
        yield element("path", d=path, class_="grid")
        yield element("text", value, x=LEFT - 8, y=at + 4, class_="end")
