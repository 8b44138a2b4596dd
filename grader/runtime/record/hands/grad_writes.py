"""Finds the hooks that write to a leaf's ``.grad`` during a backward pass.

``.grad`` after a pass must be its value before the pass, plus the gradient. Where it is not, the hooks are marked that
replaced ``.grad`` or wrote into it while they ran. A write that was not seen, such as through ``x.grad.data``, may come
from any hook that ran: then all of them are marked as suspected.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ..passes.left_gradients import grad_of
from ..stream import Json
from .found_hands import HandSet, Key, key_of
from .watched_hooks import is_cleared

State = list[tuple[torch.Tensor | None, int]]
"""The tensor that ``.grad`` is, and its version, which in-place operations count up; for each leaf."""


class GradWrites:
    """``.grad`` of the leaves of a pass: its values before, and the hooks that were seen to write to it."""

    def __init__(self, leaves: Sequence[torch.Tensor]) -> None:
        self._leaves = leaves
        self._seen: set[Key] = set()
        with torch._C.DisableTorchFunction(), torch.no_grad():
            self._before = [None if (grad := grad_of(leaf)) is None else grad.detach().clone() for leaf in leaves]

    def state(self) -> State:
        """What a hook finds before it runs, for ``note``."""
        with torch._C.DisableTorchFunction():
            return [(grad := grad_of(leaf), 0 if grad is None else grad._version) for leaf in self._leaves]

    def note(self, hand: Json, before: State) -> None:
        """A hook has run, which may have written."""
        if any(
            grad is not other or version != since
            for (grad, version), (other, since) in zip(self.state(), before, strict=True)
        ):
            self._seen.add(key_of(hand))

    def mark(self, found: HandSet, gradients: Sequence[torch.Tensor | None]) -> None:
        """Mark the hooks in ``found`` that changed ``.grad``. To clear ``.grad`` in a hook is no change.

        Where a hook is known to have changed something, hooks that were not seen to write are not suspected.
        """
        if not found or all(map(_is_accumulated, self._leaves, self._before, gradients)):
            return
        writers = found.keys() & self._seen
        if not writers and any(hand["changed"] for hand in found.values()):
            return
        suspected = not writers and len(found) > 1
        for key in writers or tuple(found):
            found[key] = {**found[key], "changed": True, "suspected": suspected}


def _is_accumulated(leaf: torch.Tensor, before: torch.Tensor | None, gradient: torch.Tensor | None) -> bool:
    """Whether ``.grad`` is its earlier value and a gradient, or was cleared."""
    after = grad_of(leaf)
    if gradient is None or is_cleared(after):
        return True
    assert after is not None
    wanted = gradient if before is None else before + gradient
    return after.shape == wanted.shape and torch.allclose(after, wanted.to(after.dtype), equal_nan=True)
