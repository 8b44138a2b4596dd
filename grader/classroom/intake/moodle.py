"""Moodle, "Download all submissions": ``Ada Lovelace_123456_assignsubmission_file/``, a folder for each student.

Without "Download submissions in folders" it is ``Ada Lovelace_123456_assignsubmission_file_homework.ipynb``, all in one
folder. The number is what Moodle's grading worksheet calls the identifier (``Participant 123456``). With blind marking
the name is the word for a participant, in the site's language. A group's submission has the group's name and number,
the default group's no number. ``…_onlinetext`` is what was entered online.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from grader.classroom.intake.entries import Entry, Piece, Reading
from grader.model import Student

_NAME = re.compile(
    r"(?P<student>.+?)(?:_(?P<id>\d+))?_assignsubmission_[a-z0-9]+(?:_(?P<file>.*))?", re.DOTALL | re.ASCII
)


class _Named(NamedTuple):
    """An entry, and what its name says. ``id`` is empty for the default group."""

    entry: Entry
    student: str
    id: str
    file: str


def read(entries: Sequence[Entry]) -> Reading | None:
    """Moodle's names read; None where there are none."""
    parsed = {entry: _parse(entry) for entry in entries}
    named = [one for one in parsed.values() if one is not None]
    if not named:
        return None
    is_blind = len({one.student for one in named}) == 1 and len({one.id for one in named}) > 1
    pieces = tuple(Piece(entry=one.entry, students=(_student(one, is_blind=is_blind),), name=one.file) for one in named)
    return Reading(pieces=pieces, unclear=tuple(entry for entry, one in parsed.items() if one is None))


def _parse(entry: Entry) -> _Named | None:
    found = _NAME.fullmatch(entry.name)
    if found is None or not (found["file"] or entry.is_folder):
        return None
    return _Named(entry=entry, student=found["student"], id=found["id"] or "", file=found["file"] or "")


def _student(named: _Named, *, is_blind: bool) -> Student:
    """With blind marking all have one name, and only the number tells them apart."""
    is_blind = is_blind or named.student == "Participant"
    name = f"{named.student} {named.id}" if is_blind and named.id else named.student
    return Student(key=named.id or named.student, name=name, id=named.id)
