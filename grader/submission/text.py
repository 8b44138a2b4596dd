"""Text as the rest of the grader may rely on it."""

from __future__ import annotations


def clean(text: str) -> str:
    """``text`` with lines that end in ``\\n``, as Python reads them, and nothing in it that UTF-8 cannot hold."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    # Halves of characters, which JSON can spell: whole where the other half follows, else a replacement character.
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
