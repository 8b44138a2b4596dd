"""Names in notices: a few of many, and none too long."""

from __future__ import annotations

from collections.abc import Sequence

_SHOWN = 8
_LONGEST = 120


def some(names: Sequence[str]) -> str:
    """``a, b and c``; of many the first few, with how many there are beside."""
    shown = [name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…" for name in names[:_SHOWN]]
    rest = len(names) - len(shown)
    last = f"{rest} more" if rest else shown.pop()
    return f"{', '.join(shown)} and {last}" if shown else last


def count(number: int, noun: str) -> str:
    """``1 file``, ``3 files``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
