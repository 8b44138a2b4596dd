"""What each pass left in the ``.grad`` of its leaves, so that the next pass knows whether it was cleared or changed."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

import torch

from ...protocol.record import GRAD_IS_NONZERO, GRAD_WAS_CHANGED, GRAD_WAS_EMPTY, LEAF_MOVED
from .pass_lines import PassLine
from .small_tensors import Kept, are_equal, is_zero, kept

MAX_REMEMBERED = 256
"""Leaves whose ``.grad`` is remembered."""

T = TypeVar("T")


class LeafCopy:
    """A leaf in a pass: copies of its value and of its gradients. ``state`` has the bits of ``protocol.record``;
    ``like`` are the dtype and shape of the copies.
    """

    __slots__ = ("after", "before", "gradient", "like", "state", "tensor", "token", "unchanged", "value")

    def __init__(self, tensor: torch.Tensor, token: int, value: Kept | None, before: Kept | None, state: int) -> None:
        self.tensor = tensor
        self.like = tensor.dtype, tensor.shape
        self.token = token
        self.value = value
        self.before = before
        self.state = state
        self.unchanged: bool | None = None
        self.after: Kept | None = None
        self.gradient: Kept | None = None

    def forget(self) -> None:
        """Let go of all that no pass in brief needs, so that a large tensor does not live longer."""
        del self.tensor, self.before, self.after


class LeftGradients:
    """Remembers leaves by their tokens."""

    def __init__(self) -> None:
        self._left: OrderedDict[int, tuple[Kept | None, tuple[int, int], int]] = OrderedDict()
        """A copy of ``.grad``, its id and version, and the group of the pass."""

    def group_of(self, token: int) -> int:
        """The group of the latest pass that reached a leaf."""
        left = self._left.get(token)
        return 0 if left is None else left[2]

    def before(self, tensor: torch.Tensor, token: int, line: PassLine) -> LeafCopy:
        """Copy a leaf before a pass, and compare its ``.grad`` with what the pass before left."""
        grad = grad_of(tensor)
        value = kept(tensor)
        values = None if grad is None else kept(grad)
        if grad is None or (not grad.any() if values is None else is_zero(values)):
            leaf = LeafCopy(tensor, token, value, values, GRAD_WAS_EMPTY)
        else:
            leaf = LeafCopy(tensor, token, value, values, 0)
            left = self._left.get(token)
            if left is not None:
                is_same = left[1] == (id(grad), grad._version) if values is None else are_equal(values, left[0])
                leaf.unchanged = is_same
            if not leaf.unchanged:
                leaf.state = GRAD_WAS_CHANGED
        if value is not None:
            value = hash(value) if isinstance(value, bytes) else value
            earlier = line.values.get(token)
            if earlier is None:
                _remember(line.values, token, value)
            elif not are_equal(value, earlier):
                leaf.state |= LEAF_MOVED
                line.values[token] = value
        return leaf

    def after(self, leaf: LeafCopy, group: int) -> None:
        """Copy a leaf's ``.grad`` after a pass, and remember it."""
        grad = grad_of(leaf.tensor)
        if grad is None:
            _remember(self._left, leaf.token, (None, (0, 0), group))
            return
        leaf.after = values = kept(grad)
        if grad.any() if values is None else not is_zero(values):
            leaf.state |= GRAD_IS_NONZERO
        # Of a gradient that was copied, the copy is compared.
        version = (id(grad), grad._version) if values is None else (0, 0)
        _remember(self._left, leaf.token, (values, version, group))


def grad_of(tensor: torch.Tensor) -> torch.Tensor | None:
    """A tensor's ``.grad`` without the warning for tensors that have none."""
    return tensor.grad if tensor.is_leaf or tensor.retains_grad else None


def _remember(known: OrderedDict[int, T], token: int, value: T) -> None:
    """Keep a value by a token; those that were not kept for longest make room."""
    known[token] = value
    known.move_to_end(token)
    if len(known) > MAX_REMEMBERED:
        known.popitem(last=False)
