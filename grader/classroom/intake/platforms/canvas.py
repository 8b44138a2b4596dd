"""Canvas, "Download Submissions": ``lovelaceada_LATE_12345_67890_homework.ipynb``, all in one folder.

A name consists of the student's name in small letters (for a group, the group's name), ``LATE`` for a late submission,
the user's id, the file's id, and the file's own name. With anonymous grading, ``anon_`` and letters replace the
student's name and id. Texts and links that were entered online are ``lovelaceada_12345_text.html`` and ``…_link.html``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from grader.classroom.intake.class_folder import ClassFolder, TopLevelEntry
from grader.classroom.intake.platforms.platform import OwnedEntry, Platform, RecognizedClass
from grader.model import Student

_NAME = re.compile(
    r"(?:(?P<late_anon>LATE_)?anon_(?P<anon>[A-Za-z0-9]+)|(?P<student>[^\sA-Z]+?)_(?P<late>LATE_)?(?P<id>[1-9]\d*))"
    r"_(?:(?P<file_id>[1-9]\d*)_(?P<file>.+)|(?P<entered>(?:text|link)\.html))",
    re.DOTALL | re.ASCII,
)
_NUMBERED = re.compile(r"(?P<stem>.+)-\d+(?P<suffix>\.[^.]*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _CanvasEntry:
    """An entry with the parts of its name. ``file_id`` is empty for a text or link that was entered online."""

    entry: TopLevelEntry
    student: Student
    late: bool
    file_id: str
    file: str


def read(folder: ClassFolder) -> RecognizedClass | None:
    """The class, if at least half of the entries are named as Canvas names files; otherwise None."""
    parsed = {entry: _parse(entry) for entry in folder.entries}
    named = [item for item in parsed.values() if item is not None]
    if not named or 2 * len(named) < len(parsed) or not _is_consistent(named):
        return None
    all_files = {item.file for item in named}
    own_files: dict[str, set[str]] = {}
    for item in named:
        own_files.setdefault(item.student.key, set()).add(item.file)
    owned = tuple(
        OwnedEntry(
            entry=item.entry,
            students=(item.student,),
            file_name=_without_number(item.file, all_files, own_files[item.student.key]),
            late=item.late,
        )
        for item in named
    )
    return RecognizedClass(owned=owned, unrecognized=tuple(entry for entry, item in parsed.items() if item is None))


PLATFORM = Platform(id="canvas", name="Canvas", read=read)


def _parse(entry: TopLevelEntry) -> _CanvasEntry | None:
    found = _NAME.fullmatch(entry.name)
    if found is None:
        return None
    key = found["anon"] or found["id"]
    return _CanvasEntry(
        entry=entry,
        student=Student(key=key, name=found["student"] or f"anon_{key}", id=key),
        late=bool(found["late"] or found["late_anon"]),
        file_id=found["file_id"] or "",
        file=found["file"] or found["entered"],
    )


def _is_consistent(named: Sequence[_CanvasEntry]) -> bool:
    """Whether every file id belongs to one file, and every user id to one name, as in Canvas.

    Otherwise the names only look like Canvas's: ``hw_2024_1_ada.py`` and ``hw_2024_1_bob.py``.
    """
    file_ids = [item.file_id for item in named if item.file_id and not item.entry.is_folder]
    students = {item.student for item in named}
    return len(set(file_ids)) == len(file_ids) and len({student.key for student in students}) == len(students)


def _without_number(name: str, all_files: Collection[str], own: Collection[str]) -> str:
    """The file's name without the number that Canvas appends when a file is handed in again: ``points-1.csv``.

    The student may have written the number (``lab-1.ipynb``). It is taken for Canvas's if another student has a file
    without the number and this student (``own``) has none.
    """
    found = _NUMBERED.fullmatch(name)
    shorter = f"{found['stem']}{found['suffix']}" if found is not None else name
    return shorter if shorter in all_files and shorter not in own else name
