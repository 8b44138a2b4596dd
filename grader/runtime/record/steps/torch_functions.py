"""Torch's functions that write to a tensor, and those that make a leaf which requires grad."""

from __future__ import annotations

import torch

_SET = "__set__"
_SET_DATA = torch.Tensor.data.__set__  # type: ignore[attr-defined]  # torch's descriptors have no type
_SET_REQUIRES_GRAD = torch.Tensor.requires_grad.__set__  # type: ignore[attr-defined]
_OPERATORS = {"__iadd__", "__isub__", "__imul__", "__itruediv__", "__idiv__", "__ipow__", "__setitem__"}
_WRITES = frozenset({name for name in dir(torch.Tensor) if name.endswith("_") and not name.endswith("__")} | _OPERATORS)
FRESH = frozenset({"zeros", "ones", "rand", "randn", "full", "empty", "arange", "linspace"})
"""Functions that make tensors of which the numbers come from no other tensor."""
_MAKES_LEAVES = FRESH | {"requires_grad_", "tensor"}

LOOKED_AT = _WRITES | _MAKES_LEAVES | {_SET}


def writes(name: str, function: object) -> bool:
    """Whether a function may write to its first argument."""
    return name in _WRITES or (name == _SET and bool(function == _SET_DATA))


def makes_leaf(name: str, function: object) -> bool:
    """Whether a function may make a leaf, or turn its first argument into one."""
    return name in _MAKES_LEAVES or (name == _SET and bool(function == _SET_REQUIRES_GRAD))
