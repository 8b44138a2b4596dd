"""Which modules the code of a submission imports, read from its syntax; nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.submission.magics import magic_calls
from grader.submission.python_parser import parse

LONGEST_NAME = 100
MAX_MODULES = 200
"""Modules of one submission."""
_CATCHING = frozenset({"BaseException", "Exception", "ImportError", "ModuleNotFoundError"})


def imported_modules(code: Iterable[str]) -> tuple[str, ...]:
    """The packages at the top of the modules that pieces of code need, in the order in which they come.

    An import that the code does without, inside a ``try`` that catches its error, needs nothing. Nor does that of a
    module that the code itself writes with ``%%writefile``.
    """
    found: dict[str, None] = {}
    written: set[str] = set()
    for piece in code:
        tree = parse(piece)
        if tree is None:
            continue
        found |= dict.fromkeys(_needed(tree))
        if "get_ipython" in piece:
            written |= set(_written(tree))
    return tuple(name for name in found if name not in written and len(name) <= LONGEST_NAME)[:MAX_MODULES]


def _needed(tree: ast.Module) -> Iterator[str]:
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.module and not node.level:
                yield node.module.partition(".")[0]
        elif isinstance(node, ast.Try) and any(map(_catches, node.handlers)):
            waiting += [*node.finalbody, *node.orelse]
            waiting += [statement for handler in node.handlers for statement in handler.body]
        else:
            waiting += reversed(list(ast.iter_child_nodes(node)))


def _catches(handler: ast.ExceptHandler) -> bool:
    """Whether a handler catches the error of an import."""
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in _CATCHING for kind in kinds)


def _written(tree: ast.Module) -> Iterator[str]:
    for call in magic_calls(tree):
        if call.name in {"writefile", "file"}:
            for word in call.argument.split():
                yield word.removesuffix(".py").split("/")[0]
                yield word.removesuffix(".py").rpartition("/")[2]
