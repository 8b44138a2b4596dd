"""Copies of tensors' values, as cheaply as possible, for passes that are recorded in brief.

A few numbers are copied as a Python list, which takes a quarter of the time of an array; more numbers as bytes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from ..stream import to_numpy

Kept = float | list[Any] | bytes | npt.NDArray[Any]

MAX_COPIED = 20_000
"""Elements. To copy a larger tensor at every pass of a long loop would take longer than the pass."""
MAX_LISTED = 16

_DTYPES: dict[torch.dtype, Any] = {torch.float32: np.float32, torch.float64: np.float64}
"""Tensors of other dtypes are copied as numpy arrays."""


def kept(tensor: torch.Tensor) -> Kept | None:
    """A copy of a tensor's values; None where it is too large. Raises what torch raises where they cannot be read."""
    size = tensor.numel()
    if size > MAX_COPIED:
        return None
    if tensor.dtype in _DTYPES:
        try:
            if size <= MAX_LISTED and tensor.dim() < 2:
                listed: float | list[Any] = tensor.tolist()
                return listed
            return tensor.detach().numpy().tobytes()
        except (RuntimeError, TypeError):  # inside a transform, for example
            pass
    return to_numpy(tensor)


def is_zero(values: Kept) -> bool:
    """Whether all values are zero, of either sign."""
    if isinstance(values, float):
        return values == 0
    if isinstance(values, list):
        return not any(values)
    if isinstance(values, bytes):
        # Bytes other than these are no zero, whatever the dtype. numpy is asked where there are negative zeros.
        if values.translate(None, b"\0\x80"):
            return False
        return not values.strip(b"\0") or not np.any(np.frombuffer(values, np.float32))
    return not np.any(values)


def are_equal(one: Kept, other: Kept | None) -> bool:
    """Whether two copies are equal; NaN is equal to itself."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return other is not None and np.array_equal(one, other, equal_nan=True)
    if one == other:
        return True
    if isinstance(one, bytes) or isinstance(other, bytes):
        return False
    return _has_nan(one) and repr(one) == repr(other)


def as_array(values: Kept, dtype: torch.dtype, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """A copy as an array."""
    if isinstance(values, np.ndarray):
        return values
    known = _DTYPES[dtype]
    data = np.frombuffer(values, known) if isinstance(values, bytes) else np.array(values, known)
    return data.reshape(shape)


def size_of(values: Kept | None) -> int:
    """About how many elements a copy has."""
    if values is None:
        return 0
    if isinstance(values, bytes):
        return len(values) // 4
    if isinstance(values, np.ndarray):
        return values.size
    return len(values) if isinstance(values, list) else 1


def _has_nan(values: float | list[Any]) -> bool:
    return any(map(math.isnan, values)) if isinstance(values, list) else math.isnan(values)
