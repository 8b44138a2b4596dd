"""How long text from outside may be, in one table; and how such text is cut and cleaned where it enters.

A student sizes names, messages of exceptions, lines of source and file names. Whatever goes from there into a frame, a
row of the gradebook or a report is cut to its bound here, once, so that every later stage may rely on it. Where text
was cut, an ellipsis says so. NUL and lone surrogates, which databases refuse, are written out (``\\x00``).

The recorder in the sandbox has bounds of its own, which are not larger. A forged record need not keep them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from grader.text import is_visible

_CUT = "…"
_DIGEST = 24
"""Hexadecimal digits by which two long paths are told apart whose beginnings and ends are equal. With fewer of them,
two such paths with equal digests could be searched for.
"""
_LOOKS_WRITTEN = re.compile(rf"\\x00|\\ud[89a-f][0-9a-f]{{2}}|{_CUT}[0-9a-f]{{{_DIGEST}}}{_CUT}")
"""What stands in a path that was written out or cut. In a path from outside it may be there as text."""
_BYTES_OF_A_CHARACTER = 12
_JSON_OF_A_BYTE = 6
"""At most so many bytes of ASCII JSON stand for a character, as in ``\\ud83d\\ude00``, and for a byte of UTF-8, as in
``\\u0001``.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBound:
    """The longest text of a kind: ``characters``, and ``bytes`` in UTF-8."""

    characters: int
    bytes: int

    @property
    def json_bytes(self) -> int:
        """The most bytes that such a text has in ASCII JSON, without the quotes."""
        return min(_BYTES_OF_A_CHARACTER * self.characters, _JSON_OF_A_BYTE * self.bytes)


# From a run's record, and from the file that was handed in.
NAME = TextBound(characters=200, bytes=600)
"""A variable, a function, the type of an exception, a call of torch."""
TEXT = TextBound(characters=2_000, bytes=6_000)
"""The message of an exception or a warning; the value of a string; why a statement is broken."""
LABEL = TextBound(characters=500, bytes=1_500)
"""Titles and labels of a figure."""
OUTPUT = TextBound(characters=400_000, bytes=1_200_000)
"""What was printed, in an event. It is looked at by checks, and goes into no report."""
SOURCE_LINE = TextBound(characters=240, bytes=720)
"""A line of the student's code, as a report quotes it. The code itself runs uncut (``submission.size_limits``)."""
TITLE = TextBound(characters=200, bytes=600)
"""A heading, a tag, a name in a notebook's metadata."""
NOTE = TextBound(characters=500, bytes=1_500)
"""A remark about a run."""

# What the judge, and the checks of installed packages, say of a submission, and what they quote.
MESSAGE = TextBound(characters=2_000, bytes=6_000)
VALUE = TextBound(characters=600, bytes=1_800)
CODE = TextBound(characters=2_500, bytes=7_500)
"""Lines that a person has to look at."""
WORDS = TextBound(characters=20_000, bytes=60_000)
"""What was written about an exercise."""

# From file names and from what a platform exports. The columns of the gradebook take 512 characters.
PATH = TextBound(characters=500, bytes=1_500)
PERSON = TextBound(characters=200, bytes=600)
"""A student's name, number or address."""
KEY = TextBound(characters=500, bytes=1_500)
"""What a platform tells a student from others by."""

# What the grader says when it fails, which may quote anything.
REASON = TextBound(characters=2_000, bytes=6_000)
LOG_ENTRY = TextBound(characters=100_000, bytes=300_000)


def bounded(text: str, bound: TextBound) -> str:
    """The text, cut to its bound, without NUL and lone surrogates. Takes time by the bound, not by the text."""
    if len(text) <= bound.characters and text.isascii() and "\0" not in text:
        return text
    written = _written_out(text[: bound.characters])
    if len(text) <= bound.characters and _fits(written, bound):
        return written
    return _start(written, bound.characters - len(_CUT), bound.bytes - len(_CUT.encode())).rstrip() + _CUT


def bounded_name(text: str, bound: TextBound) -> str:
    """As ``bounded``; where no character of a name can be seen, they are written out: ``\\u3164``."""
    if text and not any(map(is_visible, text[: bound.characters])):
        text = "".join(f"\\u{ord(character):04x}" for character in text[: bound.characters])
    return bounded(text, bound)


def bounded_path(path: str, bound: TextBound = PATH) -> str:
    """As ``bounded``, for what must stay distinct: two paths are never equal afterwards. A path that is too long is cut
    in its middle, where a digest then stands; so is a path that reads as if this had been done to another. Its end is
    kept, because the suffix says the format.
    """
    if len(path) <= bound.characters and _LOOKS_WRITTEN.search(path) is None:
        written = _written_out(path)
        if _fits(written, bound):
            return written
    digest = hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]
    middle = f"{_CUT}{digest}{_CUT}"
    half = (bound.characters - len(middle)) // 2, (bound.bytes - len(middle.encode())) // 2
    start, end = _written_out(path[: bound.characters]), _written_out(path[-bound.characters :])
    if len(path) <= half[0]:  # the digest stands between its stem and its suffix
        stem, dot, suffix = path.rpartition(".")
        start, end = _written_out(stem if dot else path), _written_out(f".{suffix}" if dot else "")
    return f"{_start(start, *half)}{middle}{_end(end, *half)}"


def _written_out(text: str) -> str:
    return text.replace("\0", r"\x00").encode("utf-8", "backslashreplace").decode("utf-8")


def _fits(text: str, bound: TextBound) -> bool:
    return len(text) <= bound.characters and len(text.encode()) <= bound.bytes


def _start(text: str, characters: int, size: int) -> str:
    return text[:characters].encode()[:size].decode("utf-8", "ignore")


def _end(text: str, characters: int, size: int) -> str:
    return text[-characters:].encode()[-size:].decode("utf-8", "ignore")
