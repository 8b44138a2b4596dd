"""Which parts of a submission say that they are about an exercise. Headings put candidates first; they exclude none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import PurePath

from grader.course.exercise import Exercise
from grader.model import Prose, RunPlace, Submission
from grader.submission.fingerprints import Handout

# Han, kana, Hangul, and Thai to Khmer: written without spaces, or with endings joined to the word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
_WORD = re.compile(rf"\d+(?:\.\d+)*|[{_UNSPACED}]|[^\W\d_{_UNSPACED}]+")


class Scope:
    """The cells and texts whose heading, tag or title names an exercise, or all of them where the file's name does.

    It also knows which cells are as they were handed out: those are nobody's answer.
    """

    def __init__(
        self,
        exercise: Exercise,
        submission: Submission,
        handout: Handout | None = None,
        others: Iterable[Exercise] = (),
        *,
        asked: bool = False,
    ) -> None:
        """``others`` are the course's exercises: "vector control flow" does not name the exercise "control flow".
        ``asked``: whoever hands the submission over says that it is about this exercise and no other.
        """
        self.asked = asked
        self._keys = _keys_of(exercise)
        self._longer = [key for other in others if other.id != exercise.id for key in _keys_of(other)]
        self._cells = frozenset(
            number for number, cell in enumerate(submission.cells) if self._is_named_by(cell.headings)
        )
        self.by_heading = bool(self._cells) or any(self._is_named_by(text.headings) for text in submission.prose)
        self.by_file = asked or self._is_named_by([PurePath(submission.path).stem])
        self._submission = submission
        self._handout = handout or Handout()

    @property
    def named(self) -> bool:
        """Whether anything names the exercise at all."""
        return self.by_file or self.by_heading

    @property
    def cells(self) -> frozenset[int]:
        """The positions of the cells that a heading, tag or title gives to the exercise."""
        return self._cells

    def __contains__(self, place: RunPlace) -> bool:
        return not self.by_heading or place.cell in self._cells

    def covers(self, text: Prose) -> bool:
        """Whether a text stands under a heading that names the exercise, or the whole file is about it."""
        return self._is_named_by(text.headings) if self.by_heading else self.by_file

    def is_given(self, place: RunPlace) -> bool:
        """Whether a place lies in a cell that students were given and that was left as it is."""
        cells = self._submission.cells
        return 0 <= place.cell < len(cells) and self._handout.has_cell(cells[place.cell])

    def _is_named_by(self, headings: Iterable[str]) -> bool:
        return any(self._names(heading) for heading in map(_plain, headings))

    def _names(self, heading: str) -> bool:
        """Whether a name of the exercise stands in a heading, and not as a part of another exercise's longer name."""
        return any(
            key in heading and not any(key in longer and key != longer and longer in heading for longer in self._longer)
            for key in self._keys
        )


def _keys_of(exercise: Exercise) -> tuple[str, ...]:
    """The texts that name an exercise."""
    return _keys((exercise.id, exercise.title, *exercise.headings))


@lru_cache(maxsize=1024)  # the same exercises are looked for in every submission
def _keys(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key for key in map(_plain, names) if key)


@lru_cache(maxsize=4096)  # the same headings are held against every exercise
def _plain(text: str) -> str:
    """The words of a text, in lower case and with a space around each, so that they match whole.

    Numbers are words of their own (``练习3``, ``Q3:``), with all their dots: 2.5 is not in 2.5.2, nor 1 in 12. Scripts
    that put no spaces between words match sign by sign.
    """
    words = _WORD.findall(unicodedata.normalize("NFKC", text.replace("№", " ")).casefold())
    return f" {' '.join(words)} " if words else ""
