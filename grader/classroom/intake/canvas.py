"""Canvas, "Download Submissions": ``lovelaceada_LATE_12345_67890_homework.ipynb``, all in one folder.

The student's name in small letters (a group's name for a group), ``LATE``, the user's id, the file's id, and the name
that the file had. Anonymous grading leaves the name out and writes ``anon_`` and letters for the user's id. Texts and
links that were entered online come as ``lovelaceada_12345_text.html``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from grader.classroom.intake.entries import Entry, Piece, Reading
from grader.model import Student

_NAME = re.compile(
    r"(?:(?P<late_anon>LATE_)?anon_(?P<anon>[A-Za-z0-9]+)|(?P<student>[^\sA-Z]+?)_(?P<late>LATE_)?(?P<id>[1-9]\d*))"
    r"_(?:(?P<file_id>[1-9]\d*)_(?P<file>.+)|(?P<entered>(?:text|link)\.html))",
    re.DOTALL | re.ASCII,
)
_NUMBERED = re.compile(r"(?P<stem>.+)-\d+(?P<suffix>\.[^.]*)", re.DOTALL)


class _Named(NamedTuple):
    """An entry, and what its name says. ``file_id`` is empty for what was entered online."""

    entry: Entry
    student: Student
    late: bool
    file_id: str
    file: str


def read(entries: Sequence[Entry]) -> Reading | None:
    """Canvas's names read; None where the names are not Canvas's."""
    parsed = {entry: _parse(entry) for entry in entries}
    named = [one for one in parsed.values() if one is not None]
    if not named or 2 * len(named) < len(entries) or not _is_consistent(named):
        return None
    everybodys = {one.file for one in named}
    own: dict[str, set[str]] = {}
    for one in named:
        own.setdefault(one.student.key, set()).add(one.file)
    pieces = tuple(
        Piece(
            entry=one.entry,
            students=(one.student,),
            name=_original(one.file, everybodys, own[one.student.key]),
            late=one.late,
        )
        for one in named
    )
    return Reading(pieces=pieces, unclear=tuple(entry for entry, one in parsed.items() if one is None))


def _parse(entry: Entry) -> _Named | None:
    found = _NAME.fullmatch(entry.name)
    if found is None:
        return None
    key = found["anon"] or found["id"]
    return _Named(
        entry=entry,
        student=Student(key=key, name=found["student"] or f"anon_{key}", id=key),
        late=bool(found["late"] or found["late_anon"]),
        file_id=found["file_id"] or "",
        file=found["file"] or found["entered"],
    )


def _is_consistent(named: Sequence[_Named]) -> bool:
    """Whether ids are used as Canvas does: ``hw_2024_1_ada.py`` and ``hw_2024_1_bob.py`` look alike, and are not.

    A file's id is one file's, and a user's id goes with one name.
    """
    file_ids = [one.file_id for one in named if one.file_id and not one.entry.is_folder]
    students = {one.student for one in named}
    return len(set(file_ids)) == len(file_ids) and len({student.key for student in students}) == len(students)


def _original(name: str, everybodys: Collection[str], own: Collection[str]) -> str:
    """The name without the number that Canvas gives to a file that is handed in again: ``points-1.csv``.

    A number may as well be the student's own (``lab-1.ipynb``). It is Canvas's where somebody else has the name without
    it, and this student has not.
    """
    found = _NUMBERED.fullmatch(name)
    shorter = f"{found['stem']}{found['suffix']}" if found is not None else name
    return shorter if shorter in everybodys and shorter not in own else name
