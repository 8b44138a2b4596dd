"""Which headings apply to a cell: those of the Markdown above it, and the comment that it begins with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from grader.model import Prose

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

LONGEST_HEADING = 200
LONGEST_TEXT = 20_000
"""Characters of one Markdown text that are read."""
TEXT_BUDGET = 512 * 1024
"""Characters of Markdown that are read for one submission; they take about a second."""
# A paragraph that is a single line in bold: many students write headings this way.
_BOLD_LINE = re.compile(r"(\*\*|__)(?:(?!\1).)+\1[:\uff1a]?")
_BOLD_LEVEL = 7
"""Below the six levels of Markdown."""
_Heading = tuple[tuple[int, int], int, str]
"""First line and end line (exclusive) from 0, level, title."""


class Outline:
    """Keeps track of the headings that apply while a submission is read from top to bottom."""

    def __init__(self) -> None:
        self._path: list[tuple[int, str]] = []
        self._budget = TEXT_BUDGET

    def read(self, markdown: str, *, after: int) -> Iterator[Prose]:
        """Reads the next Markdown text, which follows ``after`` code cells, and yields its prose, heading by heading.

        A heading replaces the headings of its own level and below.
        """
        text = markdown[: min(LONGEST_TEXT, self._budget)]
        self._budget -= len(text)
        lines = text.split("\n")
        begin = 0
        for (start, end), level, title in _headings(text):
            yield from self._prose(lines[begin:start], after)
            begin = end
            self._path = [(above, heading) for above, heading in self._path if above < level]
            self._path.append((level, title))
        yield from self._prose(lines[begin:], after)

    def _prose(self, lines: Sequence[str], after: int) -> Iterator[Prose]:
        text = "\n".join(lines).strip()
        if text:
            yield Prose(text=text, headings=self.path, after=after)

    @property
    def path(self) -> tuple[str, ...]:
        """The headings that apply, innermost first."""
        return tuple(title for _, title in reversed(self._path))


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
            yield (start, end), _BOLD_LEVEL, _without_markup(content.content)


def leading_comment(code: str) -> str | None:
    """The comment at the beginning of a cell, without ``#`` and spaces: ``2.5.1`` for ``# ### 2.5.1``."""
    for line in code.split("\n"):
        text = line.strip()
        if text.startswith("#") and "coding" not in text and not text.startswith("#!"):
            if title := _without_markup(text.strip("# \t")):
                return title
        elif text and not text.startswith("#"):
            return None
    return None


def _without_markup(title: str) -> str:
    """A title on one line, without markup for emphasis and code."""
    return " ".join(re.sub(r"[*`]|__", "", title[:LONGEST_HEADING]).split())


@cache
def markdown() -> MarkdownIt:
    """A CommonMark parser for blocks."""
    from markdown_it import MarkdownIt

    # Inline markup is not parsed: it takes time, and no heading or fence is inside a paragraph.
    return MarkdownIt("commonmark").disable("inline")
