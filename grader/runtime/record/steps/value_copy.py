"""Copies of values of leaves, which are described only when their step is sent."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import torch

from ..passes.small_tensors import Kept, are_equal, as_array, kept
from ..stream import Json, Stream, to_numpy

MAX_SMALL = 1_000
"""Elements of a tensor that is copied at every step."""
MAX_COPIES = 20
"""Steps of a run at which larger tensors are copied as well."""


class ValueCopy:
    """A tensor's values at a moment. ``values`` is None where they were not copied."""

    __slots__ = ("dtype", "shape", "token", "values", "version")

    def __init__(self, tensor: torch.Tensor, token: int = 0, *, with_large: bool) -> None:
        self.token = token
        self.dtype = tensor.dtype
        self.shape = tensor.shape
        self.version: int = tensor._version
        self.values: Kept | None = None
        with suppress(Exception):  # a sparse gradient, for example, cannot be copied
            if tensor.numel() <= MAX_SMALL:
                self.values = kept(tensor)
            elif with_large:
                self.values = to_numpy(tensor)

    def is_of(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor has these values, as far as that is known."""
        if self.values is None or tensor.numel() > MAX_SMALL:
            return bool(self.version == tensor._version)
        values = kept(tensor)
        return values is not None and are_equal(self.values, values)

    def described(self, stream: Stream) -> Json:
        """As the record describes arrays."""
        if self.values is None:
            fields: Json = {"kind": "tensor", "shape": list(self.shape), "blob": None}
        else:
            shape = tuple(self.shape)
            data: np.ndarray[Any, Any] = as_array(self.values, self.dtype, shape)
            fields = stream.array(data, "tensor")["$array"]
        return {"$array": fields | {"dtype": str(self.dtype).removeprefix("torch."), "token": self.token}}
