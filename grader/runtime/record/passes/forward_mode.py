"""Forward mode: which inputs a derivative belongs to. It has no graph that leads back to them.

``make_dual`` gives an input its tangent, ``unpack_dual`` reads that of a result. What happens in between, at the same
level of the transforms, is one pass.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from ..stream import Json, to_numpy
from .transforms import level

MAX_INPUTS = 64
MAX_LEVELS = 20
MAX_ELEMENTS = 1_000
"""Elements of an input whose tangents are all directions at once, as by ``jacfwd``."""

Data = npt.NDArray[np.generic]


class ForwardGradient(NamedTuple):
    """The gradient of an output for an input, as backward mode would compute it from ``weights`` at the output."""

    gradient: Data
    weights: Data


class _Open:
    """A pass between its inputs and its results. ``order``: the highest of the passes inside it."""

    def __init__(self) -> None:
        self.inputs: list[tuple[torch.Tensor, torch.Tensor]] = []
        self.is_read = False
        self.order = 0
        self.inner: tuple[Data | None, Json | None] = None, None
        """The gradient of the latest backward pass inside it, and the curvature of a derivative of that gradient."""


class ForwardMode:
    """The passes that have begun, by the level of the transforms."""

    def __init__(self) -> None:
        self._open: dict[tuple[int, int], _Open] = {}

    def note_input(self, primal: torch.Tensor, tangent: torch.Tensor) -> None:
        """An input got its tangent. The first after results were read belongs to another pass."""
        at = level()
        opened = self._open.get(at)
        if opened is None or opened.is_read:
            if len(self._open) >= MAX_LEVELS:
                self._open.clear()
            opened = self._open[at] = _Open()
        if len(opened.inputs) < MAX_INPUTS:
            opened.inputs.append((primal, tangent))

    def note_pass(self, order: int) -> None:
        """A pass of this order ran inside those that are open: they differentiate it once more."""
        for opened in self._open.values():
            if not opened.is_read:
                opened.order = max(opened.order, order)

    @property
    def is_open(self) -> bool:
        """Whether a pass has begun whose result was not read yet."""
        return any(not opened.is_read for opened in self._open.values())

    def note_gradient(self, gradient: torch.Tensor, curvature: Json | None) -> None:
        """A backward pass inside those that are open computed this."""
        for opened in self._open.values():
            if not opened.is_read:
                opened.inner = to_numpy(gradient), curvature

    def curvature(self, output: torch.Tensor) -> Json | None:
        """The curvature of the pass whose result is read now, where its output is the gradient of a pass inside it."""
        opened = self._open.get(level())
        gradient, curvature = (None, None) if opened is None else opened.inner
        values = None if gradient is None else to_numpy(output)
        is_same = values is not None and gradient is not None and np.array_equal(values, gradient)
        return curvature if is_same else None

    def order(self) -> int:
        """The order of the derivative whose result is read now."""
        opened = self._open.get(level())
        return 1 if opened is None else 1 + opened.order

    def is_nested(self) -> bool:
        """Whether the pass whose result is read now is inside another pass, which differentiates it once more."""
        here = level()
        return any(at != here and not opened.is_read for at, opened in self._open.items())

    def read(self) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """The inputs of the pass whose result is read now, with their tangents."""
        opened = self._open.get(level())
        if opened is None:
            return []
        opened.is_read = True
        return opened.inputs


def is_direction(primal: torch.Tensor, tangent: torch.Tensor) -> bool:
    """Whether a tangent is one direction; inside ``vmap`` it may be all directions at once."""
    try:
        point, towards = to_numpy(primal), to_numpy(tangent)
    except Exception:  # inside a transform that hides its values
        return False
    return point is not None and towards is not None and point.shape == towards.shape


def forward_gradient(
    primal: torch.Tensor, direction: torch.Tensor, output: torch.Tensor, tangent: torch.Tensor
) -> ForwardGradient | None:
    """The gradient that a tangent shows; None where it shows the derivative in one of several directions only."""
    try:
        point, towards, value, slope = map(to_numpy, (primal, direction, output, tangent))
    except Exception:  # inside a transform that hides its values
        return None
    if point is None or towards is None or value is None or slope is None:
        return None
    size = point.size
    if towards.shape == point.shape == slope.shape and size > 1:
        return ForwardGradient(slope, towards)  # element by element
    if towards.size == slope.size == size == 1:
        return ForwardGradient(slope.reshape(point.shape), towards.reshape(value.shape if value.size == 1 else ()))
    if not 0 < size <= MAX_ELEMENTS or towards.size != size * size or slope.size % size:
        return None
    if not np.array_equal(towards.reshape(size, size), np.eye(size)):
        return None
    return ForwardGradient(slope.reshape(size, -1).sum(1).reshape(point.shape), np.ones_like(value))
