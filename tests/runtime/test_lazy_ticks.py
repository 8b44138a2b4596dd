"""Ticks that are made when something looks at them are those that plain matplotlib makes at once, in every respect."""

from __future__ import annotations

import copy
import io
import pickle
import random
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import artist, axis, transforms
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from grader.runtime.preparation import lazy_ticks

pytestmark = pytest.mark.filterwarnings("ignore")

FIGURES = [
    "plt.plot([1, 2]); plt.grid(True); plt.legend(['a']); plt.title('t'); plt.xlabel('x')",
    "plt.plot([1, 2]); plt.grid(True, linestyle='--', alpha=0.5); plt.grid(which='minor', color='red', linewidth=2)",
    "ax.tick_params(axis='x', labelsize=5, labelrotation=45, colors='r'); ax.plot([1, 2])",
    "say([one.get_text() for one in ax.get_xticklabels()]); say(ax.xaxis.get_major_ticks()[0])",
    "plt.rcParams['xtick.labelsize'] = 20; plt.rcParams['ytick.color'] = 'red'; ax.plot([1, 2])",
    "plt.rcParams.update({'axes.grid': True, 'xtick.minor.visible': True}); fig, ax = plt.subplots(); plt.rcdefaults()",
    "plt.rcParams['lines.dashed_pattern'] = [1, 2]; ax.grid(True, linestyle='--'); plt.rcdefaults()",
    "ax.spines['left'].set_position('zero'); ax.spines['bottom'].set_position('center'); ax.plot([-1, 1], [-1, 1])",
    "ax.spines['left'].set_position(('outward', 10)); ax.clear(); ax.plot([1, 2]); ax.grid(True)",
    "ax.spines['left'].clear(); ax.xaxis.reset_ticks(); ax.yaxis.clear(); ax.grid()",
    "del ax.spines['top']; say(ax.xaxis.majorTicks)",
    "ax.patch.set_width(0.5); ax.patch.set_x(0.2); ax.grid(True)",
    "ax.set_clip_path(None); ax.xaxis.set_clip_path(None); ax.grid(True); say(ax.xaxis.majorTicks)",
    "ax.xaxis.majorTicks = []; say(ax.xaxis.majorTicks); del ax.xaxis.majorTicks; say(len(ax.xaxis.majorTicks))",
    "del ax.xaxis.majorTicks; del ax.xaxis.majorTicks",
    "again = pickle.loads(pickle.dumps(fig)); say(again.axes[0].xaxis.majorTicks); again.set_dpi(40)",
    "other = copy.copy(ax.xaxis); say(other.majorTicks is ax.xaxis.majorTicks)",
    "ax.remove(); say(ax.xaxis.majorTicks)",
    "ax.remove(); ax.grid(True)",
    "ax.grid(True, color='no color')",
    "ax.tick_params(nonsense=1)",
    "ax.xaxis.set_tick_params(bottom='yes', gridOn=0); say(ax.xaxis.majorTicks)",
    "fig.canvas.draw(); say(fig.stale); ax.xaxis.majorTicks; say(ax.stale); ax.grid(True); say(fig.stale)",
    "fig.stale = ax.stale = False; ax.xaxis.majorTicks; say(fig.stale, ax.stale)",
    "seen = []; fig.stale_callback = lambda *_: seen.append(len(ax.xaxis.majorTicks)); ax.grid(); say(len(seen) > 0)",
]
"""Code of submissions. ``fig, ax = plt.subplots()`` comes before it."""
MORE = [
    "fig, ax = plt.subplots(2, 2, sharex=True, sharey=True); ax[0, 0].plot([1, 4, 9]); fig.suptitle('s')",
    "ax.tick_params(which='both', length=9, width=3, direction='in', pad=9, bottom=False, labelleft=False)",
    "ax.tick_params(reset=True, labelsize=7); ax.grid(); ax.tick_params(axis='x', which='both', reset=True)",
    "ax.set_xticks([0, 0.5, 1], ['a', 'b', 'c'], rotation=30); say(ax.get_xticks())",
    "for tick in ax.xaxis.get_major_ticks(): tick.gridline.set_color('r'); tick.label1.set_fontsize(4)",
    "plt.setp(ax.get_xticklabels(), rotation=30, ha='right'); ax.plot([1, 2])",
    "plt.rcParams['font.family'] = ['a']; fig, ax = plt.subplots(); plt.rcParams['font.family'] += ['b']",
    "with plt.style.context('ggplot'): fig, ax = plt.subplots()\nax.set_xlim(0, 5)",
    "twin = ax.twinx(); twin.plot([1, 2]); twin.tick_params(axis='y', labelcolor='r'); ax.twiny()",
    "fig, ax = plt.subplots(subplot_kw={'projection': 'polar'}); ax.plot([0, 1], [0, 1]); ax.set_rticks([0.5, 1])",
    "ax = plt.figure().add_subplot(projection='3d'); ax.plot([0, 1], [0, 1], [0, 1]); ax.tick_params(labelsize=4)",
    "ax.clear(); ax.clear(); ax.tick_params(bottom=False, labelbottom=False, which='both')",
    "ax.xaxis.set_clip_path(plt.Circle((0.5, 0.5), 0.2, transform=ax.transAxes)); ax.grid(True)",
    "ax.minorticks_on(); ax.tick_params(which='minor', length=7, color='b'); ax.grid(True, which='both')",
    "other = plt.figure(dpi=50); ax.remove(); ax.set_figure(other); other.add_axes(ax); say(ax.xaxis.majorTicks)",
    "fig.set_dpi(30); fig.set_size_inches(3, 3); ax.set_position([0.2, 0.2, 0.3, 0.3])",
    "ax.tick_params(length='x')",
    "ax.set_xscale('log'); ax.set_yscale('symlog'); ax.plot([1, 1000], [1, 100]); ax.grid(True, which='minor')",
    "ax.bar(['a', 'b'], [1, 2]); ax.set_xticklabels(['q', 'w'])",
    "inset = ax.inset_axes([0.5, 0.5, 0.4, 0.4]); inset.set_xticks([]); ax.secondary_xaxis('top')",
    "fig.colorbar(ax.imshow(np.eye(3))); ax.axis('off')",
    "fig.tight_layout(); ax.yaxis.tick_right(); ax.xaxis.tick_top(); say(ax.xaxis.get_ticks_position())",
    "plt.ion(); fig, ax = plt.subplots(); ax.grid(True); ax.plot([1, 2]); plt.ioff()",
    "say(len(ax.findobj(mpl.text.Text)), len(ax.xaxis.get_children()), ax.xaxis.get_tick_space())",
    "plt.subplot(121); plt.plot([1]); plt.subplot(122); plt.xticks([]); plt.yticks(fontsize=4); plt.axis('equal')",
]
DRAWN = (FIGURES[0], FIGURES[1], *MORE)
STEPS = [
    *(
        "ax.plot([1, 2])",
        "ax.clear()",
        "ax.grid(True)",
        "ax.grid(True, which='both', linestyle=':')",
        "ax.minorticks_on()",
    ),
    *("ax.tick_params(bottom=False)", "ax.tick_params(labelsize=5)", "ax.tick_params(reset=True)", "ax = ax.twinx()"),
    *("ax.tick_params(which='both', right=True)", "ax.tick_params(axis='x', length=7, pad=4)", "ax.xaxis.tick_top()"),
    *("ax.spines['left'].set_position(('outward', 5))", "ax.spines['bottom'].set_position('zero')", "ax.remove()"),
    *("ax.spines['left'].set_position(('outward', 0))", "ax.spines['bottom'].clear()", "del ax.spines['top']"),
    *("ax.xaxis.reset_ticks()", "ax.yaxis.clear()", "say(ax.xaxis.majorTicks)", "say(ax.yaxis.minorTicks)"),
    *("fig.canvas.draw()", "plt.rcParams['xtick.color'] = 'r'", "plt.rcParams['axes.grid'] = True", "plt.rcdefaults()"),
    *("plt.rcParams['font.family'].append('serif')", "ax.patch.set_width(0.5)", "ax.set_xlim(1, 5)", "ax.axis('off')"),
    *(
        "fig, ax = plt.subplots()",
        "fig.set_dpi(40)",
        "ax.xaxis.set_clip_path(ax.patch)",
        "ax.yaxis.set_clip_path(None)",
    ),
    *("ax.label_outer()", "pickle.dumps(ax)", "copy.copy(ax.xaxis)", "ax = ax.inset_axes([0.1, 0.1, 0.4, 0.4])"),
    *("ax.spines['top'].register_axis(None)", "fig.tight_layout()", "plt.style.use('ggplot')", "ax.set_xscale('log')"),
]

