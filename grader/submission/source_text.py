"""Normalizes the text of a student's file. (``grader.text`` makes text safe to display.)"""

from __future__ import annotations


def normalize(text: str) -> str:
    r"""``text`` without a byte order mark, with lines that end in ``\n`` as in Python, and encodable as UTF-8."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    # JSON can contain single surrogates. A pair becomes its character, a lone surrogate a replacement character.
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
