"""Figures are recorded when they are shown, saved, displayed, closed, or left at the end of a cell."""

from __future__ import annotations

import numpy as np
import pytest

from grader.model import Figure, Outcome
from tests.helpers.observing import Observer, events, only, values

SETUP = "import matplotlib.pyplot as plt\nimport numpy as np\nx = np.linspace(0, 1, 5)\n"


@pytest.mark.parametrize(
    "code",
    [
        "plt.plot(x, x ** 2)\nplt.show()",
        "plt.plot(x, x ** 2)",
        "plt.scatter(x, x ** 2)\nplt.show()",
        "fig, ax = plt.subplots()\nax.plot(x, x ** 2)\nplt.close(fig)",
        "fig, ax = plt.subplots()\nax.plot(x, x ** 2)\nfig.savefig('out.png')\nplt.close()",
        "from matplotlib.figure import Figure\nfig = Figure()\nfig.subplots().plot(x, x ** 2)\nfig.savefig('out.png')",
        "def draw():\n    plt.figure()\n    plt.plot(x, x ** 2)\n    plt.show()\n    plt.close('all')\ndraw()",
        "plt.gcf().add_subplot().plot(x, x ** 2)\nplt.gcf().show()",
        "import matplotlib\nmatplotlib.use('TkAgg')\nplt.switch_backend('QtAgg')\nplt.plot(x, x ** 2)\nplt.show()",
        "from pylab import *\nplot(x, x ** 2)\nshow()",
    ],
)
def test_a_curve_is_seen_once_however_it_is_shown(observe: Observer, code: str) -> None:
    observation = observe(SETUP + code)
    assert observation.outcome is Outcome.COMPLETED
    curve = only(observation, Figure).curves[0]
    assert values(curve.x) == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert values(curve.y) == pytest.approx([0, 0.0625, 0.25, 0.5625, 1])


def test_texts_and_legend_are_kept(observe: Observer) -> None:
    code = "plt.plot(x, x, label='γ')\nplt.xlabel('x')\nplt.ylabel('y')\nplt.title('T')\nplt.legend()\nplt.show()"
    figure = only(observe(SETUP + code), Figure)
    assert (figure.titles, figure.labels, figure.legend, figure.curves[0].label) == (("T",), ("x", "y"), ("γ",), "γ")


def test_a_notebook_closes_its_figures_at_the_end_of_a_cell(observe: Observer) -> None:
    observation = observe(SETUP + "plt.plot(x, x)", "plt.plot(x, -x)")
    first, second = events(observation, Figure)
    assert len(first.curves) == len(second.curves) == 1
    assert second.place.cell == 1


def test_a_curve_without_x_is_marked(observe: Observer) -> None:
    code = "plt.plot(x ** 2)\nplt.plot(x, x)\nplt.show()"
    assert [curve.default_x for curve in only(observe(SETUP + code), Figure).curves] == [True, False]


def test_what_is_no_curve_of_numbers_is_left_out(observe: Observer) -> None:
    code = "plt.bar([1, 2], [3, 4])\nplt.imshow(np.zeros((2, 2)))\nplt.plot(['a', 'b'], [1, 2])\nplt.plot([], [])"
    observation = observe(SETUP + code)
    assert observation.outcome is Outcome.COMPLETED
    assert all(curve.y.data is not None for figure in events(observation, Figure) for curve in figure.curves)


def test_several_axes_are_told_apart(observe: Observer) -> None:
    code = "fig, (a, b) = plt.subplots(1, 2)\na.plot(x, x)\nb.plot(x, -x)\nplt.show()"
    assert [curve.axes for curve in only(observe(SETUP + code), Figure).curves] == [0, 1]


def test_ten_thousand_figures_do_not_flood(observe: Observer) -> None:
    code = "for _ in range(300):\n    plt.figure()\n    plt.plot(x, x)\n    plt.close()"
    assert len(events(observe(SETUP + code), Figure)) <= 101


