"""Figures are recorded when they are shown, saved, displayed, closed, or left at the end of a cell."""

from __future__ import annotations

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
