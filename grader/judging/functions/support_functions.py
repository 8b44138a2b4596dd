"""Whether the functions of a course's ``support/`` that exercises name are there."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.suggestions import did_you_mean

SUPPORT = "support"


def what_is_wrong_with_function(course: Path, module: Sequence[str], function: str) -> str | None:
    """Why ``support/`` of a course has no such function, in words for the instructor; None: it may have it.

    The module is parsed, not imported. Where it imports everything of another module, nothing is known.
    """
    folder = course / SUPPORT
    path = folder.joinpath(*module[:-1], f"{module[-1]}.py")
    if not path.is_file():
        path = folder.joinpath(*module, "__init__.py")
    shown = "/".join((SUPPORT, *module))
    if not path.is_file():
        known = [file.stem for file in path.parent.parent.glob("*.py")] if path.parent.parent.is_dir() else []
        return f"there is no {shown}.py in the course's folder{did_you_mean(module[-1], known)}"
    try:
        names = set(_names_in(ast.parse(path.read_text("utf-8"))))
    except (OSError, ValueError, SyntaxError) as error:
        where = f"line {error.lineno}: " if isinstance(error, SyntaxError) else ""
        return f"{shown}.py cannot be read: {where}{error.msg if isinstance(error, SyntaxError) else error}"
    if function in names or "*" in names:
        return None
    return f"{shown}.py has no function `{function}`{did_you_mean(function, names)}"


def _names_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (alias.asname or alias.name for alias in names)
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
