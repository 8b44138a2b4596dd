"""The matplotlib backend of submissions: opens no window, and records figures.

A figure is recorded when it is shown, saved, displayed or closed, and, as in a notebook, at the end of its cell.
"""

from __future__ import annotations

import itertools
import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any

import matplotlib
from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ...protocol.record import FIGURE
from ..gradient_uses.gradient_uses import DrawnFrom, GradientUses
from ..recorder import Recorder
from ..stream import Json
from .curves import MAX_CURVES, MAX_LABEL, curves_of, watch_curves

MAX_FIGURES = 100

_recorder: Recorder | None = None
"""A global, because matplotlib finds its backend by module name and makes the canvases itself."""
_sent: dict[int, Json] = {}
_uses: GradientUses | None = None
_has_curves = False
_left_open = False
"""A curve was recorded of which it is not known whether a gradient is in it."""
_draws_gradient = False
"""A curve was recorded that draws a gradient."""
_figure_savefig = Figure.savefig


class FigureManagerRecording(FigureManagerBase):
    """Records a figure when it is closed, and all figures when they are shown."""

    def show(self) -> None:
        record(self.canvas.figure)

    def destroy(self) -> None:
        record(self.canvas.figure)

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """``plt.show()`` also closes the figures, as a user closes the windows. ``plt.pause`` leaves them open."""
        if block is False:
            record_all()
        else:
            close_all()


class FigureCanvasRecording(FigureCanvasAgg):
    """Records a figure when it is saved. Interactive drawing and waiting do nothing."""

    manager_class = FigureManagerRecording

    def draw_idle(self, *args: Any, **kwargs: Any) -> None: ...

    def start_event_loop(self, timeout: float = 0) -> None: ...

    def print_figure(self, *args: Any, **kwargs: Any) -> Any:
        record(self.figure)
        return super().print_figure(*args, **kwargs)


FigureCanvas = FigureCanvasRecording
FigureManager = FigureManagerRecording


def watch_figures(recorder: Recorder, uses: GradientUses | None) -> None:
    """Record saved figures, including those made without pyplot, which have another canvas."""
    global _recorder, _uses
    _recorder, _uses = recorder, uses
    quieten()
    watch_curves(recorder, uses)
    Figure.savefig = _savefig  # type: ignore[method-assign]  # on purpose


def watch_pyplot() -> None:
    """Make this module pyplot's backend. A submission cannot switch to another backend."""
    from matplotlib import pyplot  # not at the top: this module is imported while pyplot is being imported

    if pyplot.switch_backend is _keep_backend:
        return
    matplotlib.rcParams["backend"] = f"module://{__name__}"
    pyplot.switch_backend(f"module://{__name__}")
    matplotlib.use = pyplot.switch_backend = _keep_backend


def _savefig(self: Figure, *args: Any, **kwargs: Any) -> None:
    record(self)
    _figure_savefig(self, *args, **kwargs)


def _keep_backend(*args: object, **kwargs: object) -> None:
    """Replaces ``matplotlib.use`` and ``plt.switch_backend``."""


def warm_up() -> None:
    """Draw a figure once, which fills matplotlib's caches of fonts, formats and transforms."""
    from matplotlib import pyplot

    quieten()
    watch_pyplot()
    _, axes = pyplot.subplots()
    axes.plot([0, 1], [0, 1], label="y")
    axes.set(title="t", xlabel="x", ylabel="y")
    axes.legend()
    axes.grid(visible=True)
    pyplot.close("all")


def quieten() -> None:
    """Suppress warnings of missing fonts (SimHei). Figures are recorded as data, so fonts do not matter."""
    logger = logging.getLogger("matplotlib.font_manager")
    if logger.level != logging.ERROR:  # setting it clears the caches of all loggers
        logger.setLevel(logging.ERROR)


def leave_open() -> bool:
    """Whether a curve was recorded that a second run can tell more about.

    Where no curve draws a gradient, that is so as well: the judge fails no curve by what the source says of it.
    """
    return _has_curves and (_left_open or not _draws_gradient)


def record_all() -> None:
    """Record every figure that pyplot holds."""
    for manager in list(Gcf.get_all_fig_managers()):
        record(manager.canvas.figure)


def close_all() -> None:
    """Record and close every figure that pyplot holds."""
    record_all()
    Gcf.destroy_all()
    _sent.clear()


def record(figure: Figure) -> None:
    """Send a figure's curves and texts, unless they have not changed since they were last sent."""
    global _has_curves, _left_open, _draws_gradient
    if _recorder is None or _recorder.paused or len(_sent) > MAX_FIGURES:
        return
    with _recorder.pause():
        found = (pair for number, axes in enumerate(figure.axes) for pair in curves_of(axes, number, _recorder, _uses))
        pairs = list(itertools.islice(found, MAX_CURVES))
        _settle(pairs)
        curves = [curve for curve, _ in pairs]
        described: Json = {
            "curves": curves,
            "titles": [title[:MAX_LABEL] for axes in figure.axes if (title := axes.get_title())][:MAX_CURVES],
            "labels": [
                text[:MAX_LABEL] for axes in figure.axes for text in (axes.get_xlabel(), axes.get_ylabel()) if text
            ][:MAX_CURVES],
            "legend": _legend(figure),
        }
        # Python gives the id of a closed figure to a later one. Tokens would tell the two apart, and flood the record.
        shown = {**described, "curves": [{**curve, "token": 0} for curve in curves]}
        if curves and _sent.get(id(figure)) != shown:
            _sent[id(figure)] = shown
            _has_curves = True
            _left_open = _left_open or not all(curve["untouched"] or curve["gradient"] for curve in curves)
            _draws_gradient = _draws_gradient or any(curve["gradient"] for curve in curves)
            _recorder.send(FIGURE, place=_recorder.place(), **described)


def _settle(pairs: Sequence[tuple[Json, DrawnFrom]]) -> None:
    """Tell the curves of calls that draw gradients from each other.

    Where one call drew several curves with the values of one gradient, it is not known which of them shows it. Where
    each gradient of a call is one of its curves, there is none in the others.
    """
    calls: dict[tuple[int, int, frozenset[int]], list[Json]] = {}
    for curve, drawn in pairs:
        if drawn.gradients:
            calls.setdefault((curve["place"]["cell"], curve["place"]["line"], drawn.gradients), []).append(curve)
    for (_, _, gradients), curves in calls.items():
        shown = Counter(curve["gradient"] for curve in curves if curve["gradient"])
        is_clear = shown.keys() == gradients and set(shown.values()) == {1}
        for curve in curves:
            curve["untouched"] = is_clear and not curve["gradient"]
            curve["gradient"] = curve["gradient"] if shown[curve["gradient"]] == 1 else 0


def _legend(figure: Figure) -> list[str]:
    legends = [legend for axes in figure.axes if (legend := axes.get_legend()) is not None] + figure.legends
    return [text.get_text()[:MAX_LABEL] for legend in legends for text in legend.get_texts()][:MAX_CURVES]
