"""The lines on which code binds a name: ``u = y.detach()``, ``for u in …``, ``with … as u``, ``(u := …)``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache

from grader.submission.python_parser import parse
from grader.submission.statements import is_main_guard

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@lru_cache(maxsize=256)
def line_in_statement(code: str, name: str, line: int) -> int | None:
    """The line on which the statement that is on some line binds a name, outside of functions.

    Lines count from 1. The last one, or inside of a block the last one that is not below the given line. None: it binds
    no such name, or there is no such statement.
    """
    tree = parse(code)
    statement = None if tree is None else next(_statements_at(tree.body, line), None)
    if statement is None:
        return None
    found = [bound for bound in _lines(statement, name) if line == statement.lineno or bound <= line]
    return max(found, default=None)


@lru_cache(maxsize=256)
def line_in_function(code: str, name: str, function: str, line: int) -> int | None:
    """The last line before another one, or on it, on which the functions of some name bind a name.

    Lines count from 1. Where there is none before it, the first one below; None: they do not bind it.
    """
    tree = parse(code)
    if tree is None:
        return None
    functions = [node for node in ast.walk(tree) if isinstance(node, _Function) and node.name == function]
    running = [node for node in functions if node.lineno <= line <= (node.end_lineno or line)]
    found = sorted(bound for node in running or functions for bound in _lines(node, name))
    return max((bound for bound in found if bound <= line), default=found[0] if found else None)


def _statements_at(body: Sequence[ast.stmt], line: int) -> Iterator[ast.stmt]:
    for node in body:
        if node.lineno <= line <= (node.end_lineno or node.lineno):
            if isinstance(node, ast.If) and is_main_guard(node):
                yield from _statements_at(node.body, line)
            yield node


def _lines(root: ast.AST, name: str) -> Iterator[int]:
    """The lines that bind a name in one scope, without those of the functions inside."""
    waiting: list[ast.AST] = [*root.body] if isinstance(root, _Function) else [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            yield node.lineno
        if not isinstance(node, _Function | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
