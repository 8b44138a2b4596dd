"""Headings inside of a statement, moved below the heading of their exercise.

A heading as high as that of the exercise would end its section, so that answers below it would be about nothing.
"""

from __future__ import annotations

import re

_HEADING = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
LOWEST = 6


def below_heading(markdown: str, *, level: int) -> str:
    """The text with all its headings moved down by as much as puts the highest below ``level``."""
    lines = markdown.split("\n")
    headings = _headings(lines)
    if not headings:
        return markdown
    down = level + 1 - min(headings.values())
    if down > 0:
        for index, depth in headings.items():
            lines[index] = _HEADING.sub("#" * min(depth + down, LOWEST), lines[index], count=1)
    return "\n".join(lines)


def _headings(lines: list[str]) -> dict[int, int]:
    """The levels of the lines that are headings, by their index. Lines in fences are code."""
    found: dict[int, int] = {}
    fence = ""
    for index, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) and not line.strip(" `~") else fence
        elif mark:
            fence = mark[1]
        elif heading := _HEADING.match(line):
            found[index] = len(heading[1])
    return found
