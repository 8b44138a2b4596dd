"""Which parts of a submission say that they are about an exercise. Headings put candidates first; they exclude none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from grader.exercise import Exercise
from grader.handout import Handout
from grader.model import Place, Prose, Submission


class Scope:
    """The cells and texts whose heading, tag or title names an exercise, or all of them where the file's name does.

    It also knows which cells are as they were handed out: those are nobody's answer.
    """

    def __init__(self, exercise: Exercise, submission: Submission, handout: Handout | None = None) -> None:
        self._keys = [_plain(text) for text in (exercise.id, exercise.title, *exercise.headings)]
        self._cells = frozenset(
            number for number, cell in enumerate(submission.cells) if self._is_named_by(cell.headings)
        )
        self.by_heading = bool(self._cells) or any(self._is_named_by(text.headings) for text in submission.prose)
        self.by_file = _plain(exercise.id) in _plain(PurePath(submission.path).stem)
        self._given = frozenset(
            number for number, cell in enumerate(submission.cells) if handout is not None and handout.has_cell(cell)
        )

    @property
    def named(self) -> bool:
        """Whether anything names the exercise at all."""
        return self.by_file or self.by_heading

    def __contains__(self, place: Place) -> bool:
        return not self.by_heading or place.cell in self._cells

    def covers(self, text: Prose) -> bool:
        """Whether a text stands under a heading that names the exercise, or the whole file is about it."""
        return self._is_named_by(text.headings) if self.by_heading else self.by_file

    def is_given(self, place: Place) -> bool:
        """Whether a place lies in a cell that students were given and that was left as it is."""
        return place.cell in self._given

    def _is_named_by(self, headings: Iterable[str]) -> bool:
        return any(key in _plain(heading) for heading in headings for key in self._keys)


def _plain(text: str) -> str:
    """Letters and digits of any script, lower case, single spaces, a space at both ends so that words match whole."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return f" {' '.join(words)} "
