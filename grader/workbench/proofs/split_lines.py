"""Puts the parts of ``a if b else c`` on lines of their own, so that the lines that run tell which was taken."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitCode:
    """Code that does the same as before. ``lines`` has for each of its lines, from 1, that of the code before."""

    text: str
    lines: tuple[int, ...]

    def line_before(self, line: int) -> int:
        return self.lines[line - 1] if 0 < line <= len(self.lines) else line


def split_code(code: str) -> SplitCode:
    lines = code.split("\n")
    unchanged = SplitCode(text=code, lines=tuple(range(1, len(lines) + 1)))
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return unchanged
    raw = [line.encode() for line in lines]
    origin: list[int] = []
    written: list[bytes] = []
    # From the end, so that earlier positions stay as they are; of equal ones, what comes first stands first.
    for number, column, inserted in sorted(_insertions(tree), key=lambda one: one[:2], reverse=True):
        raw[number - 1] = raw[number - 1][:column] + inserted + raw[number - 1][column:]
    for number, line in enumerate(raw, start=1):
        parts = line.split(b"\n")
        written += parts
        origin += [number] * len(parts)
    text = b"\n".join(written).decode()
    try:
        is_same = ast.dump(ast.parse(text)) == ast.dump(tree)
    except (SyntaxError, ValueError):
        return unchanged
    return SplitCode(text=text, lines=tuple(origin)) if is_same else unchanged


def _insertions(tree: ast.AST) -> Iterator[tuple[int, int, bytes]]:
    """Line, column in bytes, and the text that is inserted there."""
    for node in _outside_of_formatted_texts(tree):
        if isinstance(node, ast.IfExp):
            yield node.lineno, node.col_offset, b"(\n"
            yield node.test.lineno, node.test.col_offset, b"\n"
            yield node.orelse.lineno, node.orelse.col_offset, b"\n"
            yield node.end_lineno or node.lineno, node.end_col_offset or 0, b")"


def _outside_of_formatted_texts(tree: ast.AST) -> Iterator[ast.AST]:
    """Python 3.11 does not know the positions of what stands in an f-string."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        if not isinstance(child, ast.JoinedStr):
            yield from _outside_of_formatted_texts(child)
