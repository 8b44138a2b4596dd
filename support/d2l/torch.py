"""What such notebooks use of `d2l.torch`: drawing curves, and PyTorch's functions under the book's names.

As in the book, a tensor that requires grad must be detached before it is drawn.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from itertools import cycle
from typing import Any

import numpy as np
import torch

FROM_TORCH = (
    "abs", "arange", "concat", "cos", "cosh", "exp", "eye", "float32", "int32", "int64", "linspace", "log", "matmul",
    "meshgrid", "normal", "ones", "ones_like", "rand", "randn", "sigmoid", "sin", "sinh", "stack", "tanh", "tensor",
    "zeros", "zeros_like",
)  # fmt: skip
"""The book calls these `d2l.sin`, so that one text serves several frameworks."""

MODULES = {"display": "IPython.display", "plt": "matplotlib.pyplot"}
"""Imported when first asked for: a notebook that draws nothing need not wait for matplotlib."""


def __getattr__(name: str) -> Any:
    if name in MODULES:
        return importlib.import_module(MODULES[name])
    if name in FROM_TORCH:
        return getattr(torch, name)
    raise AttributeError(
        f"module {__name__!r} has no attribute {name!r}: this is a small stand-in for the d2l package, "
        "with plot, set_axes, set_figsize, use_svg_display, plt, numpy and PyTorch's own functions"
    )


def numpy(tensor: torch.Tensor) -> np.ndarray[Any, Any]:
    """The values of a tensor as an array, whether it requires grad or not."""
    return tensor.detach().numpy()


def use_svg_display() -> None:
    """The book's figures are drawn as SVG. Here nobody looks at them: nothing to set."""


def set_figsize(figsize: tuple[float, float] = (3.5, 2.5)) -> None:
    """Set the width and height, in inches, of the figures made from now on."""
    from matplotlib import pyplot

    use_svg_display()
    pyplot.rcParams["figure.figsize"] = figsize


def set_axes(
    axes: Any,
    xlabel: str | None,
    ylabel: str | None,
    xlim: Any,
    ylim: Any,
    xscale: str,
    yscale: str,
    legend: Sequence[str] | None,
) -> None:
    """Set labels, scales, limits and legend of a matplotlib ``Axes``; None leaves the label empty, the limits free."""
    axes.set(xlabel=xlabel, ylabel=ylabel, xscale=xscale, yscale=yscale, xlim=xlim, ylim=ylim)
    if legend:
        axes.legend(legend)
    axes.grid()


def plot(
    X: Any,
    Y: Any = None,
    xlabel: str | None = None,
    ylabel: str | None = None,
    legend: Sequence[str] | None = None,
    xlim: Any = None,
    ylim: Any = None,
    xscale: str = "linear",
    yscale: str = "linear",
    fmts: Sequence[str] = ("-", "m--", "g-.", "r:"),
    figsize: tuple[float, float] = (3.5, 2.5),
    axes: Any = None,
) -> None:
    """Draw curves in ``axes`` (None: the current ones), which are cleared first.

    ``X`` and ``Y`` are one curve (an array of one axis, or a list of numbers) or a list of several; one ``X`` serves
    every ``Y``. Without ``Y``, the values in ``X`` are drawn over 0, 1, 2, … Raises ValueError where the numbers of
    curves differ.
    """
    from matplotlib import pyplot

    values = _curves(X if Y is None else Y)
    points = [None] if Y is None else _curves(X)
    if len(points) == 1:
        points = points * len(values)
    if len(points) != len(values):
        raise ValueError(f"X has {len(points)} curves and Y has {len(values)}; give one X, or as many as in Y")
    set_figsize(figsize)
    axes = pyplot.gca() if axes is None else axes
    axes.cla()
    for x, y, fmt in zip(points, values, cycle(fmts), strict=False):
        axes.plot(*([y] if x is None else [x, y]), fmt)
    set_axes(axes, xlabel, ylabel, xlim, ylim, xscale, yscale, legend)


def _curves(data: Any) -> list[Any]:
    """The curves in what ``plot`` was given for X or Y."""
    one = data.ndim == 1 if hasattr(data, "ndim") else len(data) > 0 and _is_number(data[0])
    return [data] if one else list(data)


def _is_number(value: Any) -> bool:
    return value.ndim == 0 if hasattr(value, "ndim") else not hasattr(value, "__len__")
