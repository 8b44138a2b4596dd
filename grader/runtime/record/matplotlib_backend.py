"""The matplotlib backend of submissions: opens no window, and records figures.

A figure is recorded when it is shown, saved, displayed or closed, and, as in a notebook, at the end of its cell.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from typing import Any

import matplotlib
import numpy as np
from matplotlib._pylab_helpers import Gcf
from matplotlib.axes import Axes
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from ..protocol.record import FIGURE
from .recorder import Recorder
from .stream import Json

MAX_FIGURES = 100
MAX_CURVES = 200
MAX_POINTS = 100_000
MAX_LABEL = 500
"""Characters of a title or label."""

_recorder: Recorder | None = None
"""A global, because matplotlib finds its backend by module name and makes the canvases itself."""
_sent: dict[int, Json] = {}
_recorded = False
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


def watch_figures(recorder: Recorder) -> None:
    """Record saved figures, including those made without pyplot, which have another canvas."""
    global _recorder
    _recorder = recorder
    quieten()
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


def has_recorded() -> bool:
    """Whether a figure with a curve was recorded."""
    return _recorded


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
    global _recorded
    if _recorder is None or _recorder.paused or len(_sent) > MAX_FIGURES:
        return
    with _recorder.pause():
        found = (curve for number, axes in enumerate(figure.axes) for curve in _curves(axes, number))
        curves = list(itertools.islice(found, MAX_CURVES))
        described: Json = {
            "curves": curves,
            "titles": [title[:MAX_LABEL] for axes in figure.axes if (title := axes.get_title())][:MAX_CURVES],
            "labels": [
                text[:MAX_LABEL] for axes in figure.axes for text in (axes.get_xlabel(), axes.get_ylabel()) if text
            ][:MAX_CURVES],
            "legend": _legend(figure),
        }
        if curves and _sent.get(id(figure)) != described:
            _sent[id(figure)] = described
            _recorded = True
            _recorder.send(FIGURE, place=_recorder.place(), **described)


def _curves(axes: Axes, number: int) -> Iterator[Json]:
    for line in axes.get_lines():
        x, y = line.get_xdata(orig=False), line.get_ydata(orig=False)
        if (curve := _curve(number, x, y, line.get_label())) is not None:
            yield curve
    for collection in axes.collections:
        if isinstance(collection, PathCollection):
            points = np.ma.getdata(collection.get_offsets())
            if (curve := _curve(number, points[:, 0], points[:, 1], collection.get_label())) is not None:
                yield curve


def _curve(axes: int, x: Any, y: Any, label: object) -> Json | None:
    assert _recorder is not None
    try:
        x, y = (np.ma.filled(np.ma.asarray(data, dtype=np.float64), np.nan).ravel() for data in (x, y))
    except (TypeError, ValueError):  # dates, categories, objects
        return None
    if x.shape != y.shape or not 1 <= x.size <= MAX_POINTS:
        return None
    described = [_recorder.stream.array(data) for data in (x, y)]
    if any(array["$array"]["blob"] is None for array in described):  # the record has no room for the values
        return None
    return {
        "axes": axes,
        "x": described[0],
        "y": described[1],
        "label": str(label)[:MAX_LABEL],
        "default_x": bool(np.array_equal(x, np.arange(x.size))),
    }


def _legend(figure: Figure) -> list[str]:
    legends = [legend for axes in figure.axes if (legend := axes.get_legend()) is not None] + figure.legends
    return [text.get_text()[:MAX_LABEL] for legend in legends for text in legend.get_texts()][:MAX_CURVES]
