"""The branches in the functions of a piece of code, and which of them some lines that ran have taken. Pure.

``if``, ``elif``, ``while``, ``for``, ``case`` and ``except`` are branches, and so is ``a if b else c`` where its parts
are on lines of their own (``split_lines``). ``and``, ``or`` and comprehensions are none: of them lines tell nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Lines = frozenset[tuple[int, int]]
"""Lines that ran, each with the line before it; 0 as in ``FunctionCall.lines``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One of the ways that the code goes on from a line. ``function`` is the name of the innermost function."""

    function: str
    line: int
    text: str
    """What has to happen: "`x > 0` is true"."""
    is_taken: bool


def find_branches(code: str, lines: Lines) -> tuple[Branch, ...]:
    """The branches of all functions of which some line ran."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    entered = {line for before, line in lines if before == 0}
    return tuple(
        branch
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and _begins(function) in entered
        for branch in _of_function(function, lines)
    )


def _begins(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([function.lineno, *(each.lineno for each in function.decorator_list)])


def _of_function(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: Lines) -> Iterator[Branch]:
    for node in (*_own_statements(function.body), *_own_expressions(function)):
        for line, text, is_taken in _ways(node, lines):
            yield Branch(function=function.name, line=line, text=text, is_taken=is_taken)


def _own_statements(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """The statements of a function, without those of functions and classes in it."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        yield node
        for field in ("body", "orelse", "finalbody"):
            yield from _own_statements(getattr(node, field, ()))
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            yield part
            yield from _own_statements(part.body)


def _own_expressions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.IfExp):
            yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _own_expressions(child)


def _ways(node: ast.AST, lines: Lines) -> Iterator[tuple[int, str, bool]]:
    match node:
        case ast.If(test=test, body=body, orelse=orelse) | ast.While(test=test, body=body, orelse=orelse):
            if isinstance(test, ast.Constant) or _is_on_one_line(node):
                return
            asked = f"`{ast.unparse(test)}`"
            yield test.lineno, f"{asked} is true", _runs(body, lines)
            if isinstance(node, ast.While):
                return  # a loop that ends has seen its condition fail, or was left by a line of its own
            if orelse:
                # `elif` has a condition of its own, which is looked at where this one is not true.
                yield test.lineno, f"{asked} is not true", _runs(orelse, lines)
            else:
                yield test.lineno, f"{asked} is not true", _leaves(test, body, lines)
        case ast.IfExp(test=test, body=value, orelse=other):
            if len({test.lineno, value.lineno, other.lineno}) == 3:
                yield test.lineno, f"`{ast.unparse(test)}` is true", _runs([value], lines)
                yield test.lineno, f"`{ast.unparse(test)}` is not true", _runs([other], lines)
        case ast.For(body=body) | ast.AsyncFor(body=body):
            if not _is_on_one_line(node):
                yield node.lineno, f"the loop over `{ast.unparse(node.iter)}` turns", _runs(body, lines)
        case ast.match_case(pattern=pattern, body=body):
            yield pattern.lineno, f"the case `{ast.unparse(pattern)}` applies", _runs(body, lines)
        case ast.ExceptHandler(type=kind, body=body):
            caught = "an error" if kind is None else f"`{ast.unparse(kind)}`"
            yield node.lineno, f"{caught} is caught", _runs(body, lines)


def _is_on_one_line(node: ast.stmt) -> bool:
    """Whether the body stands on the line of the condition, so that lines tell nothing."""
    return node.lineno == node.end_lineno or getattr(node, "body")[0].lineno == node.lineno  # noqa: B009


def _runs(body: Sequence[ast.stmt | ast.expr], lines: Lines) -> bool:
    first, last = body[0].lineno, body[-1].end_lineno or body[-1].lineno
    return any(first <= line <= last for before, line in lines if before)


def _leaves(test: ast.expr, body: Sequence[ast.stmt], lines: Lines) -> bool:
    """Whether the code went on from a condition to neither the condition nor the body: it was not true."""
    asked = range(test.lineno, (test.end_lineno or test.lineno) + 1)
    inside = range(body[0].lineno, (body[-1].end_lineno or body[-1].lineno) + 1)
    return any(before in asked and line not in asked and line not in inside for before, line in lines)
