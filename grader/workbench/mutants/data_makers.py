"""Calls that make tensors of numbers and compute nothing: which numbers these are, is a learner's own choice."""

from __future__ import annotations

import ast

from grader.workbench.mutants.code import Code

MAKERS = frozenset(
    ("arange", "tensor", "ones", "zeros", "rand", "randn", "linspace", "eye", "full", "empty", "randint", "Parameter")
)


def makes_data(value: ast.expr) -> bool:
    """Whether it makes a tensor of numbers, and computes nothing."""
    return isinstance(value, ast.Call) and called_name(value) in MAKERS


def in_data(code: Code, node: ast.AST) -> bool:
    """Whether a part of the code is, or belongs to, numbers that a tensor is made of, or a seed."""
    call = code.inside(node, ast.Call)
    while isinstance(call, ast.Call):
        if called_name(call) in MAKERS or called_name(call) in ("manual_seed", "set_printoptions"):
            return True
        call = code.inside(call, ast.Call)
    return False


def called_name(call: ast.Call) -> str:
    """The last part of the name of what is called: ``sum`` of ``torch.sum`` and of ``x.sum``."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
