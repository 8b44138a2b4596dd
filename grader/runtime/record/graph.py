"""Reads autograd's graph: the nodes and the leaves below the roots of a pass."""

from __future__ import annotations

from typing import Any

import torch

MAX_NODES = 100_000


def walk(roots: tuple[torch.Tensor, ...]) -> tuple[set[Any], list[torch.Tensor]]:
    """The graph's nodes below the roots, and its leaves. Not recursive: a graph can be deeper than Python's stack."""
    nodes: set[Any] = set()
    leaves: dict[int, torch.Tensor] = {}
    waiting = []
    for root in roots:
        if root.grad_fn is not None:
            waiting.append(root.grad_fn)
        elif root.requires_grad:
            leaves[id(root)] = root
    while waiting and len(nodes) < MAX_NODES:
        node = waiting.pop()
        if node in nodes:
            continue
        nodes.add(node)
        below = node.next_functions
        if below:
            waiting += [each for each, _ in below if each is not None]
        elif node.name().endswith("AccumulateGrad") and (leaf := getattr(node, "variable", None)) is not None:
            leaves.setdefault(id(leaf), leaf)
    return nodes, list(leaves.values())
