"""Where notebooks set the size and the format of their figures."""

from __future__ import annotations

from typing import Any


def figsize(width: float, height: float) -> None:
    """Set the size of the figures that follow, in inches."""
    from matplotlib import pyplot

    pyplot.rcParams["figure.figsize"] = (width, height)


def select_figure_formats(shell: Any, formats: Any, **options: Any) -> None:
    """Does nothing: figures are recorded as data, not drawn."""


def getfigs(*numbers: int) -> list[Any]:
    """The open figures, or those with these numbers."""
    from matplotlib import pyplot

    return [pyplot.figure(number) for number in numbers or pyplot.get_fignums()]
