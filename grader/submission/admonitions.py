"""Admonitions and tabs of MkDocs (``!!! note``, ``??? success``, ``=== "Tab"``) as plain Markdown, line for line.

Their bodies are indented by four columns, which Markdown takes for the end of a paragraph or for a block of code: a
fence in them would lose its lines up to the first blank one, and its own marks would be read as code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

INDENT = 4
_MARKER = re.compile(r"(?:!!!|\?\?\?\+?)[ \t]+[\w\"'-]|={3}[!+]?[ \t]+[\"']")
FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
_PYTHON = re.compile(r"(?:`{3,}|~{3,})[ \t]*\{?[ \t.]*(?:python|py\b|ipython)", re.IGNORECASE)
_LIST_ITEM = re.compile(r"(?:[-+*]|\d{1,9}[.)])[ \t]")


@dataclass(slots=True)
class _Body:
    """An indented part: lines that begin at ``column`` or after it are in it, and are moved by ``shift`` columns."""

    column: int
    shift: int
    is_fence: bool = False
    """It is a single fence, and ends with it."""


def without_indentation(lines: Sequence[str]) -> list[str]:
    """The lines of a Markdown text, with the bodies of admonitions and tabs moved to the left."""
    bodies: list[_Body] = []
    result: list[str] = []
    fence = ""
    for line in lines:
        text = line.lstrip(" \t")
        if not text:
            result.append(line)
            continue
        column = len(line[: len(line) - len(text)].expandtabs(INDENT))
        while bodies and column < bodies[-1].column:
            bodies.pop()
            fence = ""
        before = result[-1] if result else ""
        found = FENCE.match(text)
        if not fence and found is not None and _is_lost(before, column - _shift(bodies), text):
            bodies.append(_Body(column=column, shift=column - _shift(bodies), is_fence=True))
        shift = _shift(bodies)
        result.append(" " * (column - shift) + text if shift else line)
        if fence:
            if text.rstrip() == text[0] * len(text.rstrip()) and text.startswith(fence):
                fence = ""
                if bodies and bodies[-1].is_fence:
                    bodies.pop()
        elif found is not None:
            fence = found[1] or found[2]
        elif _MARKER.match(text):
            bodies.append(_Body(column=column + INDENT, shift=INDENT))
    return result


def _shift(bodies: Sequence[_Body]) -> int:
    return sum(body.shift for body in bodies)


def _is_lost(before: str, column: int, text: str) -> bool:
    """Whether a fence is indented so far, right below a paragraph, that Markdown takes it for a part of that."""
    above = before.lstrip(" \t")
    is_below_text = bool(above) and len(before) - len(above) < INDENT and _LIST_ITEM.match(above) is None
    return column >= INDENT and is_below_text and _PYTHON.match(text) is not None


def with_fences_apart(lines: Sequence[str]) -> list[str]:
    """The lines with a blank one in the place of each HTML tag that a fence follows at once, as in ``<details>``.

    Markdown takes everything up to the next blank line for HTML.
    """
    pairs = zip(lines, [*lines[1:], ""], strict=True)
    return ["" if _is_tag(line) and FENCE.match(following.lstrip()) else line for line, following in pairs]


def _is_tag(line: str) -> bool:
    return line.lstrip().startswith("<") and line.rstrip().endswith(">")
