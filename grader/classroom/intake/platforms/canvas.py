"""Canvas, "Download Submissions": ``lovelaceada_LATE_12345_67890_homework.ipynb``, all in one folder.

A name consists of the student's name in small letters (for a group, the group's name), ``LATE`` for a late submission,
the user's id, the file's id, and the file's own name. With anonymous grading, ``anon_`` and letters replace the
student's name and id. Texts and links that were entered online are ``lovelaceada_12345_text.html`` and ``…_link.html``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from grader.classroom.intake.class_folder import ClassFolder, TopLevelEntry
from grader.classroom.intake.platforms.ambiguous_names import MAX_READINGS, NameReading, choose_readings
from grader.classroom.intake.platforms.platform import OwnedEntry, Platform, RecognizedClass
from grader.model import Student

_FILE = r"(?:(?P<file_id>[1-9]\d*)_(?P<file>.+)|(?P<entered>(?:text|link)\.html))"
_ANONYMOUS = re.compile(rf"(?P<late>LATE_)?anon_(?P<id>[A-Za-z0-9]+)_{_FILE}", re.DOTALL | re.ASCII)
_BEHIND_NAME = re.compile(rf"_(?P<late>LATE_)?(?P<id>[1-9]\d*)_{_FILE}", re.DOTALL | re.ASCII)
_STUDENT = re.compile(r"[^\sA-Z]+", re.ASCII)
_NUMBERED = re.compile(r"(?P<stem>.+)-\d+(?P<suffix>\.[^.]*)", re.DOTALL)


def read(folder: ClassFolder) -> RecognizedClass | None:
    """The class, if at least half of the entries are named as Canvas names files; otherwise None."""
    possible = {entry: found for entry in folder.entries if (found := tuple(_readings(entry.name)))}
    chosen = choose_readings(possible)
    named = chosen.readings
    if not named or 2 * len(named) < len(folder.entries) or 2 * _consistent(named) < len(named):
        return None
    all_files = {reading.file for reading in named.values()}
    own_files: dict[str, set[str]] = {}
    for reading in named.values():
        own_files.setdefault(reading.key, set()).add(reading.file)
    owned = tuple(
        OwnedEntry(
            entry=entry,
            students=(Student(key=reading.key, name=reading.student, id=reading.number),),
            file_name=_without_number(reading.file, all_files, own_files[reading.key]),
            late=reading.late,
        )
        for entry, reading in named.items()
    )
    unrecognized = tuple(entry for entry in folder.entries if entry not in named)
    return RecognizedClass(owned=owned, unrecognized=unrecognized, notices=chosen.notices)


PLATFORM = Platform(
    id="canvas", name="Canvas", read=read, export_name=re.compile(r"(?:.*[ _])?submissions(?: ?\(\d+\))?", re.DOTALL)
)


def _readings(name: str) -> Iterator[NameReading]:
    """How a name can be read. The first reading has the shortest name of a student, because files' names have numbers
    in them more often than students' names do.
    """
    if (found := _ANONYMOUS.fullmatch(name)) is not None:
        yield _reading(found, f"anon_{found['id']}")
        return
    student = _STUDENT.match(name)
    longest = student.end() if student is not None else 0
    found_at = (_BEHIND_NAME.fullmatch(name, place.start()) for place in re.finditer("_", name[: longest + 1]))
    readings = (_reading(found, name[: found.start()]) for found in found_at if found is not None and found.start())
    yield from islice(readings, MAX_READINGS)


def _reading(found: re.Match[str], student: str) -> NameReading:
    return NameReading(
        student=student,
        number=found["id"],
        file=found["file"] or found["entered"],
        file_number=found["file_id"] or "",
        late=bool(found["late"]),
    )


def _consistent(named: Mapping[TopLevelEntry, NameReading]) -> int:
    """For how many entries the file's id belongs to one file, and the user's id to one name, as in Canvas.

    If this is so for less than half of them, the names only look like Canvas's: ``hw_2024_1_ada.py`` and
    ``hw_2024_1_bob.py``. Some may be so by a student's choice of a name.
    """
    files = Counter(reading.file_number for entry, reading in named.items() if not entry.is_folder)
    names = Counter(key for key, _ in {(reading.key, reading.student) for reading in named.values()})
    return sum(
        names[reading.key] == 1 and (entry.is_folder or not reading.file_number or files[reading.file_number] == 1)
        for entry, reading in named.items()
    )


def _without_number(name: str, all_files: Collection[str], own: Collection[str]) -> str:
    """The file's name without the number that Canvas appends when a file is handed in again: ``points-1.csv``.

    The student may have written the number (``lab-1.ipynb``). It is taken for Canvas's if another student has a file
    without the number and this student (``own``) has none.
    """
    found = _NUMBERED.fullmatch(name)
    shorter = f"{found['stem']}{found['suffix']}" if found is not None else name
    return shorter if shorter in all_files and shorter not in own else name
