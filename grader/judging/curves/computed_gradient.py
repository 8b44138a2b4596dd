"""What one pass computed for one leaf, and by how much the second run changes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grader.model import Array, Hand

Floats = npt.NDArray[np.float64]

_COARSE_DTYPES = frozenset({"float16", "bfloat16"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ComputedGradient:
    """What one pass computed for one leaf. ``gradient`` and ``change``, in units, are flat.

    ``variables`` are those of the pass: ``leaf``, ``output``, ``root`` and others. ``hands`` are those that
    changed a value in the pass.
    """

    variables: dict[str, object]
    gradient: Floats
    change: Floats
    order: int
    line: tuple[int, int, int]
    """Cell and line of the pass, and which of the changes it is that the second run may have made."""
    hands: tuple[Hand, ...] = ()
    bend: Array | None = None
    """How the gradient changes where all elements of the leaf grow alike; None: not known."""
    earlier: Sequence[ComputedGradient] = ()
    """The passes of its line of which it is known how their gradients change, where it is not known of this pass."""

    @property
    def is_coarse(self) -> bool:
        """Whether the gradient is of 16 bits, in which the second run's changes are lost."""
        gradient = self.variables["gradient"]
        return isinstance(gradient, Array) and gradient.dtype in _COARSE_DTYPES
