"""Operators, operands and signs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.workbench.mutants.code import Change, Code, Operator
from grader.workbench.mutants.data_makers import in_data, makes_data

SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}
OTHERS: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "+",
    ast.Div: "*",
    ast.Pow: "*",
    ast.MatMult: "*",
}
ORDERED = (ast.Sub, ast.Div, ast.Pow, ast.MatMult)


def _binary(code: Code) -> Iterator[ast.BinOp]:
    for node in code.walk(ast.BinOp):
        assert isinstance(node, ast.BinOp)
        texts = [
            each for each in (node.left, node.right) if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
        if not texts:
            yield node


def _other_operator(code: Code) -> Iterator[Change]:
    for node in _binary(code):
        other = OTHERS.get(type(node.op))
        if other is not None:
            yield from filter(None, (code.between(node.left, node.right, SYMBOLS[type(node.op)], other),))
    for step in code.walk(ast.AugAssign):
        assert isinstance(step, ast.AugAssign)
        other = OTHERS.get(type(step.op))
        if other is not None:
            symbol = f"{SYMBOLS[type(step.op)]}="
            yield from filter(None, (code.between(step.target, step.value, symbol, f"{other}="),))


def _swapped(code: Code) -> Iterator[Change]:
    for node in _binary(code):
        if isinstance(node.op, ORDERED):
            yield code.replaced(node, f"{code.grouped(node.right)} {SYMBOLS[type(node.op)]} {code.grouped(node.left)}")


def _one_operand(code: Code) -> Iterator[Change]:
    for node in _binary(code):
        yield code.replaced(node, code.grouped(node.left))
        if not isinstance(node.op, ast.Pow):
            yield code.replaced(node, code.grouped(node.right))


def _without_sign(code: Code) -> Iterator[Change]:
    for node in code.walk(ast.UnaryOp):
        assert isinstance(node, ast.UnaryOp)
        if isinstance(node.op, ast.USub) and not in_data(code, node):
            yield code.replaced(node, code.grouped(node.operand))


def _with_sign(code: Code) -> Iterator[Change]:
    """A minus before what a function returns, or what a name is bound to."""
    for node in code.statements():
        value = node.value if isinstance(node, ast.Return | ast.Assign) else None
        is_tuple = isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name)
        if isinstance(value, ast.BinOp | ast.Call | ast.IfExp) and not makes_data(value) and not is_tuple:
            yield code.replaced(value, f"-({code.written(value)})")


OPERATORS = (
    Operator(name="other-operator", about="another operator", changes=_other_operator),
    Operator(name="swap-operands", about="the operands are swapped", changes=_swapped),
    Operator(name="one-operand", about="an operand is left out", changes=_one_operand),
    Operator(name="drop-sign", about="a minus is left out", changes=_without_sign),
    Operator(name="add-sign", about="a minus is added", changes=_with_sign),
)
