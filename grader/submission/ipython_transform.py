"""IPython's own transformation of a cell to Python, with line numbers preserved.

Importing IPython takes a tenth of a second, so ``cell_translation`` imports this module only for a cell that needs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from IPython.core import inputtransformer2
from IPython.core.inputtransformer2 import TransformerManager

from grader.submission.tokens import WIDE

LONGEST_HELP = 1_000
"""Characters of a help request such as ``x?``; IPython searches it with a regular expression in quadratic time."""


class _SameLines(inputtransformer2.TokenTransformBase):
    """Makes a transformation keep the number of lines: IPython joins a command with continuation lines to one line."""

    def transform(self, lines: list[str]) -> list[str]:
        transformed: list[str] = super().transform(lines)
        removed = _newlines(lines) - _newlines(transformed)
        if removed < 0:
            raise SyntaxError("a form feed ended the command: IPython takes it for a line end, Python does not")
        after = self.start_line + 1
        return [*transformed[:after], *["\n"] * removed, *transformed[after:]]


class _MagicAssign(_SameLines, inputtransformer2.MagicAssign):
    pass


class _SystemAssign(_SameLines, inputtransformer2.SystemAssign):
    pass


class _EscapedCommand(_SameLines, inputtransformer2.EscapedCommand):
    pass


class _HelpEnd(_SameLines, inputtransformer2.HelpEnd):
    def transform(self, lines: list[str]) -> list[str]:
        if sum(map(len, lines[self.start_line : self.q_line + 1])) > LONGEST_HELP:
            raise SyntaxError("too long to be a question about a name")
        return super().transform(lines)


class LineKeepingTransformer(TransformerManager):
    """IPython's transformer, with as many lines in the result as in the cell, and with a time limit.

    IPython tokenizes the whole cell again after every replacement. ``budget`` is the number of characters that it may
    tokenize in all, so that a hostile notebook cannot keep the grader busy.
    """

    def __init__(self, budget: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # IPython has few types
        self._budget = budget
        self.cleanup_transforms.remove(inputtransformer2.leading_empty_lines)
        self.token_transformers = [_MagicAssign, _SystemAssign, _EscapedCommand, _HelpEnd]

    def do_one_token_transform(self, lines: list[str]) -> Any:
        self._budget -= sum(map(len, lines))
        if self._budget < 0:
            raise RuntimeError("too much IPython syntax")
        return super().do_one_token_transform(lines)  # type: ignore[no-untyped-call]  # IPython has few types

    def transform(self, cell: str) -> str:
        """The cell as Python, with a ``%%`` cell as a single call; unchanged if IPython cannot transform it."""
        if WIDE.search(cell):
            return cell
        lines = cell.split("\n")
        blank = next((number for number, line in enumerate(lines) if line and not line.isspace()), 0)
        rest = "\n".join(lines[blank:])
        try:
            transformed = self.transform_cell(rest)
        except Exception:  # IPython may fail in any way on text that is not its syntax
            return cell
        code = "\n" * blank + transformed.rstrip("\n")
        return code + "\n" * (cell.count("\n") - code.count("\n"))


def _newlines(lines: Sequence[str]) -> int:
    return sum(line.count("\n") for line in lines)
