"""What all formats share: text made safe to show, numbers of points, places in words.

A report quotes its student at every turn: names, messages of exceptions, lines of source, the name of the file.
Such text must not move a cursor, colour a terminal, or turn the order of what follows it around.
"""

from __future__ import annotations

import re
import unicodedata

from grader import model

TAB = "    "

# Joiners are part of how emoji and several scripts are written, and move nothing.
_HARMLESS_FORMATS = frozenset("\u200c\u200d\u00ad")
# What CI services obey in a log: `##[error]` and `##vso[…]` anywhere in a line, `::error::` where one begins.
_COMMAND = re.compile(r"##(?=\w*\[)")
_COMMAND_LINE = re.compile(r"^([^\S\n]*)(?=::)", re.MULTILINE)
# Control, format (bidirectional overrides and invisible signs), surrogates, line and paragraph separators.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def clean(text: str) -> str:
    r"""The text with everything that a terminal, a browser or the log of a CI service would obey written out, as
    ``\x1b``.

    Line ends stay, in every form as ``\n``; tabs become four spaces.
    """
    text = text.replace("\r\n", "\n").replace("\t", TAB)
    if not text.isascii() or not text.replace("\n", "").isprintable():
        text = "".join(_written_out(sign) if _is_unsafe(sign) else sign for sign in text)
    return _COMMAND_LINE.sub(r"\1\\", _COMMAND.sub(r"\\x23#", text))


def clean_line(text: str) -> str:
    """The same on one line: line ends are written out too."""
    return clean(text.strip()).replace("\n", r"\n")


def without_commands(document: str) -> str:
    r"""A JSON text that says the same with ``##[``, which CI services obey anywhere in a line, as ``\u0023#[``."""
    return _COMMAND.sub(r"\\u0023#", document)


def _is_unsafe(sign: str) -> bool:
    return sign != "\n" and sign not in _HARMLESS_FORMATS and unicodedata.category(sign) in _UNSAFE_CATEGORIES


def _written_out(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` signs, with an ellipsis where some were left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def points(number: float) -> str:
    """Points as people write them: ``4``, ``2.5``, ``0.33``."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def rounded(number: float) -> float:
    """Points for programs, without the dust of binary sums; whole numbers as such: 4, 2.5, 0.3333."""
    cut = round(float(number), 4)
    return int(cut) if cut.is_integer() else cut


def place(location: model.Location) -> str:
    """``cell 3, line 2``, or ``line 17`` in a script without cells."""
    line = f"line {location.line}"
    return line if location.cell is None else f"cell {location.cell}, {line}"


def count(number: int, noun: str) -> str:
    """``1 check``, ``3 checks``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
