"""Tensors that leave autograd's graph where they should not, and that stay in it where they should leave."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.workbench.mutants.code import Change, Code, Operator
from grader.workbench.mutants.data_makers import called_name, makes_data

CUTS = ("detach", "detach_")


def _without_cuts(code: Code) -> Iterator[Change]:
    for call, tensor in code.methods(*CUTS):
        yield code.replaced(call, code.grouped(tensor))
    for node in code.walk(ast.Attribute):
        assert isinstance(node, ast.Attribute)
        if node.attr == "data" and isinstance(node.ctx, ast.Load):
            yield code.replaced(node, code.grouped(node.value))


def _only_cloned(code: Code) -> Iterator[Change]:
    for call, tensor in code.methods(*CUTS):
        yield code.replaced(call, f"{code.grouped(tensor)}.clone()")


def _not_cloned(code: Code) -> Iterator[Change]:
    for call, tensor in code.methods("clone", "copy"):
        yield code.replaced(call, code.grouped(tensor))


def _without_no_grad(code: Code) -> Iterator[Change]:
    for node in code.walk(ast.With):
        assert isinstance(node, ast.With)
        item = node.items[0]
        if len(node.items) == 1 and "no_grad" in code.written(item.context_expr):
            yield Change(start=code.start(node), end=code.end(item.context_expr), text="if True")


def _under_no_grad(code: Code) -> Iterator[Change]:
    for node in _computing(code):
        yield code.replaced(node, f"with torch.no_grad(): {code.written(node)}")


def _body_under_no_grad(code: Code) -> Iterator[Change]:
    """The whole function runs without gradients: as under its decorator."""
    for node in code.walk(ast.FunctionDef):
        assert isinstance(node, ast.FunctionDef)
        if not node.decorator_list:
            start = code.start(node)
            indent = " " * node.col_offset
            yield Change(start=start, end=start, text=f"@torch.no_grad()\n{indent}")


def _cut(how: str) -> Operator:
    """What is computed leaves the graph, in whole assignments."""

    def changes(code: Code) -> Iterator[Change]:
        for node in _computing(code):
            outside = isinstance(node.value, ast.Call) and called_name(node.value) in OUTSIDE
            if isinstance(node.targets[0], ast.Name) and not outside:
                yield code.replaced(node.value, f"{code.grouped(node.value)}{how}")

    name = how.strip(".()").replace("_", "-")
    return Operator(name=f"result-{name}", about=f"what is computed gets {how}", changes=changes)


def _operand_cut(how: str) -> Operator:
    """One operand leaves the graph: the product rule has one term only."""

    def changes(code: Code) -> Iterator[Change]:
        for node in code.walk(ast.BinOp, ast.Call):
            operands = [node.left, node.right] if isinstance(node, ast.BinOp) else _tensors_of(node)
            for operand in operands:
                if isinstance(operand, ast.Name) and operand.id not in code.modules:
                    yield code.replaced(operand, f"{operand.id}{how}")

    name = how.strip(".()").replace("_", "-")
    return Operator(name=f"operand-{name}", about=f"an operand gets {how}", changes=changes)


def _tensors_of(node: ast.AST) -> list[ast.expr]:
    """The arguments of torch's functions of tensors, such as ``torch.dot(x, x)``."""
    assert isinstance(node, ast.Call)
    function = node.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "torch":
        return node.args
    return []


def _computing(code: Code) -> Iterator[ast.Assign]:
    """The assignments that compute something of tensors. What makes the first tensors computes nothing."""
    for node in code.walk(ast.Assign):
        assert isinstance(node, ast.Assign)
        computes = isinstance(node.value, ast.BinOp | ast.Call | ast.IfExp) and not makes_data(node.value)
        if computes and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name | ast.Tuple):
            yield node


OUTSIDE = frozenset(("detach", "numpy", "item", "tolist", "subplots", "figure"))
"""Calls whose results are outside of the graph anyway."""


OPERATORS = (
    Operator(name="drop-detach", about="detach() or .data is left out", changes=_without_cuts),
    Operator(name="clone-for-detach", about="clone() in the place of detach()", changes=_only_cloned),
    Operator(name="drop-clone", about="a copy is left out", changes=_not_cloned),
    Operator(name="drop-no-grad", about="no_grad is left out", changes=_without_no_grad),
    Operator(name="under-no-grad", about="a statement runs under no_grad", changes=_under_no_grad),
    Operator(name="function-under-no-grad", about="a function runs under no_grad", changes=_body_under_no_grad),
    _cut(".detach()"),
    _operand_cut(".detach()"),
    _operand_cut(".data"),
    _operand_cut(".item()"),
)
