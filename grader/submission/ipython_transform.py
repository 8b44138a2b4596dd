"""IPython's own transformation of a cell to Python, with line numbers preserved.

Importing IPython takes a tenth of a second, so ``cell_translation`` imports this module only for a cell that needs it.
"""

from __future__ import annotations

import tokenize
from collections.abc import Iterator, Sequence
from contextlib import suppress
from tokenize import TokenInfo
from typing import Any

from IPython.core import inputtransformer2
from IPython.core.inputtransformer2 import TransformerManager

from grader.submission.tokens import WIDE

LONGEST_HELP = 1_000
"""Characters of a help request such as ``x?``; IPython searches it with a regular expression in quadratic time."""
_NEVER_VALID = frozenset("'\"\\")
"""First signs of invalid tokens. Python 3.11 reads on after such a token, later versions do not."""

_FSTRING_START, _FSTRING_END = (getattr(tokenize, name, None) for name in ("FSTRING_START", "FSTRING_END"))


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
        self.token_transformers: list[Any] = [_MagicAssign, _SystemAssign, _EscapedCommand, _HelpEnd]

    def do_one_token_transform(self, lines: list[str]) -> tuple[bool, list[str]]:
        self._budget -= sum(map(len, lines))
        if self._budget < 0:
            raise RuntimeError("too much IPython syntax")
        # As in IPython, which reads nothing after an error of the tokenizer on Python 3.12 and later.
        tokens = tokens_by_line(lines)
        found = filter(None, (kind.find(tokens) for kind in self.token_transformers))
        for transformer in sorted(found, key=inputtransformer2.TokenTransformBase.sortby):
            with suppress(SyntaxError):
                return True, transformer.transform(lines)
        return False, lines

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


def tokens_by_line(lines: Sequence[str]) -> list[list[TokenInfo]]:
    """Python's tokens of each logical line, alike on every version of Python: after an error, such as a quote that is
    never closed, they go on with the next line.
    """
    rows: list[list[TokenInfo]] = [[]]
    depth = 0
    for token in _tolerant_tokens(lines):
        rows[-1].append(token)
        if token.type == tokenize.ERRORTOKEN and not token.string:
            depth = 0
        elif token.type in (tokenize.NEWLINE, tokenize.NL) and depth == 0:
            rows.append([])
        elif token.type == tokenize.OP and token.string in {"(", "[", "{"}:
            depth += 1
        elif token.type == tokenize.OP and token.string in {")", "]", "}"}:
            depth = max(0, depth - 1)
    return rows if rows[-1] else rows[:-1]


def _tolerant_tokens(lines: Sequence[str]) -> Iterator[TokenInfo]:
    start = 0
    while start < len(lines):
        open_texts: list[int] = []
        braces: list[int] = []
        """Of f-strings that have not ended, since Python 3.12: their rows, and how many braces are open in them."""
        try:
            for token in tokenize.generate_tokens(map(lines.__getitem__, range(start, len(lines))).__next__):
                row = start + token.start[0]
                if token.type == tokenize.ERRORTOKEN and token.string[:1] in _NEVER_VALID:
                    raise tokenize.TokenError("never valid", token.start)  # as since Python 3.12
                if token.type == _FSTRING_START:
                    open_texts.append(row)
                    braces.append(0)
                elif token.type == _FSTRING_END:
                    open_texts.pop()
                    if braces.pop() > 0:
                        raise tokenize.TokenError("a replacement field is never closed", token.start)
                elif braces and token.type == tokenize.OP and token.string in ("{", "}"):
                    braces[-1] += 1 if token.string == "{" else -1
                if token.type != tokenize.ENDMARKER:
                    end = (start + token.end[0], token.end[1])
                    yield token._replace(start=(row, token.start[1]), end=end)
            return
        except tokenize.TokenError as error:
            if "EOF" not in str(error.args[0]):
                row = start + int(error.args[1][0])
            elif open_texts:
                row = open_texts[0]
            else:
                return  # a bracket or a text in triple quotes that is never closed: the rest belongs to it
            following = row
        except IndentationError as error:
            row = start + (error.lineno or 1)
            following = row - 1  # a tokenizer that starts there accepts any indentation
        row = min(row, len(lines))
        for kind in (tokenize.ERRORTOKEN, tokenize.NEWLINE):
            yield TokenInfo(kind, "", (row, 0), (row, 0), lines[row - 1])
        start = max(following, start + 1)


def _newlines(lines: Sequence[str]) -> int:
    return sum(line.count("\n") for line in lines)