LISTS = ("majorTicks", "minorTicks")


def test_the_installed_release_of_matplotlib_is_known() -> None:
    """If this fails for a new release, and the other tests pass with it, add its digest to ``KNOWN``."""
    assert lazy_ticks.KNOWN.get(lazy_ticks.digest() or "") == mpl.__version__


def test_a_new_axes_makes_no_ticks_until_something_looks_at_them(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    original = axis.Tick.__init__

    def counting(self: axis.Tick, *args: Any, **kwargs: Any) -> None:
        made.append(self)
        original(self, *args, **kwargs)

    monkeypatch.setattr(axis.Tick, "__init__", counting)
    with _lazily(True):
        _, axes = plt.subplots()
        axes.grid(True)
        assert not made
        assert [axes.xaxis.majorTicks[0], axes.yaxis.minorTicks[0]] == made
    plt.close("all")


def test_nothing_is_done_to_a_matplotlib_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lazy_ticks, "KNOWN", {})
    before = vars(axis.Axis)["majorTicks"]
    lazy_ticks.warm_up()
    assert vars(axis.Axis)["majorTicks"] is before


@pytest.mark.parametrize("code", [*FIGURES, *(pytest.param(code, marks=pytest.mark.exhaustive) for code in MORE)])
def test_code_sees_the_ticks_that_plain_matplotlib_makes(code: str) -> None:
    plain, lazy = (_seen(code, lazy=lazy, drawn=code in DRAWN) for lazy in (False, True))
    assert lazy == plain


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(200))
def test_no_order_of_steps_tells_lazy_ticks_from_plain_ones(seed: int) -> None:
    chosen = random.Random(seed)
    code = "\n".join(chosen.choices(STEPS, k=chosen.randint(2, 7)))
    plain, lazy = (_seen(code, lazy=lazy, drawn=True) for lazy in (False, True))
    assert lazy == plain, code


