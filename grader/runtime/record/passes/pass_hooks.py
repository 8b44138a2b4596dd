"""Hooks that hold for a single pass: they keep the gradients that it computes."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from ..hands.watched_hooks import register_hook


@contextmanager
def captured(leaves: tuple[torch.Tensor, ...]) -> Iterator[list[torch.Tensor | None]]:
    """Keep, by hooks, the gradient that this pass computes for each leaf; ``.grad`` also contains earlier passes."""
    own: list[torch.Tensor | None] = [None] * len(leaves)

    def keep(position: int, gradient: torch.Tensor) -> None:
        with torch._C.DisableTorchFunction(), torch.no_grad():
            earlier = own[position]
            own[position] = gradient.detach().clone() if earlier is None else earlier + gradient

    with torch._C.DisableTorchFunction():
        handles = [
            register_hook(leaf, functools.partial(keep, position))  # type: ignore[no-untyped-call]  # torch's
            for position, leaf in enumerate(leaves)
            if leaf.requires_grad
        ]
    try:
        yield own
    finally:
        for handle in handles:
            handle.remove()
