"""Documents for readers that take no more than so many bytes: texts are shortened until all of it fits."""

from __future__ import annotations

from collections.abc import Callable

from grader.text import shorten

LENGTHS = (4_000, 1_000, 300, 100, 30, 0)
"""Characters of each text, tried one after the other."""


def fitting(document: Callable[[int], str], most: int) -> str:
    """The document with the longest texts of at most ``most`` bytes; with the shortest, where none is that short."""
    text = ""
    for length in LENGTHS:
        text = document(length)
        if len(text.encode()) <= most:
            break
    return text


def cut(text: str, length: int) -> str:
    """The text, shortened to ``length`` characters, which may be none."""
    return shorten(text, length) if length else ""
