"""Whether a text says what keywords stand for. Words alone do not: a list of them, or their denial, answers nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

Groups = Sequence[Sequence[str]]

GAP = "…"
"""In a phrase: a few words of the same clause."""
MAX_GAP = 40
"""Characters of these words. What is further apart belongs to something else."""
MAX_HITS = 0.7
"""The greatest share of keywords among the words of sentences."""
MAX_LETTERS = 20_000
"""Characters of a text that are looked at."""

_CLAUSE_END = re.compile(
    r"[.;!?,\u3002\uff1b\uff01\uff1f\uff0c](?:\s|$|(?<=[\u3002\uff1b\uff01\uff1f\uff0c]))"
    r"|\n\s*\n|\n\s*(?:[-*]|\d+[.)])\s|\b(?:but|whereas|while|although)\b|\u4f46|\u800c(?!\u4e14)",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not(?! only)|cannot|never|neither|nor|without|no(?! matter))\b|n['\u2019]t\b"
    r"|\u4e0d(?:\u9700\u8981|\u5fc5|\u7528|\u4f1a|\u80fd|\u5b58|\u4fdd|\u8bb0|\u662f)|\u5e76\u4e0d|\u6ca1\u6709|\u65e0\u9700|\u65e0\u987b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_HAN = re.compile(r"[\u3400-\u9fff]")


def says(text: str, groups: Groups, doubts: Sequence[str] = ()) -> bool:
    """Whether a text has a word of every group, none of them denied, in sentences, and no phrase of ``doubts``.

    A word may be the beginning of a longer one. A phrase may have a gap: ``reverse … input`` is found where both stand
    close to each other in this order in one clause.
    """
    said = _said(text)
    patterns = [_pattern(group) for group in groups]
    if not all(any(map(pattern.search, said)) for pattern in patterns):
        return False
    if find_doubt(text, doubts):
        return False
    return not _is_list([word for group in groups for word in group], said)


def find_doubt(text: str, doubts: Sequence[str]) -> str:
    """The first phrase of ``doubts`` that a text says; empty if it says none."""
    said = _said(text)
    return next((doubt for doubt in doubts if any(map(_phrase(doubt).search, said))), "")


def _said(text: str) -> list[str]:
    """The clauses of a text that deny nothing."""
    clauses = (clause for clause in _CLAUSE_END.split(text[:MAX_LETTERS].casefold()) if clause.strip())
    return [clause for clause in clauses if not _DENIED.search(clause)]


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words, or a longer word that begins with one of them."""
    return re.compile(rf"(?<![a-z])(?:{'|'.join(re.escape(word.strip().casefold()) for word in words)})")


def _phrase(doubt: str) -> re.Pattern[str]:
    parts = (re.escape(part.strip().casefold()) for part in doubt.split(GAP))
    return re.compile("(?<![a-z])" + rf".{{0,{MAX_GAP}}}?(?<![a-z])".join(parts), re.DOTALL)


def _is_list(keywords: Sequence[str], clauses: Iterable[str]) -> bool:
    """Whether the clauses that have keywords are made of little else."""
    pattern = _pattern(sorted(keywords, key=len, reverse=True))
    found = words = 0
    for clause in clauses:
        hits = sum(len(_words(match[0])) for match in pattern.finditer(clause))
        if hits:
            found += hits
            words += len(_words(clause))
    return found > MAX_HITS * words


def _words(text: str) -> list[str]:
    """The words of a text; of Chinese, the characters."""
    return [*_HAN.findall(text), *_WORD.findall(_HAN.sub(" ", text))]
