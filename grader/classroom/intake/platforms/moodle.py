"""Moodle, "Download all submissions": ``Ada Lovelace_123456_assignsubmission_file/``, a folder for each student.

Without "Download submissions in folders", all files are in one folder:
``Ada Lovelace_123456_assignsubmission_file_homework.ipynb``. The number is the identifier of Moodle's grading worksheet
(``Participant 123456``). With blind marking, the word for a participant in the site's language replaces the student's
name. A group's submission has the group's name and number; the default group has no number. ``…_onlinetext`` is text
that was entered online.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from grader.classroom.intake.class_folder import ClassFolder, TopLevelEntry
from grader.classroom.intake.platforms.ambiguous_names import MAX_READINGS, NameReading, choose_readings
from grader.classroom.intake.platforms.platform import OwnedEntry, Platform, RecognizedClass
from grader.model import Student

_BEHIND_NAME = re.compile(r"(?:_(?P<id>\d+))?_assignsubmission_[a-z0-9]+(?:_(?P<file>.*))?", re.DOTALL | re.ASCII)
_MARK = "_assignsubmission_"
_NUMBER = re.compile(r"_\d+\Z", re.ASCII)


def read(folder: ClassFolder) -> RecognizedClass | None:
    """The class, if any entry is named as Moodle names it; otherwise None."""
    possible = {entry: found for entry in folder.entries if (found := tuple(_readings(entry)))}
    if not possible:
        return None
    chosen = choose_readings(possible)
    named = chosen.readings
    names, numbers = ({getattr(reading, part) for reading in named.values()} for part in ("student", "number"))
    is_blind = len(names) == 1 and len(numbers) > 1
    owned = tuple(
        OwnedEntry(entry=entry, students=(_student(reading, is_blind=is_blind),), file_name=reading.file)
        for entry, reading in named.items()
    )
    unrecognized = tuple(entry for entry in folder.entries if entry not in named)
    return RecognizedClass(owned=owned, unrecognized=unrecognized, notices=chosen.notices)


PLATFORM = Platform(
    id="moodle", name="Moodle", read=read, export_name=re.compile(r".+-.+-\d+(?: ?\(\d+\))?", re.DOTALL)
)


def _readings(entry: TopLevelEntry) -> Iterator[NameReading]:
    """How a name can be read. Moodle writes no underscore in a student's name, but a file's name may have any text in
    it. So the student's name ends at the first mark; a folder's name at the last, where it ends with this.
    """
    name = entry.name
    marks = [place.start() for place in islice(re.finditer(_MARK, name), MAX_READINGS)]
    if entry.is_folder and (last := name.rfind(_MARK)) not in marks[:1]:
        found = _BEHIND_NAME.fullmatch(name, last)
        marks = [last, *marks] if found is not None and not found["file"] else marks
    for mark in dict.fromkeys(marks):
        number = _NUMBER.search(name[:mark])
        found = _BEHIND_NAME.fullmatch(name, number.start() if number is not None and number.start() else mark)
        if found is not None and found.start() and (found["file"] or entry.is_folder):
            yield NameReading(student=name[: found.start()], number=found["id"] or "", file=found["file"] or "")


def _student(named: NameReading, *, is_blind: bool) -> Student:
    """With blind marking all students have the same name, so the number is added to tell them apart."""
    is_blind = is_blind or named.student == "Participant"
    name = f"{named.student} {named.number}" if is_blind and named.number else named.student
    return Student(key=named.key, name=name, id=named.number)
