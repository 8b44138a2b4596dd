"""Which of the passes that a leaf's ``.grad`` sums are alike: from one output, or over one function computed anew."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.language.closeness import close, tolerance_for
from grader.model import Array

MAX_DIGESTED = 10_000
"""Elements of an array that are read to tell it from others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassResult:
    """What a pass started from and computed. ``root`` is the output's token with its weights; None where that says
    nothing.

    Two passes over a function that was computed anew start from the same value, and compute the same gradient.
    """

    root: tuple[int, bytes] | None
    value: float | None
    gradient: Array | None
    key: bytes | None
    """Equal for equal values and gradients; None where they are not known."""

    @classmethod
    def of(cls, output: Array, weights: Array | None, gradient: Array | None, *, leaf: int) -> PassResult:
        """``leaf`` is the token of the leaf: a pass that starts from the leaf itself starts from no result."""
        value = _value(output, weights)
        key = None
        if value is not None and gradient is not None and gradient.data is not None:
            key = repr((value, gradient.data.shape)).encode() + _digest(gradient.data)
        weighed = b"" if weights is None or weights.data is None else _digest(weights.data)
        root = (output.token, weighed) if output.token and output.token != leaf else None
        return cls(root=root, value=value, gradient=gradient, key=key)

    def is_close_to(self, other: PassResult) -> bool:
        """Whether both are the same up to rounding."""
        ours, theirs = self.gradient, other.gradient
        if ours is None or theirs is None or ours.data is None or theirs.data is None:
            return False
        if self.value is None or other.value is None or ours.data.shape != theirs.data.shape:
            return False
        tolerance = tolerance_for((ours.dtype, theirs.dtype))
        pairs = ((np.asarray(self.value), np.asarray(other.value)), (ours.data, theirs.data))
        return all(bool(close(one, another, tolerance).all()) for one, another in pairs)


def _digest(data: npt.NDArray[Any]) -> bytes:
    """Equal for equal arrays. Of large ones, which a record may describe often, the ends and the sum are enough."""
    if data.size > MAX_DIGESTED:
        flat, half = data.reshape(-1), MAX_DIGESTED // 2
        data = np.concatenate((flat[:half], flat[-half:], [np.sum(data)]))
    return hashlib.blake2b(data.tobytes(), digest_size=16).digest()


def _value(output: Array, weights: Array | None) -> float | None:
    """The number that a pass differentiates: the weighed sum of its output."""
    data = output.data
    if data is None or data.dtype.kind not in "fiub":
        return None
    if weights is not None and weights.data is not None and weights.data.shape == data.shape:
        data = data * weights.data
    return float(np.sum(data, dtype=np.float64)) if data.dtype.kind in "fiub" else None


@dataclass(slots=True)
class SummedPasses:
    """The passes that a leaf's ``.grad`` sums. It is asked before each pass is added."""

    _roots: Counter[tuple[int, bytes]] = field(default_factory=Counter)
    _keys: Counter[bytes] = field(default_factory=Counter)
    _latest: PassResult | None = None
    _latest_count: int = 0

    def count_like(self, result: PassResult) -> int:
        """How many of the passes are like this one."""
        by_root = self._roots[result.root] if result.root is not None else 0
        by_key = self._keys[result.key] if result.key is not None else 0
        found = max(by_root, by_key)
        if found < self._latest_count and self._latest is not None and result.is_close_to(self._latest):
            return self._latest_count
        return found

    def add(self, result: PassResult, alike: int) -> None:
        """Add a pass. ``alike`` counts the passes like it, itself included."""
        self._latest, self._latest_count = result, alike
        if result.root is not None:
            self._roots[result.root] += 1
        if result.key is not None:
            self._keys[result.key] += 1

    def add_unknown(self) -> None:
        """Add a pass of which too little is known to compare it."""
        self._latest, self._latest_count = None, 0
