"""Hooks that hold for a single pass: they keep the gradients that it computes, or scale them for the second run."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch

from ..protocol.record import SECOND_RUN_CHANGE
from .watched_hooks import register_hook

SCALE = 1 + SECOND_RUN_CHANGE


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


@contextmanager
def scaled(roots: tuple[torch.Tensor, ...]) -> Iterator[None]:
    """Scale a pass at its roots. A pass is linear, so all of its results are scaled by the same factor."""
    with torch._C.DisableTorchFunction():
        handles = [
            register_hook(root, lambda gradient: gradient * SCALE)  # type: ignore[no-untyped-call]  # torch's
            for root in roots
            if root.requires_grad
        ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def scaled_result(result: Any) -> Any:
    if isinstance(result, Mapping):
        return {key: None if value is None else value * SCALE for key, value in result.items()}
    return tuple(None if value is None else value * SCALE for value in result)
