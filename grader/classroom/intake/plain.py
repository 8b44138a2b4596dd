"""No platform at all: a file or a folder for each student, with the student's name on it.

nbgrader's ``submitted/<student>/<assignment>/`` is read so as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.classroom.intake.entries import Entry, Piece, Reading
from grader.classroom.intake.words import some
from grader.model import Student
from grader.submission import SKIPPED_FILES


def read(tops: Sequence[tuple[Entry, ...]], name: str) -> Reading:
    """The class at the top, or in the folder that wraps it. ``tops`` are what lies at the top and in such folders;
    ``name`` is that of the whole."""
    depth = 0
    while depth + 1 < len(tops) and _wraps(tops[depth][0], tops[depth + 1], name):
        depth += 1
    notices = []
    if depth and not _same((wrapper := tops[depth - 1][0]).name, name):
        notices.append(f"Everything lies in {wrapper.path}, so every file and folder in it was read as a student's.")
    if given := [entry.name for entry in tops[depth] if _is_readme(entry)]:
        notices.append(f"Passed over as nobody's work: {some(given)}.")
    together: dict[str, list[Entry]] = {}
    for entry in tops[depth]:
        if not _is_readme(entry):
            together.setdefault(_student_name(entry).casefold(), []).append(entry)
    pieces: list[Piece] = []
    for entries in together.values():
        pieces += [piece_of(entry, _student_name(entries[0])) for entry in entries]
        if len(entries) > 1:
            notices.append(f"Read as work of one student: {some([_shown(entry) for entry in entries])}.")
    return Reading(pieces=tuple(pieces), notices=tuple(notices))


def piece_of(entry: Entry, student: str | None = None) -> Piece:
    """An entry as the work of the student whose name it bears, or of the one that is given."""
    name = _student_name(entry) if student is None else student
    return Piece(entry=entry, students=(Student(key=name, name=name),), name=entry.name)


def _student_name(entry: Entry) -> str:
    return entry.name if entry.is_folder else PurePosixPath(entry.name).stem


def _shown(entry: Entry) -> str:
    return f"{entry.name}/" if entry.is_folder else entry.name


def _is_readme(entry: Entry) -> bool:
    path = PurePosixPath(entry.name)
    return not entry.is_folder and path.stem.lower() in SKIPPED_FILES and path.suffix != ".py"


def _wraps(wrapper: Entry, inside: Sequence[Entry], name: str) -> bool:
    """Whether the only folder holds the class, and is not the only student's.

    Several students in it say so; where there is one, only the folder's name can: it is the archive's as well.
    """
    students = [entry for entry in inside if entry.is_folder or (entry.gradable and not _is_readme(entry))] or inside
    if len({_student_name(entry).casefold() for entry in students}) > 1:
        return True
    return any(entry.is_folder for entry in students) and _same(wrapper.name, name)


def _same(folder: str, name: str) -> bool:
    """Whether an archive is named after a folder; browsers number the archives that they download twice."""
    return re.sub(r" ?\(\d+\)$", "", name).casefold() == folder.casefold()
