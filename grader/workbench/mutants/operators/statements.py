"""Whole statements that are left out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.workbench.mutants.code import Change, Code, Operator


def _without(code: Code) -> Iterator[Change]:
    for node in code.statements():
        if "manual_seed" not in code.written(node):
            yield code.replaced(node, "pass")


def _empty_functions(code: Code) -> Iterator[Change]:
    for node in code.walk(ast.FunctionDef):
        assert isinstance(node, ast.FunctionDef)
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        if body:
            yield Change(start=code.start(body[0]), end=code.end(body[-1]), text="raise NotImplementedError")


OPERATORS = (
    Operator(name="drop-statement", about="a statement is left out", changes=_without),
    Operator(name="empty-function", about="a function has no body", changes=_empty_functions),
)