@contextmanager
def _lazily(lazy: bool) -> Iterator[None]:
    before = {name: vars(axis.Axis)[name] for name in LISTS}
    getstate = artist.Artist.__getstate__
    if lazy:
        lazy_ticks.warm_up()
    try:
        with mpl.rc_context():
            yield
    finally:
        for name in LISTS:
            setattr(axis.Axis, name, before[name])
        artist.Artist.__getstate__ = getstate  # type: ignore[method-assign]


def _seen(code: str, *, lazy: bool, drawn: bool) -> list[object]:
    """Everything that can be seen after code has run: what it says, its ticks, and its pictures."""
    said: list[object] = []

    def say(*values: object) -> None:
        said.extend(_described(value, {}) for value in values)

    with _lazily(lazy), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mpl.rcdefaults()
        plt.switch_backend("agg")
        plt.close("all")
        space = {"plt": plt, "mpl": mpl, "np": np, "pickle": pickle, "copy": copy, "say": say}
        try:
            exec("fig, ax = plt.subplots()\n" + code, space)
        except Exception as error:
            said.append(repr(error))
        for looked in (_ticks, _picture) if len(code) % 2 else (_picture, _ticks):
            if looked is not _picture or drawn:
                said += [_or_error(looked, plt.figure(number)) for number in plt.get_fignums()]
        plt.close("all")
    return said


def _or_error(function: Callable[[Any], object], value: object) -> object:
    try:
        return function(value)
    except Exception as error:  # matplotlib's own, about a figure that the code broke
        return repr(error)


def _picture(figure: Any) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="raw", dpi=40)
    return file.getvalue()


def _ticks(figure: Any) -> list[object]:
    found: list[object] = [figure.stale]
    for axes in figure.axes:
        for one in axes._axis_map.values():
            found += [one.stale, one.get_tick_params("major"), one.get_tick_params("minor")]
            found += [_or_error(lambda name, one=one: _described(getattr(one, name), {}), name) for name in LISTS]
        found += [axes.stale, [spine._position for spine in axes.spines.values()]]
    return found


LEFT_OUT = {
    "_parents",
    "_invalid",
    "_inverted",
    "_mtx",
    "_remove_method",
    "stale_callback",
    "_callbacks",
    "_transformed_path",
}


def _described(value: Any, seen: dict[int, tuple[int, Any]]) -> str:
    """All attributes of an object, and of the objects in them; of figures, Axes and Axis only the type."""
    if value is None or isinstance(value, bool | int | float | str):
        return repr(value)
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.tolist()}"
    if isinstance(value, transforms.TransformNode):
        seen = {}  # equal transforms may be one object or several
    if id(value) in seen:
        return f"#{seen[id(value)][0]}"
    seen[id(value)] = len(seen), value  # kept alive, so that its id stays its own
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}[{', '.join(_described(one, seen) for one in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_described(one, seen)}' for key, one in value.items())}}}"
    if isinstance(value, transforms.Transform) and value.is_affine:
        return f"{type(value).__name__}{value.get_matrix().tolist()}"
    if isinstance(value, FigureBase | Axes | axis.Axis) or not hasattr(value, "__dict__"):
        return type(value).__name__
    shown = {name: one for name, one in sorted(vars(value).items()) if name not in LEFT_OUT}
    return f"{type(value).__name__}{_described(shown, seen)}"
