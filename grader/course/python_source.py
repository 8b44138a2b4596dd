"""Python source with some statements left out and without comments, on the same lines as far as nothing is left out.

Messages name lines of helper modules, so that these stay where they are.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Sequence


def source_of(content: bytes, body: Sequence[tuple[ast.stmt, ast.stmt | None]]) -> str:
    """``content`` is what was parsed; ``body`` its outermost statements, each with what stands in its place: itself,
    another statement, or nothing.
    """
    kept = ast.Module(body=[new for _, new in body if new is not None], type_ignores=[])
    text = _edited(content, body)
    try:
        is_right = ast.dump(ast.parse(text)) == ast.dump(ast.parse(ast.unparse(kept)))
    except SyntaxError:
        is_right = False
    return text if is_right else f"{ast.unparse(kept)}\n"


def _edited(content: bytes, body: Sequence[tuple[ast.stmt, ast.stmt | None]]) -> str:
    lines = _without_comments(content)
    for old, new in reversed(body):
        if new is not old:
            first = min(old.lineno, *(one.lineno for one in getattr(old, "decorator_list", ())), old.lineno)
            lines[first - 1 : old.end_lineno] = [] if new is None else ast.unparse(new).splitlines()
    return "\n".join(lines).rstrip("\n") + "\n"


def _without_comments(content: bytes) -> list[str]:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    lines = content.decode(encoding).splitlines()
    for token in tokenize.tokenize(io.BytesIO(content).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return lines
