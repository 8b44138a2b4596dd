"""The lines on which code binds a name: ``u = y.detach()``, ``for u in …``, ``with … as u``, ``(u := …)``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from grader.submission.statements import is_main_guard
from grader.submission.written_code import parse_with_written

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """A top-level statement without the functions in it, or a function without those inside: the lines that bind names.

    ``first`` and ``last`` are its own lines. All lines count from 1.
    """

    first: int
    last: int
    lines: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scopes:
    statements: list[_Scope] = field(default_factory=list)
    functions: dict[str, list[_Scope]] = field(default_factory=dict)


def line_in_statement(code: str, name: str, line: int) -> int | None:
    """The line on which the statement that is on some line binds a name, outside of functions.

    The last one, or inside of a block the last one that is not below the given line. None: it binds no such name, or
    there is no such statement.
    """
    statement = next((scope for scope in _scopes(code).statements if scope.first <= line <= scope.last), None)
    if statement is None:
        return None
    found = (bound for bound in statement.lines.get(name, ()) if line == statement.first or bound <= line)
    return max(found, default=None)


def line_in_function(code: str, name: str, function: str, line: int) -> int | None:
    """The last line before another one, or on it, on which the functions of some name bind a name.

    Where there is none before it, the first one below; None: they do not bind it.
    """
    functions = _scopes(code).functions.get(function, [])
    running = [scope for scope in functions if scope.first <= line <= scope.last]
    found = sorted(bound for scope in running or functions for bound in scope.lines.get(name, ()))
    return max((bound for bound in found if bound <= line), default=found[0] if found else None)


@lru_cache(maxsize=64)  # a check asks for many moments of one cell
def _scopes(code: str) -> _Scopes:
    """Everything that a cell's code binds; nothing if it does not parse."""
    tree = parse_with_written(code)
    scopes = _Scopes()
    for statement in () if tree is None else _top_level(tree.body):
        outer = _Scope(first=statement.lineno, last=statement.end_lineno or statement.lineno)
        scopes.statements.append(outer)
        waiting: list[tuple[ast.AST, _Scope]] = [(statement, outer)]
        while waiting:
            node, scope = waiting.pop()
            if isinstance(node, _Function):
                scope = _Scope(first=node.lineno, last=node.end_lineno or node.lineno)
                scopes.functions.setdefault(node.name, []).append(scope)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                scope.lines.setdefault(node.id, []).append(node.lineno)
            if not isinstance(node, ast.Lambda):
                waiting.extend((child, scope) for child in ast.iter_child_nodes(node))
    return scopes


def _top_level(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The top-level statements, for which those of a main guard count too."""
    for statement in body:
        if isinstance(statement, ast.If) and is_main_guard(statement):
            yield from statement.body
        else:
            yield statement
