"""The section of a submission that is about an exercise, found by headings, tags, titles and the file's name.

Sections only rank candidates: cells under other headings still count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath

from grader.model import Prose, RunPlace, Submission

# Han, kana, Hangul, and Thai to Khmer: scripts without spaces between words, or with endings joined to the word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
_WORD = re.compile(rf"\d+(?:\.\d+)*|[{_UNSPACED}]|[^\W\d_{_UNSPACED}]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseNames:
    """The texts by which a heading, tag, title or file name may name an exercise."""

    id: str
    title: str
    headings: tuple[str, ...] = ()


class Section:
    """The cells and texts about an exercise: its name is in their heading, tag or title, or in the file's name."""

    def __init__(
        self,
        exercise: ExerciseNames,
        submission: Submission,
        others: Iterable[ExerciseNames] = (),
        *,
        asked: bool = False,
    ) -> None:
        """``others`` are the course's exercises: a heading "vector control flow" does not name "control flow".

        ``asked``: the caller asked for this exercise alone, so the whole file is about it.
        """
        self.asked = asked
        self._keys = _keys_of(exercise)
        self._longer = [key for other in others if other.id != exercise.id for key in _keys_of(other)]
        self._cells = frozenset(
            number for number, cell in enumerate(submission.cells) if self._is_named_by(cell.headings)
        )
        self.by_heading = bool(self._cells) or any(self._is_named_by(text.headings) for text in submission.prose)
        self.by_file = asked or self._is_named_by([PurePath(submission.path).stem])

    @property
    def named(self) -> bool:
        """Whether anything names the exercise."""
        return self.by_file or self.by_heading

    @property
    def cells(self) -> frozenset[int]:
        """The positions of the cells whose heading, tag or title names the exercise."""
        return self._cells

    def __contains__(self, place: RunPlace) -> bool:
        return not self.by_heading or place.cell in self._cells

    def covers(self, text: Prose) -> bool:
        """Whether a text is under a heading that names the exercise, or the whole file is about it."""
        return self._is_named_by(text.headings) if self.by_heading else self.by_file

    def _is_named_by(self, headings: Iterable[str]) -> bool:
        return any(self._names(heading) for heading in map(_plain, headings))

    def _names(self, heading: str) -> bool:
        """Whether a heading has a name of the exercise that is not part of another exercise's longer name."""
        return any(
            key in heading and not any(key in longer and key != longer and longer in heading for longer in self._longer)
            for key in self._keys
        )


def _keys_of(exercise: ExerciseNames) -> tuple[str, ...]:
    return _keys((exercise.id, exercise.title, *exercise.headings))


@lru_cache(maxsize=1024)  # every submission is searched for the same exercises
def _keys(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key for key in map(_plain, names) if key)


@lru_cache(maxsize=4096)  # every exercise is compared with the same headings
def _plain(text: str) -> str:
    """The words of a text in lower case, separated and surrounded by spaces, so that only whole words match.

    A number is a word (``练习3``, ``Q3:``) and keeps its dots: 2.5 does not match 2.5.2, nor 1 match 12. In scripts
    without spaces every character is a word.
    """
    words = _WORD.findall(unicodedata.normalize("NFKC", text.replace("№", " ")).casefold())
    return f" {' '.join(words)} " if words else ""
