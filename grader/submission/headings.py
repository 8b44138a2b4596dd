"""What the text around a cell says that it is about."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

LONGEST_HEADING = 200
LONGEST_TEXT = 20_000
TEXT_BUDGET = 512 * 1024
"""Characters of Markdown that are read for headings: of one cell, and of one submission, about a second's worth."""


class Outline:
    """The headings that hold at the place that was read up to."""

    def __init__(self) -> None:
        self._path: list[tuple[int, str]] = []
        self._budget = TEXT_BUDGET

    def read(self, markdown: str) -> None:
        """Goes on through a Markdown text. A heading ends those of its own level and below."""
        text = markdown[: min(LONGEST_TEXT, self._budget)]
        self._budget -= len(text)
        if "#" not in text and "===" not in text and "---" not in text:
            return
        tokens = _markdown().parse(text)
        for opening, content in pairwise(tokens):
            if opening.type == "heading_open" and content.content:
                level = int(opening.tag.removeprefix("h"))
                self._path = [(above, title) for above, title in self._path if above < level]
                self._path.append((level, _without_marks(content.content)))

    @property
    def path(self) -> tuple[str, ...]:
        """From the innermost heading outwards."""
        return tuple(title for _, title in reversed(self._path))


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
    return " ".join(title[:LONGEST_HEADING].replace("*", "").replace("`", "").split())


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # Blocks are enough: what stands within a paragraph can be no heading.
    return MarkdownIt("commonmark").disable("inline")
