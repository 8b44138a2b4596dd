"""Python's own parser, guarded against code that would make it slow or crash it."""

from __future__ import annotations

import ast
import re
import warnings

LONGEST_LINE = 64 * 1024
"""Characters. Python 3.11 parses an f-string in time that grows with the square of the length of its line."""
LONGEST_NAME = 1_000
"""Dots in one import statement. For ``import a.a.a…``, Python's parser keeps every prefix: a gigabyte for one line."""

_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
"""Submissions are run as Jupyter runs cells: `await` may stand at the top level."""
_IMPORTED = re.compile(r"\b(?:from|import)\b(?:[\w.,() \t\f]|\\\n)*")


def is_parseable(code: str) -> bool:
    """Whether it is safe to give ``code`` to Python's parser. Says nothing about whether the code is valid."""
    if len(code) > LONGEST_LINE and max(map(len, code.split("\n"))) > LONGEST_LINE:
        return False
    if code.count(".") <= LONGEST_NAME:
        return True
    return all(found[0].count(".") <= LONGEST_NAME for found in _IMPORTED.finditer(code))


def parse(code: str) -> ast.Module | None:
    """The syntax tree; None if the code does not parse, or not in reasonable time."""
    tree = tree_or_error(code)
    return tree if isinstance(tree, ast.Module) else None


def tree_or_error(code: str) -> ast.Module | SyntaxError | None:
    """The syntax tree, or Python's syntax error; None if the parser could not be asked or failed otherwise."""
    if not is_parseable(code):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError, OverflowError):
        return None


def can_run(code: str) -> bool:
    """Whether the code compiles: it parses, and ``compile_error`` finds nothing."""
    if not is_parseable(code):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "<cell>", "exec", _AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return False
    return True


def compile_error(tree: ast.Module) -> SyntaxError | None:
    """The error of the first top-level statement that parses but does not compile, such as ``return`` outside of a
    function; None if all compile.
    """
    for statement in tree.body:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(ast.Module([statement], []), "<cell>", "exec", _AWAIT, dont_inherit=True)
        except SyntaxError as error:
            return error
        except (ValueError, RecursionError, MemoryError, OverflowError):
            return SyntaxError("too deeply nested")
    return None
