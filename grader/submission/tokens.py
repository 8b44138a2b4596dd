"""Names, comments and strings in code that may be broken, told alike by every version of Python.

Regular expressions find them in linear time. Python's own tokenizer differs between versions: since 3.12 it splits an
f-string into several tokens and stops at the first error, where 3.11 reads on.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

TEXTS = re.compile(
    r"#(?P<comment>[^\n]*)"
    r"|(?P<prefix>\b[rbfutRBFUT]{1,2})?(?:"
    r"'''(?P<single>(?:[^\\']++|\\.|'(?!''))*+)(?:'''|\\?\Z)"
    r'|"""(?P<double>(?:[^\\"]++|\\.|"(?!""))*+)(?:"""|\\?\Z)'
    r"|'(?P<one>(?:[^\\'\n]++|\\.)*+)(?:'|(?=\n)|\\?\Z)"
    r'|"(?P<two>(?:[^\\"\n]++|\\.)*+)(?:"|(?=\n)|\\?\Z))',
    re.DOTALL,
)
"""A comment or a string; a string that has no end goes to the end of its line, in triple quotes to that of the code."""
WIDE = re.compile(r"([ \t\f]{100})[ \t\f]+")
"""More than 100 spaces in a row. Nobody types so many, and Python's tokenizer can take quadratic time for them."""
MAX_NESTED = 4
"""f-strings inside of each other that are looked into; with Python 3.11's rules there can be no more."""

_WORD = re.compile(r"(?P<name>[^\W\d]\w*)|\d[\w.]*|\.\.\.|[=!<>:+*/%&|^@-]=|[^\w\s\\]")
# What ends the text before a replacement field of an f-string, and what ends the code in the field.
_IN_TEXT = re.compile(r"\\N\{[^{}\n]{0,99}\}|\{\{|[{}]")
_IN_FIELD = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|!=|[{}()\[\]:!]")


@dataclass(frozen=True, slots=True)
class Token:
    """``code`` is anything that is neither a name (keywords included), nor a comment, nor a string."""

    kind: Literal["name", "comment", "string", "code"]
    text: str
    """Without ``#``, prefix or quotes."""
    line: int
    """The line on which it begins, from 1."""


def tokens_of(code: str) -> Iterator[Token]:
    """The tokens in order; after an f-string, those in its replacement fields, each field in braces."""
    starts = [0, *accumulate(len(line) + 1 for line in code.split("\n"))]
    for kind, start, text in _tokens(code, 0, MAX_NESTED):
        yield Token(kind, text, bisect_right(starts, start))


def text_in(match: re.Match[str]) -> str:
    """The text of a string that ``TEXTS`` found, without its quotes."""
    return next(filter(None, (match["single"], match["double"], match["one"], match["two"])), "")


def _tokens(
    code: str, offset: int, nested: int
) -> Iterator[tuple[Literal["name", "comment", "string", "code"], int, str]]:
    """Kind, start and text of each token; ``offset`` is added to the start."""
    position = 0
    for match in TEXTS.finditer(code):
        yield from _words(code, position, match.start(), offset)
        position = match.end()
        if match["comment"] is not None:
            yield "comment", offset + match.start(), match["comment"]
            continue
        text = text_in(match)
        yield "string", offset + match.start(), text
        if nested and not {"f", "t"}.isdisjoint((match["prefix"] or "").lower()):
            start = match.start(match.lastgroup or 0)
            for begin, end in _fields(text):
                yield "code", offset + start + begin, "{"
                yield from _tokens(text[begin:end], offset + start + begin, nested - 1)
                yield "code", offset + start + end, "}"
    yield from _words(code, position, len(code), offset)


def _words(code: str, start: int, end: int, offset: int) -> Iterator[tuple[Literal["name", "code"], int, str]]:
    for match in _WORD.finditer(code, start, end):
        yield "name" if match["name"] else "code", offset + match.start(), match[0]


def _fields(text: str) -> Iterator[tuple[int, int]]:
    """Where the code of each replacement field of an f-string begins and ends; a format may hold fields, too."""
    position, start = 0, 0
    opened: list[int] = []
    """Of each field that is open, the brackets that are open in its code; -1 in its format."""
    while match := (_IN_FIELD if opened and opened[-1] >= 0 else _IN_TEXT).search(text, position):
        position, sign = match.end(), match[0]
        if not opened or opened[-1] < 0:
            if sign == "{":
                opened.append(0)
                start = position
            elif sign == "}" and opened:
                opened.pop()
        elif sign in "([{":
            opened[-1] += 1
        elif sign in ")]}" and opened[-1]:
            opened[-1] -= 1
        elif sign in "}:!" and not opened[-1]:
            yield start, _without_equals_sign(text, start, match.start())
            if sign == "}":
                opened.pop()
            else:
                opened[-1] = -1
    if opened and opened[-1] >= 0:
        yield start, len(text)


def _without_equals_sign(text: str, start: int, end: int) -> int:
    """Where the code of a field ends; ``{x=}`` shows the name as well."""
    code = text[start:end].rstrip()
    return start + len(code) - 1 if code.endswith("=") else end
