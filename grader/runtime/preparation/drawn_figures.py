"""Draws a figure in the worker, for submissions that save one or lay it out.

Figures are recorded, and not drawn, unless the submission asks for it. Drawing needs fonts, which matplotlib keeps
when they are loaded, and the image formats of Pillow, which imports them when it first saves an image.
"""

from __future__ import annotations

import io

from matplotlib import pyplot

from ..record.plots.matplotlib_backend import quieten


def warm_up() -> None:
    """Draw text in the fonts that figures have, and formulas."""
    quieten()
    figure, axes = pyplot.subplots()
    axes.plot([0, 1], [0, 1], label=r"$x^2$")
    axes.set(title="t", xlabel="x", ylabel=r"$\frac{1}{2}$")
    axes.legend()
    figure.tight_layout()
    figure.canvas.print_figure(io.BytesIO(), format="png")
    pyplot.close(figure)
