"""Which conditions of a line ask for nothing but the sizes of leaves."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from typing import TypeGuard

from grader.language import expression
from grader.language.expression import Expression


def sizes_asked(line: Expression, leaves: Collection[str]) -> Iterator[Expression]:
    """Those conditions that ``and`` joins in a line, or the line itself, that read leaves only as ``size(w)``. Where
    one of them does not hold, the line does not.
    """
    is_and = isinstance(line.tree, ast.BoolOp) and isinstance(line.tree.op, ast.And)
    for part in line.tree.values if is_and and isinstance(line.tree, ast.BoolOp) else [line.tree]:
        nodes = list(ast.walk(part))
        measured = [node.args[0] for node in nodes if _is_size(node)]
        names = [node for node in nodes if isinstance(node, ast.Name) and node.id != "size"]
        if measured and all(name in measured and name.id in leaves for name in names):
            yield expression.parse(ast.unparse(part))


def _is_size(node: ast.AST) -> TypeGuard[ast.Call]:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "size"
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Name)
    )
