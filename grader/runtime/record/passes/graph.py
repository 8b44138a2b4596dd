"""Reads autograd's graph: the nodes and the leaves below the roots of a pass."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

MAX_NODES = 100_000
_ACCUMULATE: type = torch._C._functions.AccumulateGrad  # type: ignore[attr-defined]  # made when torch is imported

_LINEAR = frozenset(
    {
        *("AccumulateGrad", "Add", "Alias", "AsStrided", "Cat", "Clone", "CopySlices", "Cumsum", "Diagonal", "Expand"),
        *("Flip", "Index", "IndexSelect", "Mean", "Neg", "Permute", "Repeat", "ReshapeAlias", "Roll", "Rsub", "Select"),
        *("Slice", "Split", "Squeeze", "Stack", "Sub", "Sum", "T", "ToCopy", "Transpose", "Unbind", "UnsafeView"),
        *("Unsqueeze", "View"),
    }
)
"""Operations that are linear in all of their inputs."""
_PRODUCTS = frozenset({"Addcmul", "Addmm", "Addmv", "Bmm", "Div", "Dot", "Mm", "Mul", "Mv"})
"""Operations that are linear where only one of their inputs is in the graph, in a quotient the first one."""


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
            for each, _ in below:
                if each is not None:
                    waiting.append(each)
        elif type(node) is _ACCUMULATE and (leaf := getattr(node, "variable", None)) is not None:
            leaves.setdefault(id(leaf), leaf)
    return nodes, list(leaves.values())


def is_accumulator(node: Any) -> bool:
    """Whether a node adds a gradient to the ``.grad`` of its leaf."""
    return type(node) is _ACCUMULATE


def is_affine(nodes: Iterable[Any]) -> bool:
    """Whether a graph only adds, and multiplies by constants: its derivative is a constant that was put into it."""
    return all(map(_is_linear, nodes))


def _is_linear(node: Any) -> bool:
    name = node.name().rstrip("0123456789").removesuffix("Backward")
    if name in _LINEAR or name.endswith("AccumulateGrad"):
        return True
    if name not in _PRODUCTS:
        return False
    below = [below is not None for below, _ in node.next_functions]
    return not below[-1] if name == "Div" else sum(below) <= 1
