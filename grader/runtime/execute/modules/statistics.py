"""What comes out of many calls of a module with other random numbers: means, and how much they vary."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...record.stream import Json, Stream, is_tensor, to_numpy

MAX_ELEMENTS = 10_000
"""Elements of an output of which statistics are made."""
LEAST_CALLS = 2
LEAST_TURNS = 6
"""Calls in which an element is zero, and in which it is not, before its pattern of zeros is told from another."""
_MULTIPLIER = np.uint64(6364136223846793005)


class Sums:
    """Adds up the outputs of calls."""

    def __init__(self) -> None:
        self._calls = 0
        self._mean = self._squares = np.zeros(())
        self._low, self._high = np.full((), np.inf), np.full((), -np.inf)
        self._kept: list[float] = []
        self._patterns = np.zeros((), dtype=np.uint64)
        """A hash of the calls in which an element was zero."""
        self._zeros = np.zeros((), dtype=np.int64)

    def add(self, output: object) -> bool:
        """Add an output; False where it is no tensor of numbers, or of another shape than those before it."""
        if not is_tensor(output) or not 0 < output.numel() <= MAX_ELEMENTS:
            return False
        data = to_numpy(output)
        if data is None or data.dtype.kind not in "fiu" or (self._calls and data.shape != self._mean.shape):
            return False
        data = data.astype(np.float64)
        self._calls += 1
        # Welford's way: differences from the mean so far lose no digits.
        before = data - self._mean
        self._mean = self._mean + before / self._calls
        self._squares = self._squares + before * (data - self._mean)
        self._low, self._high = np.minimum(self._low, data), np.maximum(self._high, data)
        is_zero = data == 0
        self._patterns = self._patterns * _MULTIPLIER + is_zero.astype(np.uint64)
        self._zeros = self._zeros + is_zero
        self._kept.append(np.count_nonzero(data) / data.size)
        return True

    def _units(self) -> int:
        """The elements, where those that were zero in the very same calls count as one."""
        turns = np.minimum(self._zeros, self._calls - self._zeros)
        varying = self._patterns[turns >= LEAST_TURNS]
        return int(self._zeros.size - varying.size + np.unique(varying).size)

    def described(self, stream: Stream) -> Json | None:
        if self._calls < LEAST_CALLS:
            return None
        spread = np.sqrt(self._squares / (self._calls - 1))
        kept = np.asarray(self._kept)
        return {
            "calls": self._calls,
            "average": stream.array(np.asarray(self._mean)),
            "spread": stream.array(np.asarray(spread)),
            "width": stream.array(np.asarray(self._high - self._low)),
            "kept": stream.array(np.asarray(kept.mean()), "number"),
            "kept_spread": stream.array(np.asarray(kept.std(ddof=1)), "number"),
            "units": self._units(),
        }


def of_calls(call: Callable[[int], object], calls: int, stream: Stream) -> Json | None:
    """The statistics of so many calls, each with its number; None where the outputs cannot be averaged. Raises what a
    call raises.
    """
    sums = Sums()
    for number in range(calls):
        if not sums.add(call(number)):
            return None
    return sums.described(stream)
