"""Arguments of the submission's own calls of its functions, as arrays that a function can be called with again."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ..protocol.record import MAX_DIMENSIONS
from .stream import is_one_of, is_tensor, to_numpy

MAX_ARGUMENT_ELEMENTS = 1_000
"""Larger arguments are not kept: small arguments are enough to see what a function does."""

Numbers = np.ndarray[Any, Any]


def as_argument(value: Any) -> Numbers | None:
    """A tensor or number as an array of floats, so that it can require a gradient; None for anything else."""
    if is_one_of(type(value), (int, float)):
        return np.asarray(value, dtype=np.float32) if abs(value) < 1e30 else None
    if not is_tensor(value):
        return None
    try:
        with torch._C.DisableTorchFunction(), torch.no_grad():
            data = to_numpy(value) if 0 < value.numel() <= MAX_ARGUMENT_ELEMENTS else None
    except Exception:  # a tensor whose values cannot be read
        return None
    if data is None or data.dtype.kind not in "fiu" or data.ndim > MAX_DIMENSIONS:
        return None
    argument = data.astype(np.float64 if data.dtype == np.float64 else np.float32)
    return argument if np.isfinite(argument).all() else None
