"""Questions that are known by hashes of their word sequences, so that a course can know a text that it may not copy.

A question is the set of the hashes of all its pairs of neighbouring words; in Chinese, Japanese and Korean, of all its
triples of characters. A repeated question shares most of them, also where words were changed or left out. The hashes
are sorted, so they do not give the text back.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from grader.judging.sections.wordings import is_in_han, normalized

HASH_DIGITS = 8
"""Hexadecimal digits of a hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedQuestion:
    """A question, by its hashes."""

    exercise: str | None
    """The id of the exercise that it asks for. None: of no exercise of the course; it ends the section before it."""
    hashes: frozenset[str]


@lru_cache(maxsize=16_384)  # students of a class share the handout's texts
def hashes_of(text: str) -> frozenset[str]:
    """The hashes of the word sequences of a text; empty for less than two words or three characters."""
    words = normalized(text)
    if is_in_han(words):
        pieces = {words[start : start + 3] for start in range(len(words) - 2)}
    else:
        split = words.split(" ")
        pieces = {f"{one} {other}" for one, other in pairwise(split)}
    return frozenset(map(_digest, pieces))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=HASH_DIGITS // 2).hexdigest()
