"""Lists of names in notices: only the first few names are shown, and long names are cut."""

from __future__ import annotations

from collections.abc import Sequence

from grader.text import shorten

_SHOWN = 8
_LONGEST = 120


def list_names(names: Sequence[str]) -> str:
    """``a, b and c``; of many names the first eight and the number of the others: ``a, b, … and 12 more``."""
    shown = [shorten(name, _LONGEST) for name in names[:_SHOWN]]
    rest = len(names) - len(shown)
    last = f"{rest} more" if rest else shown.pop()
    return f"{', '.join(shown)} and {last}" if shown else last
