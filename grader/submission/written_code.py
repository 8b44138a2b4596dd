"""The code that a cell writes into a module with ``%%writefile``, read as code of the cell: it is the student's."""

from __future__ import annotations

import ast

from grader.submission.magics import magic_calls
from grader.submission.python_parser import parse

WRITES = frozenset({"file", "writefile"})


def parse_with_written(code: str) -> ast.Module | None:
    """The syntax tree of a cell, in which the code of a written module stands in the place of the magic's call.

    None if the cell does not parse. Line numbers are those of the cell.
    """
    tree = parse(code)
    if tree is not None and "run_cell_magic" in code:
        body: list[ast.stmt] = []
        for node in tree.body:
            written = _written(node)
            body += [node] if written is None else written.body
        tree.body = body
    return tree


def text_with_written(code: str) -> str:
    """The code of a cell; of one that writes a module, that of the module on the same lines."""
    if "run_cell_magic" in code and (tree := parse_with_written(code)) is not None:
        for call in magic_calls(parse(code) or tree):
            if call.name in WRITES and call.node.end_lineno != call.line:
                return "\n" * call.line + call.body
    return code


def _written(node: ast.stmt) -> ast.Module | None:
    """The code that a statement writes line by line below its first line; None: it writes none."""
    if not isinstance(node, ast.Expr):
        return None
    for call in magic_calls(node):
        count = call.body.count("\n")
        if call.name in WRITES and call.argument.endswith(".py") and 0 < count == (node.end_lineno or 0) - node.lineno:
            tree = parse(call.body)
            return None if tree is None else ast.increment_lineno(tree, node.lineno)
    return None
