"""How alike two texts are: a question as an instructor words it, and as a student repeats it.

Texts are compared by the pairs of characters that they share in Chinese, Japanese or Korean, and by triples elsewhere
(Dice's coefficient of the two multisets). That survives edits, lost markup and lost punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

LONGEST_QUESTION = 420
"""Characters; a longer text is not compared with questions."""
_SHORTEST_PARAGRAPH = 30
"""Characters of a paragraph of a statement that is taken for a question."""
_HAN = re.compile("[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]")
_SPACE_BESIDE_HAN = re.compile(rf"(?<={_HAN.pattern}) | (?={_HAN.pattern})")
_HAN_SHARE = 0.25
"""From this share of Han characters on, a text is compared by pairs."""
_MARKUP = re.compile(
    r"<[^<>\n]{1,200}>|!?\[[^\]\n]{0,200}\]\([^)\n]{0,2000}\)|\\(?:begin|end)\{\w+\}|\\[a-zA-Z]+|&\w{2,6};|\\n"
)
_CODE_SPAN = re.compile(r"`[^`\n]*`")
_OTHER = re.compile(r"[\W_]+")
# "2.", "(2)", "Exercise 2:" before a question. Without it, the question is the same.
_NUMBER_MARK = re.compile(
    r"(?:[-*+>#\s]*)(?:(?:exercise|ex|question|q|problem|task|练习|練習|问题|問題|作业|習題|习题|题目|题)\W{0,3}\d{1,2}\W{0,3}"
    r"|\(?\d{1,3}(?:\.\d{1,3})*\s*[.):、\s])+"
)


@dataclass(frozen=True, slots=True)
class Profile:
    """A text as it is compared."""

    text: str
    """In lower case, without markup, punctuation and number marks."""
    in_han: bool
    grams: Mapping[str, int]
    total: int
    """How many pairs or triples of characters."""


@lru_cache(maxsize=16_384)  # students of a class share the handout's texts
def profile_of(text: str) -> Profile:
    """The profile of a text of at most a few hundred characters."""
    words = normalized(text)
    in_han = is_in_han(words)
    width = 2 if in_han else 3
    grams = Counter([words[start : start + width] for start in range(len(words) - width + 1)])
    return Profile(words, in_han, grams, grams.total())


def normalized(text: str) -> str:
    """A text in lower case, without markup, punctuation and a number mark, and without spaces beside Han characters."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = text.casefold()
    if mark := _NUMBER_MARK.match(text):
        text = text[mark.end() :]
    if "\\" in text or "<" in text or "&" in text or "](" in text:
        text = _MARKUP.sub(" ", text)
    text = _OTHER.sub(" ", text).strip()
    return text if text.isascii() else _SPACE_BESIDE_HAN.sub("", text)


def is_in_han(words: str) -> bool:
    """Whether Han characters, kana or Hangul make up enough of a text for it to be compared by pairs."""
    return not words.isascii() and len(_HAN.findall(words)) >= _HAN_SHARE * len(words)


def count_letters(text: str) -> int:
    """How much a text says, in letters. A Han character counts for two, since it says as much as a syllable or more."""
    letters = sum(map(str.isalpha, text))
    return letters if text.isascii() else letters + len(_HAN.findall(text))


def dice(one: Mapping[Any, int], other: Mapping[Any, int], total: int) -> float:
    """Dice's coefficient of two multisets, given as counts, that have ``total`` elements together."""
    shared = sum([min(one[piece], other[piece]) for piece in one.keys() & other.keys()])
    return 2 * shared / total if total else 0.0


def questions_in(statement: str) -> tuple[str, ...]:
    """The paragraphs and list items of an exercise's statement, which students repeat as its question."""
    parts = re.split(r"\n\s*\n|\n(?=\s*(?:[-*+]|\d{1,3}[.)])\s)", statement)
    joined = (" ".join(part.split()) for part in parts)
    return tuple(part for part in joined if len(part) <= LONGEST_QUESTION and _says_enough(part))


def _says_enough(part: str) -> bool:
    """Whether a paragraph is a sentence with some code in it, rather than code that many people write."""
    words = "".join(_CODE_SPAN.split(part))
    return len(words) >= max(_SHORTEST_PARAGRAPH, len(part) / 2)