EVERYTHING = """\
import matplotlib.pyplot as plt
import numpy as np
x = np.linspace(0, 1, 5)
y = x ** 2
plt.plot(x, y)
plt.stem(x, y + 1)
plt.errorbar(x, y + 2, yerr=0.1, capsize=3)
plt.scatter(x, y + 3)
def helper(x, curves):
    for curve in curves:
        plt.plot(x, curve)
helper(x, [y + 4, (y + 5).tolist()])
def main():
    squares = x ** 2 + 6
    plt.step(x, squares)
main()
line, = plt.plot(x, y)
line.set_ydata(y + 7)
[plt.plot(x, one) for one in (y + 8,)]
def marked(x, offset):
    plt.plot(x, y + offset, "--")
    plt.scatter(x, 2 * x)
marked(x, 9)
def draw(x, data):
    helper(x, data["curves"])
draw(x, {"curves": np.stack([y + 10, y + 11])})
for one in x:
    plt.scatter(one, one)
plt.gca().add_line(plt.Line2D(x, y + 12))
plt.plot(x, np.ma.masked_greater(y + 13, 13.9))
plt.fill_between(x, y); plt.bar(x, y); plt.axhline(0); plt.axvline(1); plt.axline((0, 0), slope=1)
plt.hlines(0, 0, 1); plt.vlines(x, 0, y); plt.grid(True); plt.annotate("a", (0, 0), (1, 1), arrowprops={})
plt.plot(x, y, visible=False); plt.plot(x, y, linestyle="none"); plt.plot(x, y, alpha=0)
plt.show()
"""


def test_a_curve_is_where_it_was_drawn_and_additions_are_none(observe: Observer) -> None:
    """In a plotting helper, which is given what it draws, a curve is at the call of the helper."""
    drawn = {
        (curve.place.line, round(float(curve.y.data[0]), 3)): curve
        for curve in only(observe(EVERYTHING), Figure).curves
        if curve.y.data is not None
    }
    lines = [(5, 0), (6, 1), (7, 2), (8, 3), (12, 4), (12, 5), (15, 6), (18, 7), (19, 8), (21, 9), (22, 0)]
    assert sorted(drawn) == sorted([*lines, (26, 10), (26, 11), (28, 0), (29, 12), (30, 13)])
    # Points that were drawn one by one are one curve; masked points are not drawn.
    assert values(drawn[28, 0].y) == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert np.isnan(values(drawn[30, 13].y)).tolist() == [False] * 4 + [True]
    assert len({curve.token for curve in drawn.values()}) == len(drawn)


POINTS = [
    'plt.plot(n, n ** 2, "b."); plt.plot(n, -n, "r.")',
    'plt.plot(n, n ** 2, "b.", n, -n, "r.")',
    "plt.scatter(n, n ** 2); plt.scatter(n, -n)",
    'plt.plot(n, n ** 2, "."); plt.scatter(n, -n)',
    "plt.scatter(n, n ** 2)",
    "plt.scatter(3, n ** 2)",
    "plt.scatter(n, n ** 2) if n != 5 else plt.scatter(2, n ** 2)",
]


def test_points_of_several_curves_may_be_drawn_at_one_line(observe: Observer) -> None:
    loops = [f"for n in (1, 2, 5, 7): {code}\nplt.show(); plt.close('all')\n" for code in POINTS]
    figures = events(observe("import matplotlib.pyplot as plt\n" + "".join(loops)), Figure)
    found = [[values(curve.y) for curve in figure.curves] for figure in figures]
    squares, both = [1, 4, 25, 49], [[1, 4, 25, 49], [-1, -2, -5, -7]]
    # Where not every x is there equally often, they are one curve.
    assert found == [both] * 4 + [[squares]] * 3
    assert all(len({curve.token for curve in figure.curves}) == len(figure.curves) for figure in figures)


def test_a_curve_keeps_its_token_and_its_place_in_every_figure(observe: Observer) -> None:
    code = "plt.plot(x, x)\nplt.savefig('a.png')\nplt.plot(x, -x)\nplt.show()"
    first, second = events(observe(SETUP + code), Figure)
    assert [curve.place.line for curve in second.curves] == [4, 6]
    assert first.curves[0].token == second.curves[0].token != second.curves[1].token


def test_a_helper_in_another_cell_is_told_by_its_call(observe: Observer) -> None:
    helper = "def plot(x, *curves):\n    for curve in curves:\n        plt.plot(x, curve)"
    (figure,) = events(observe(SETUP, helper, "plot(x, x, -x)"), Figure)
    assert [(curve.place.cell, curve.place.line) for curve in figure.curves] == [(2, 1), (2, 1)]
