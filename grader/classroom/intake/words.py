"""Names in notices: a few of many, and none too long."""

from __future__ import annotations

from collections.abc import Sequence

from grader.text import shorten

_SHOWN = 8
_LONGEST = 120


def some(names: Sequence[str]) -> str:
    """``a, b and c``; of many the first few, with how many there are beside."""
    shown = [shorten(name, _LONGEST) for name in names[:_SHOWN]]
    rest = len(names) - len(shown)
    last = f"{rest} more" if rest else shown.pop()
    return f"{', '.join(shown)} and {last}" if shown else last
