"""What the text around a cell says that it is about."""

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
TEXT_BUDGET = 512 * 1024
"""Characters of Markdown that are read for headings: of one cell, and of one submission, about a second's worth."""
# A line in bold letters, which is what many write for a heading.
_BOLD_LINE = re.compile(r"(\*\*|__)(?:(?!\1).)+\1[:\uff1a]?")
_BELOW_ALL = 7
_Heading = tuple[tuple[int, int], int, str]
"""Lines from and up to, level and title."""


class Outline:
    """The headings that hold at the place that was read up to."""

    def __init__(self) -> None:
        self._path: list[tuple[int, str]] = []
        self._budget = TEXT_BUDGET

    def read(self, markdown: str, *, after: int) -> Iterator[Prose]:
        """Goes on through a Markdown text that stands after so many code cells; gives what is written under each
        heading. A heading ends those of its own level and below.
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
        """From the innermost heading outwards."""
        return tuple(title for _, title in reversed(self._path))


@lru_cache(maxsize=256)  # what was handed out stands in every submission of a class
def _headings(text: str) -> tuple[_Heading, ...]:
    return tuple(_find_headings(text))


def _find_headings(text: str) -> Iterator[_Heading]:
    if not any(sign in text for sign in ("#", "===", "---", "**", "__")):
        return
    for opening, content in pairwise(markdown().parse(text)):
        if not opening.map or not content.content:
            continue
        start, end = opening.map
        if opening.type == "heading_open":
            yield (start, end), int(opening.tag.removeprefix("h")), _without_marks(content.content)
        elif opening.type == "paragraph_open" and _BOLD_LINE.fullmatch(content.content):
            yield (start, end), _BELOW_ALL, _without_marks(content.content)


def leading_comment(code: str) -> str | None:
    """The comment that a cell begins with, without its signs: ``# ### 2.5.1`` is ``2.5.1``."""
    for line in code.split("\n"):
        text = line.strip()
        if text.startswith("#") and "coding" not in text and not text.startswith("#!"):
            if title := _without_marks(text.strip("# \t")):
                return title
        elif text and not text.startswith("#"):
            return None
    return None


def _without_marks(title: str) -> str:
    """A title as a person reads it: on one line, without emphasis."""
    return " ".join(re.sub(r"[*`]|__", "", title[:LONGEST_HEADING]).split())


@cache
def markdown() -> MarkdownIt:
    """A parser of CommonMark."""
    from markdown_it import MarkdownIt

    # Blocks are enough: what stands within a paragraph can be no heading.
    return MarkdownIt("commonmark").disable("inline")
