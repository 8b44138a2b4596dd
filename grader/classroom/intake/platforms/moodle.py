"""Moodle, "Download all submissions": ``Ada Lovelace_123456_assignsubmission_file/``, a folder for each student.

Without "Download submissions in folders", all files are in one folder:
``Ada Lovelace_123456_assignsubmission_file_homework.ipynb``. The number is the identifier of Moodle's grading worksheet
(``Participant 123456``). With blind marking, the word for a participant in the site's language replaces the student's
name. A group's submission has the group's name and number; the default group has no number. ``…_onlinetext`` is text
that was entered online.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.classroom.intake.class_folder import ClassFolder, TopLevelEntry
from grader.classroom.intake.platforms.platform import OwnedEntry, Platform, RecognizedClass
from grader.model import Student

_NAME = re.compile(
    r"(?P<student>.+?)(?:_(?P<id>\d+))?_assignsubmission_[a-z0-9]+(?:_(?P<file>.*))?", re.DOTALL | re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _MoodleEntry:
    """An entry with the parts of its name. ``id`` is empty for the default group."""

    entry: TopLevelEntry
    student: str
    id: str
    file: str


def read(folder: ClassFolder) -> RecognizedClass | None:
    """The class, if any entry is named as Moodle names it; otherwise None."""
    parsed = {entry: _parse(entry) for entry in folder.entries}
    named = [item for item in parsed.values() if item is not None]
    if not named:
        return None
    is_blind = len({item.student for item in named}) == 1 and len({item.id for item in named}) > 1
    owned = tuple(
        OwnedEntry(entry=item.entry, students=(_student(item, is_blind=is_blind),), file_name=item.file)
        for item in named
    )
    return RecognizedClass(owned=owned, unrecognized=tuple(entry for entry, item in parsed.items() if item is None))


PLATFORM = Platform(id="moodle", name="Moodle", read=read)


def _parse(entry: TopLevelEntry) -> _MoodleEntry | None:
    found = _NAME.fullmatch(entry.name)
    if found is None or not (found["file"] or entry.is_folder):
        return None
    return _MoodleEntry(entry=entry, student=found["student"], id=found["id"] or "", file=found["file"] or "")


def _student(named: _MoodleEntry, *, is_blind: bool) -> Student:
    """With blind marking all students have the same name, so the number is added to tell them apart."""
    is_blind = is_blind or named.student == "Participant"
    name = f"{named.student} {named.id}" if is_blind and named.id else named.student
    return Student(key=named.id or named.student, name=name, id=named.id)
