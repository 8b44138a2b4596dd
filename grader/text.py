"""Text for people: untrusted text made safe to show, shortened text, numbers of points, singular and plural.

Reports quote the student: names, messages of exceptions, lines of source, file names. Such text must not move the
cursor, colour the terminal, or reverse the reading order of what follows it.
"""

from __future__ import annotations

import re
import unicodedata

TAB = "    "

# Joiners and the soft hyphen: emoji and several scripts need them, and they do not move other text.
_HARMLESS_FORMATS = frozenset("\u200c\u200d\u00ad")
# Commands that CI services execute in a log: `##[error]` and `##vso[…]` anywhere in a line, `::error::` at its start.
_COMMAND = re.compile(r"##(?=\w*\[)")
_COMMAND_LINE = re.compile(r"^([^\S\n]*)(?=::)", re.MULTILINE)
# Control, format (bidirectional overrides, invisible characters), surrogates, line and paragraph separators.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Letters and signs that show nothing: Hangul fillers, the blank of Braille, the Khmer inherent vowels, a joiner.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Variation selectors choose the form of the character before them. Emoji need them; alone they show nothing.
_SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def clean(text: str) -> str:
    r"""The text with unsafe characters escaped (as ``\x1b``), and with CI commands broken up by a backslash.

    Line ends of every form become ``\n``; tabs become four spaces.
    """
    if text.isascii() and text.isprintable() and "##" not in text and "::" not in text:
        return text  # as nearly all is, of the tens of thousands of texts of a page
    text = text.replace("\r\n", "\n").replace("\t", TAB)
    if not text.isascii() or not text.replace("\n", "").isprintable():
        text = "".join(_escaped(character) if _is_unsafe(character) else character for character in text)
    return _COMMAND_LINE.sub(r"\1\\", _COMMAND.sub(r"\\x23#", text))


def clean_line(text: str) -> str:
    r"""As ``clean``, on one line: line ends are escaped as ``\n`` too."""
    return clean(text.strip()).replace("\n", r"\n")


def without_commands(document: str) -> str:
    r"""An equal JSON text with ``\u0023#[`` for ``##[``, which CI services execute anywhere in a line of a log."""
    return _COMMAND.sub(r"\\u0023#", document)


def _is_unsafe(character: str) -> bool:
    if character == "\n" or character in _HARMLESS_FORMATS:
        return False
    return character in _BLANKS or unicodedata.category(character) in _UNSAFE_CATEGORIES


def is_visible(character: str) -> bool:
    """Whether a character shows anything by itself."""
    is_nothing = character.isspace() or character in _BLANKS or _SELECTORS.match(character) is not None
    return not is_nothing and unicodedata.category(character) not in {*_UNSAFE_CATEGORIES, "Cn", "Co"}


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters; an ellipsis stands for what was cut off."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def as_sentence(text: str) -> str:
    """The text with one sign at its end: its own, or a full stop."""
    text = text.rstrip()
    # A sentence in brackets has its own sign inside: "(It does not.)"
    last = text.rstrip(")\uff09")[-1:]
    return text if not text or last in ".?!…。\uff1f\uff01" else f"{text}."


def points(number: float) -> str:
    """Points for people: ``4``, ``2.5``, ``0.33``."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def rounded(number: float) -> float:
    """Points for programs, rounded to two decimals; whole numbers as integers: 4, 2.5, 0.33."""
    cut = round(float(number), 2)
    return int(cut) if cut.is_integer() else cut


def capitalized(text: str) -> str:
    """The text with a capital first letter, and the rest as it is."""
    return text[:1].upper() + text[1:]


def count(number: int, noun: str) -> str:
    """``1 check``, ``3 checks``, ``2,000 checks``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def reflowed(markdown: str) -> str:
    """Markdown with each paragraph and list item on one line, for a terminal to wrap. A text with fenced code stays as
    it is.
    """
    if "```" in markdown:
        return markdown
    return re.sub(r"(?<=[^\n])\n {0,3}(?![-*+>#|]|\d+\.)(?=\S)", " ", markdown)
