"""Suggestions in error messages: "did you mean …?" for a word that is not among the known ones."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable


def closest(word: str, known: Iterable[str], *, least: float = 0.6) -> str | None:
    """The known word that was most likely meant, whatever its case; None if no word is similar enough. ``least``: how
    similar it has to be, from 0 to 1.
    """
    by_lower = {name.lower(): name for name in sorted(known)}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=least)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, known: Collection[str], prefix: str = "") -> str:
    """``; did you mean `gradient`?`` for the closest known word, with ``prefix`` before it; empty if there is none."""
    meant = closest(word, known)
    return f"; did you mean `{prefix}{meant}`?" if meant else ""


def did_you_mean_or_all(word: str, known: Collection[str]) -> str:
    """As ``did_you_mean``, followed by the list of all known words."""
    listed = ", ".join(sorted(known))
    hint = did_you_mean(word, known)
    return f"{hint} Known: {listed}" if hint else f"; known: {listed}"
