"""The names of exercises in titles: id, title and ``headings`` of an exercise, as whole words in any case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# Han, kana, Hangul, and Thai to Khmer: scripts without spaces between words, or with endings joined to the word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
_WORD = re.compile(rf"\d+(?:\.\d+)*|[{_UNSPACED}]|[^\W\d_{_UNSPACED}]+")
MOST_OF_A_TITLE = 0.5
"""The part of a list item or comment that a name must make up where it does not begin it; less only mentions it."""
LONG_NAME = 16
"""Characters of a name, spaces included, with which no sentence begins by chance."""
WHOLE_TITLE = 0.95
"""The part of a function's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseNames:
    """The texts by which people name an exercise, and by which they repeat its question."""

    id: str
    title: str
    headings: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    """Wordings of its question."""


class NameIndex:
    """Finds which exercises a text names.

    A heading "vector control flow" does not name an exercise "control flow" if another has that longer name.
    """

    def __init__(self, exercises: Sequence[ExerciseNames]) -> None:
        self._keys: dict[str, list[tuple[str, str]]] = {}
        """By their first words, so that most texts need no search."""
        self._ids: set[tuple[str, str]] = set()
        """Ids in words, which are often names of subjects, such as "control flow"."""
        for exercise in exercises:
            named = [plain(name) for name in (exercise.title, *exercise.headings)]
            identity = plain(exercise.id)
            if identity not in named:
                self._ids.add((identity, exercise.id))
            for key in (identity, *named):
                if key:
                    self._keys.setdefault(key.split()[0], []).append((key, exercise.id))
        self._first_words = frozenset(self._keys)
        self._named_in = lru_cache(maxsize=8192)(self._find)  # students of a class share the handout's texts

    def named_in(self, text: str, *, share: float = 0.0) -> frozenset[str]:
        """The ids of the exercises that a text names.

        ``share``: how much of the text a name must make up. Up to MOST_OF_A_TITLE, it may also begin the text.
        """
        return frozenset(owner for _, owner in self._named_in(text, share))

    def is_certain(self, text: str) -> bool:
        """Whether a name in a title says more than a number there: it is long, or an id as it is written."""
        return any(len(key) >= LONG_NAME or owner in text for key, owner in self._named_in(text, 0.0))

    def narrowed(self, title: str, candidates: frozenset[str]) -> frozenset[str]:
        """Those of the candidates whose ids have in them a name that a title has."""
        keys = [key for key, _ in self._named_in(title, 0.0)]
        return frozenset(candidate for candidate in candidates if any(key in plain(candidate) for key in keys))

    def is_most(self, text: str) -> bool:
        """Whether a name makes up most of a title."""
        return bool(self._named_in(text, MOST_OF_A_TITLE + 0.01))

    def _find(self, text: str, share: float) -> frozenset[tuple[str, str]]:
        words = plain(text)
        first_words = self._first_words.intersection(words.split())
        if not first_words:
            return frozenset()
        found = [(key, owner) for first in first_words for key, owner in self._keys[first] if key in words]
        return frozenset(
            (key, owner)
            for key, owner in found
            if not any(owner != other and self._is_better(longer, key, owner) for longer, other in found)
            and (len(key) >= share * len(words) or (share <= MOST_OF_A_TITLE and _may_begin(key, words)))
        )

    def _is_better(self, other: str, key: str, owner: str) -> bool:
        """Whether another exercise's name says more: it has this name in it, or this name is only an id in words."""
        return (key in other and key != other) or ((key, owner) in self._ids and len(key) < LONG_NAME)


def _may_begin(key: str, words: str) -> bool:
    """Whether a text begins with a name that is long enough or has a number."""
    return words.startswith(key) and (len(key) >= LONG_NAME or any(map(str.isdigit, key)))


@lru_cache(maxsize=8192)  # students of a class share the handout's texts
def plain(text: str) -> str:
    """The words of a text in lower case, separated and surrounded by spaces, so that only whole words match.

    A number is a word (``练习3``, ``Q3:``) and keeps its dots: 2.5 does not match 2.5.2, nor 1 match 12. In scripts
    without spaces every character is a word.
    """
    words = _WORD.findall(unicodedata.normalize("NFKC", text.replace("№", " ")).casefold())
    return f" {' '.join(words)} " if words else ""
