"""Tells code that a person typed from output that Python printed, since both can be valid Python."""

from __future__ import annotations

import ast
import re

from grader.submission.python_parser import parse

# The repr of an object that is not valid Python, such as <AddBackward0 object at 0x…>.
_OBJECT_REPR = re.compile(r"<[A-Za-z_][^<>\n]*>")
# print(x, y) prints several values on a line, without commas.
_SIDE_BY_SIDE = re.compile(r"\)[ \t]+(?=(?:array|tensor)\()")
# Names that occur in the repr of a value, such as `tensor([nan, 1.], dtype=torch.float64)`.
_REPR_NAMES = frozenset({"array", "device", "inf", "nan", "Parameter", "tensor", "torch"})


def is_output(text: str) -> bool:
    """Whether ``text`` looks like printed values, with or without labels, rather than like typed code."""
    tree = parse(_SIDE_BY_SIDE.sub("), ", _OBJECT_REPR.sub("None", text.strip())))
    return tree is not None and bool(tree.body) and all(map(_is_output, tree.body))


def is_typed(statement: ast.stmt) -> bool:
    """Whether a person would type this statement as code: it has an effect, or does more than name things.

    English words can be valid Python, too: ``see - above``, ``ls -la``, and the answer ``Q1: b``.
    """
    if isinstance(statement, ast.AnnAssign) and statement.value is None and isinstance(statement.annotation, ast.Name):
        return False
    computes = (ast.Attribute, ast.Await, ast.Call, ast.Compare, ast.Subscript)
    if isinstance(statement, ast.Expr) and not any(isinstance(part, computes) for part in ast.walk(statement)):
        return False
    return not _is_output(statement)


def _is_output(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=value) | ast.AnnAssign(annotation=value, value=None):  # printed as "x: tensor(1.)"
            return _is_printed_value(value)
        case ast.Assign(value=ast.Call() as value):  # printed as "x = tensor(1.)"
            return _is_printed_value(value)
    return False


def _is_printed_value(node: ast.expr) -> bool:
    for part in ast.walk(node):
        match part:
            case ast.Attribute(value=ast.Name(id="torch")) | ast.Call(func=ast.Name()):
                continue
            case ast.Attribute() | ast.Call():
                return False
            case ast.Name(id=name) if name not in _REPR_NAMES:
                return False
            case ast.Compare() | ast.BoolOp() | ast.Lambda() | ast.Subscript() | ast.IfExp():
                return False
    return not (isinstance(node, ast.Name) and node.id in ("torch", "tensor", "array", "device"))
