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
from grader.judging.sections.numbered_answers import numbered_answers
from grader.judging.sections.numbers import Numbering, number_mark
from grader.judging.sections.openers import exercises_in
from grader.judging.sections.question_index import QuestionIndex
from grader.judging.sections.section import NOBODY, OwnedUnit, Owners, Section, SectionMap
from grader.judging.sections.section_reader import SectionReader
from grader.judging.sections.units import units_of
from grader.model import Submission
from grader.submission.fingerprints import Handout


def find_sections(
    submission: Submission,
    exercises: Sequence[ExerciseNames],
    *,
    others: Sequence[ExerciseNames] = (),
    questions: Sequence[HashedQuestion] = (),
    numbers: Mapping[str, Iterable[str]] | None = None,
    sheet: Iterable[str] = (),
    handout: Handout | None = None,
    asked: bool = False,
) -> dict[str, Section]:
    """The section of each of the exercises, by its id.

    ``others`` are further exercises of the course, ``questions`` the questions that are known by hashes; both end the
    sections of other exercises. ``numbers`` are the assignment's numbers of exercises, by their ids, ``sheet`` is its
    own id and title. A heading of the ``handout`` names an exercise only as a title: the handout was not written about
    these exercises. ``asked``: the caller asked for a single exercise, so that the whole file is about it.
    """
    names, index = _indexes((*exercises, *others), tuple(questions))
    numbering = Numbering(numbers or {}, sheet)
    whole = _read_sections(submission, names, index, numbering, handout or Handout())
    path = PurePath(submission.path)
    by_file = frozenset().union(*(_about(title, names, numbering) for title in (path.stem, *submission.titles)))
    by_file = by_file or _about_number(path.stem, numbering, may_be_bare=True)
    by_file = by_file or _about_number(path.parent.name, numbering)
    return {
        exercise.id: Section(exercise.id, whole, by_file=exercise.id in by_file, asked=asked) for exercise in exercises
    }


def _read_sections(
    submission: Submission, names: NameIndex, index: QuestionIndex, numbering: Numbering, handout: Handout
) -> SectionMap:
    """What each place of a submission is about. Where nothing else tells, the assignment's bare numbers do."""
    units = list(units_of(submission))
    reader = SectionReader(submission, names, index, numbering, handout)
    found = reader.read(units)
    if not numbering.has_given or numbering.has_learned:
        return found
    answers = numbered_answers(
        submission, units, handout, named={at: owned.owners for at, owned in enumerate(found.units)}
    )
    if not all(_agrees(found.units[at], numbering) for at in answers):
        return found
    return SectionReader(submission, names, index, numbering, handout, answers).read(units) if answers else found


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
    return names.named_in(title) or _about_number(title, numbering)


def _about_number(title: str, numbering: Numbering, *, may_be_bare: bool = False) -> Owners:
    mark = number_mark(title, anywhere=True, sheets=False)
    if mark is None or (mark.is_bare and (mark.rest or not may_be_bare)):
        return NOBODY
    meant = numbering.meant_by(mark)
    return exercises_in(meant) if len(meant) == 1 else NOBODY


def _agrees(title: OwnedUnit, numbering: Numbering) -> bool:
    """Whether what a numbered title names, if it names anything, is what its number means."""
    mark = number_mark(title.unit.title)
    return not title.owners or (mark is not None and title.owners == numbering.meant_by(mark))
