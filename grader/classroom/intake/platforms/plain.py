"""No platform: each file or folder at the top is a student's, and bears the student's name.

nbgrader's ``submitted/<student>/<assignment>/`` is read this way too. The ``timestamp.txt`` in it is when the files
beside it were handed in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath

from grader.classroom.intake.class_folder import ClassFolder, TopLevelEntry
from grader.classroom.intake.platforms.handing_in_times import read_time
from grader.classroom.intake.platforms.platform import OwnedEntry, Platform, RecognizedClass
from grader.errors import SubmissionError
from grader.handin.file_tree import FileTree
from grader.handin.name_list import list_names
from grader.handin.work_files import kind_of_excluded
from grader.model import Student
from grader.submission.file_names import without_added_suffix

_TIMESTAMP = "timestamp.txt"
_TIMESTAMP_BYTES = 200


def read(folder: ClassFolder) -> RecognizedClass:
    """The class in the folder, or in the folder that wraps it. Every class can be read in this way."""
    name = folder.tree.name
    wrapper: TopLevelEntry | None = None
    while folder.inner is not None and _is_wrapper(folder.entries[0], folder.inner.entries, name):
        wrapper, folder = folder.entries[0], folder.inner
    notices = []
    if wrapper is not None and not is_same_name(wrapper.name, name):
        notices.append(f"Everything lies in {wrapper.path}, so every file and folder in it was read as a student's.")
    if readmes := [entry.name for entry in folder.entries if _is_readme(entry)]:
        notices.append(f"Skipped, not a student's work: {list_names(readmes)}.")
    by_student: dict[str, list[TopLevelEntry]] = {}
    for entry in folder.entries:
        if not _is_readme(entry):
            by_student.setdefault(_student_name(entry).casefold(), []).append(entry)
    owned: list[OwnedEntry] = []
    for entries in by_student.values():
        student = _student_name(entries[0])
        owned += [replace(_owned_by(student, entry), times=_times(entry, folder.tree)) for entry in entries]
        if len(entries) > 1:
            notices.append(f"Read as work of one student: {list_names([_display_name(entry) for entry in entries])}.")
    return RecognizedClass(owned=tuple(owned), notices=tuple(notices))


PLATFORM = Platform(id="plain", name="Plain", read=read)


def named_after_student(entry: TopLevelEntry) -> OwnedEntry:
    """An entry as the work of the student whose name it bears."""
    return _owned_by(_student_name(entry), entry)


def _owned_by(student: str, entry: TopLevelEntry) -> OwnedEntry:
    return OwnedEntry(entry=entry, students=(Student(key=student, name=student),), file_name=entry.name)


def _times(entry: TopLevelEntry, tree: FileTree) -> dict[str, datetime]:
    """When the files of a student were handed in, by their folder below the student's, as nbgrader writes it there."""
    times = {}
    for path in entry.files if entry.is_folder else ():
        folder, _, name = path.rpartition("/")
        if name == _TIMESTAMP and folder.rpartition("/")[0] == entry.path:
            with suppress(SubmissionError):
                if (time := read_time(tree.read(path, _TIMESTAMP_BYTES).decode("utf-8", "replace"))) is not None:
                    times[folder] = time
    return times


def _student_name(entry: TopLevelEntry) -> str:
    return entry.name if entry.is_folder else PurePosixPath(without_added_suffix(entry.name)).stem


def _display_name(entry: TopLevelEntry) -> str:
    return f"{entry.name}/" if entry.is_folder else entry.name


def _is_readme(entry: TopLevelEntry) -> bool:
    return not entry.is_folder and kind_of_excluded(entry.name) == "document"


def _is_wrapper(folder: TopLevelEntry, inside: Sequence[TopLevelEntry], name: str) -> bool:
    """Whether the only folder holds the whole class, and is not the folder of the only student.

    It holds the class if there are several students in it. With one student, it is a wrapper only if it has the
    archive's ``name``.
    """
    students = [entry for entry in inside if entry.has_work]
    if not any(not entry.is_folder for entry in students):
        # Beside a file with work, a folder without any is data; otherwise it may be that of a student who has none.
        students += [entry for entry in inside if entry.is_folder and not kind_of_excluded(f"{entry.name}/")]
    students = students or list(inside)
    if len({_student_name(entry).casefold() for entry in students}) > 1:
        return True
    return any(entry.is_folder for entry in students) and is_same_name(folder.name, name)


def is_same_name(folder: str, archive: str) -> bool:
    """Whether an archive is named after a folder. Browsers append ``(1)`` to an archive that is downloaded again."""
    return re.sub(r" ?\(\d+\)$", "", archive).casefold() == folder.casefold()
