"""Which cells of a submission say that they are about an exercise. Headings put candidates first; they exclude none."""

from __future__ import annotations

import re
from pathlib import PurePath

from grader.exercise import Exercise
from grader.model import Place, Submission


class Scope:
    """The cells whose heading, tag or title names an exercise, or all of them where the file's name does."""

    def __init__(self, exercise: Exercise, submission: Submission) -> None:
        keys = [_plain(text) for text in (exercise.id, exercise.title, *exercise.headings)]
        self._cells = frozenset(
            number
            for number, cell in enumerate(submission.cells)
            if any(key in _plain(heading) for heading in cell.headings for key in keys)
        )
        stem = _plain(PurePath(submission.path).stem)
        self._whole = _plain(exercise.id) in stem

    @property
    def named(self) -> bool:
        """Whether anything names the exercise at all."""
        return self._whole or bool(self._cells)

    def __contains__(self, place: Place) -> bool:
        return not self._cells or place.cell in self._cells


def _plain(text: str) -> str:
    """Letters and digits of any script, lower case, single spaces, a space at both ends so that words match whole."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return f" {' '.join(words)} "
