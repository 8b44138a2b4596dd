"""Questions that are known by hashes of their word sequences, so that a course can know a text that it may not copy.

A question is the set of the hashes of all its pairs of neighbouring words; in Chinese, Japanese and Korean, of all its
triples of characters. A repeated question shares most of them, also where words were changed or left out. The hashes
have no order, so they do not give the text back.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from grader.judging.sections.wordings import is_in_han, normalized

HASH_DIGITS = 8
"""Hexadecimal digits of a hash."""
_FACTOR = 0x9E3779B1
"""An odd number without a pattern, so that the order of the words matters."""
_MASK = (1 << (4 * HASH_DIGITS)) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedQuestion:
    """A question, by its hashes."""

    exercise: str | None
    """The id of the exercise that it asks for. None: of no exercise of the course; it ends the section before it."""
    hashes: frozenset[str]


def hashes_of(text: str) -> frozenset[str]:
    """The hashes of the word sequences of a text; empty for less than two words or three characters."""
    return frozenset(f"{value:0{HASH_DIGITS}x}" for value in hash_values(normalized(text)))


def hash_values(words: str) -> frozenset[int]:
    """As ``hashes_of``, of a normalized text and as numbers."""
    if is_in_han(words):
        hashed = [_hash(character) for character in words]
        return frozenset(
            [
                (one * _FACTOR * _FACTOR + two * _FACTOR + three) & _MASK
                for one, two, three in zip(hashed, hashed[1:], hashed[2:], strict=False)
            ]
        )
    hashed = [_hash(word) for word in words.split(" ")]
    return frozenset([(one * _FACTOR + two) & _MASK for one, two in pairwise(hashed)])


@lru_cache(maxsize=65_536)  # texts use few different words, and the hash is slow
def _hash(word: str) -> int:
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=HASH_DIGITS // 2)
    return int.from_bytes(digest.digest())
