"""Finds what each part of a submission is about: once, for all exercises.

Headings, list items, bold lines, comments that begin a block, banners, docstrings, tags and titles open a section where
they name an exercise, give its number or repeat its question; a repeated question opens one anywhere. A section ends
where the next begins: at the next opener, at another question of the sheet, at a heading about something else, at the
next number. What a sentence only mentions, and a number that fits two exercises, rank candidates and open nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePath

from grader.judging.sections.hashed_questions import HashedQuestion
from grader.judging.sections.names import ExerciseNames, NameIndex
from grader.judging.sections.numbers import Numbering, number_mark
from grader.judging.sections.question_index import QuestionIndex
from grader.judging.sections.section import NOBODY, Owners, Section
from grader.judging.sections.section_reader import SectionReader, exercises_in
from grader.model import Submission
from grader.submission.fingerprints import Handout


def find_sections(
    submission: Submission,
    exercises: Sequence[ExerciseNames],
    *,
    others: Sequence[ExerciseNames] = (),
    questions: Sequence[HashedQuestion] = (),
    numbers: Mapping[str, Iterable[str]] | None = None,
    handout: Handout | None = None,
    asked: bool = False,
) -> dict[str, Section]:
    """The section of each of the exercises, by its id.

    ``others`` are further exercises of the course, ``questions`` the questions that are known by hashes; both end the
    sections of other exercises. ``numbers`` are the assignment's numbers of exercises, by their ids. A heading of the
    ``handout`` names an exercise only as a title: the handout was not written about these exercises. ``asked``: the
    caller asked for a single exercise, so that the whole file is about it.
    """
    names, index = _indexes((*exercises, *others), tuple(questions))
    numbering = Numbering(numbers or {})
    whole = SectionReader(submission, names, index, numbering, handout or Handout()).read()
    titles = [PurePath(submission.path).stem, *submission.titles]
    by_file = frozenset().union(*(_about(title, names, numbering) for title in titles))
    return {
        exercise.id: Section(exercise.id, whole, by_file=exercise.id in by_file, asked=asked) for exercise in exercises
    }


def section_of(exercise: ExerciseNames, submission: Submission, *, asked: bool = False) -> Section:
    """The section of a single exercise, where no others are known."""
    return find_sections(submission, (exercise,), asked=asked)[exercise.id]


@lru_cache(maxsize=16)  # all submissions of a class are searched for the same exercises
def _indexes(
    exercises: tuple[ExerciseNames, ...], questions: tuple[HashedQuestion, ...]
) -> tuple[NameIndex, QuestionIndex]:
    return NameIndex(exercises), QuestionIndex(exercises, questions)


def _about(title: str, names: NameIndex, numbering: Numbering) -> Owners:
    """The exercises that the title of a file names."""
    found = names.named_in(title)
    mark = None if found else number_mark(title, anywhere=True, sheets=False)
    meant = numbering.meant_by(mark) if mark and not mark.is_bare else frozenset()
    return found or (exercises_in(meant) if len(meant) == 1 else NOBODY)
