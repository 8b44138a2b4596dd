"""Takes Markdown apart into headings and the texts between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from grader.model import Prose
from grader.text_bounds import TITLE, bounded

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

LONGEST_TEXT = 20_000
"""Characters of one Markdown text that are read."""
TEXT_BUDGET = 512 * 1024
"""Characters of Markdown that are read for one submission; they take about a second."""
# A paragraph that is a single line in bold: many students write headings this way.
_BOLD_LINE = re.compile(r"(\*\*|__)(?:(?!\1).)+\1[:\uff1a]?")
LOWEST_LEVEL = 7
"""Of lines in bold and titles of cells, below the six levels of Markdown."""
_Heading = tuple[tuple[int, int], int, str]
"""First line and end line (exclusive) from 0, level, title."""


class ProseReader:
    """Reads the Markdown of one submission, as much of it as the budget allows."""

    def __init__(self) -> None:
        self._budget = TEXT_BUDGET

    def read(self, markdown: str, *, after: int, first_line: int) -> Iterator[Prose]:
        """Headings and texts of the next Markdown text, which follows ``after`` code cells and begins on line
        ``first_line`` (0: not known).
        """
        text = markdown[: min(LONGEST_TEXT, self._budget)].replace("\0", "\ufffd")  # as CommonMark wants it
        self._budget -= len(text)
        lines = text.split("\n")
        begin = 0
        for (start, end), level, title in _headings(text):
            yield from _prose(lines, begin, start, after, first_line)
            begin = end
            if title:
                yield Prose(text=title, level=level, after=after, line=first_line and first_line + start)
        yield from _prose(lines, begin, len(lines), after, first_line)


def _prose(lines: Sequence[str], start: int, end: int, after: int, first_line: int) -> Iterator[Prose]:
    """The lines from ``start`` up to ``end`` without blank lines around them; nothing if all are blank."""
    while start < end and not lines[start].strip():
        start += 1
    text = "\n".join(lines[start:end]).strip()
    if text:
        yield Prose(text=text, after=after, line=first_line and first_line + start)


@lru_cache(maxsize=256)  # the handout's texts are in every submission of a class
def _headings(text: str) -> tuple[_Heading, ...]:
    return tuple(_find_headings(text))


def _find_headings(text: str) -> Iterator[_Heading]:
    if not any(markup in text for markup in ("#", "===", "---", "**", "__")):
        return
    for opening, content in pairwise(markdown().parse(text)):
        if not opening.map or not content.content:
            continue
        start, end = opening.map
        if opening.type == "heading_open":
            yield (start, end), int(opening.tag.removeprefix("h")), _without_markup(content.content)
        elif opening.type == "paragraph_open" and _BOLD_LINE.fullmatch(content.content):
            yield (start, end), LOWEST_LEVEL, _without_markup(content.content)


def _without_markup(title: str) -> str:
    """A title on one line, without markup for emphasis and code."""
    return " ".join(re.sub(r"[*`]|__", "", bounded(title, TITLE)).split())


@cache
def markdown() -> MarkdownIt:
    """A CommonMark parser for blocks."""
    from markdown_it import MarkdownIt

    # Inline markup is not parsed: it takes time, and no heading or fence is inside a paragraph.
    return MarkdownIt("commonmark").disable("inline")
