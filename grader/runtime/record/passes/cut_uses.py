"""Remembers which nodes of the graph computed with a tensor that was taken out of a graph.

The graph itself does not show it: where such a tensor went in, it has nothing.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch

MAX_USES = 256
"""Nodes that are remembered; the oldest are forgotten."""
MAX_OF_NODE = 8


class CutUse(NamedTuple):
    """A tensor without a graph that went into a node. ``source``: the token of the tensor that it was taken from."""

    tensor: weakref.ref[torch.Tensor]
    source: int
    shape: tuple[int, ...]


class CutUses:
    """By the number that torch gives each node of a thread, so that no graph is kept alive."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], list[CutUse]] = {}
        self.is_incomplete = False
        """Later uses are not noted: a graph would look as if nothing had been taken out."""

    def note(self, result: torch.Tensor, cut: weakref.ref[torch.Tensor], source: int) -> None:
        """A result in a graph was computed with a tensor that was taken out of one."""
        node, tensor = result.grad_fn, cut()
        if node is None or tensor is None:
            return
        uses = self._known.setdefault(_key(node), [])
        if len(uses) < MAX_OF_NODE and all(use.tensor() is not tensor for use in uses):
            uses.append(CutUse(cut, source, tuple(tensor.shape)))
        if len(self._known) > MAX_USES:
            del self._known[next(iter(self._known))]

    def of(self, node: Any) -> Sequence[CutUse]:
        return self._known.get(_key(node), ()) if self._known else ()


def _key(node: Any) -> tuple[int, str]:
    # Threads count for themselves; the name makes a mix-up less likely still.
    return node._sequence_nr(), node.name()
