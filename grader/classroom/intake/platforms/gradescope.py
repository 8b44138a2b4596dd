"""Gradescope, "Export Submissions": ``submission_metadata.yml``, and for each submission a folder or a PDF.

    assignment_1234_export/
        submission_metadata.yml
        submission_98765/homework.ipynb

A submission with several submitters is a group's. ``gradescope_metadata`` reads the YAML file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.classroom.intake.class_folder import ClassFolder, TopLevelEntry
from grader.classroom.intake.platforms.gradescope_metadata import Metadata, Submitter, UnreadableError, read_metadata
from grader.classroom.intake.platforms.plain import named_after_student
from grader.classroom.intake.platforms.platform import OwnedEntry, Platform, RecognizedClass
from grader.handin.name_list import list_names
from grader.model import Student

_METADATA = "submission_metadata.yml"

_Submissions = Mapping[str, tuple[Submitter, ...]]
"""The submitters, by the name of the submission's folder or file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _LatestSubmissions:
    """``current`` has every submitter once. ``replaced`` names the earlier submissions that do not count."""

    current: _Submissions
    replaced: tuple[str, ...]


def read(folder: ClassFolder) -> RecognizedClass | None:
    """The submissions that the metadata name; None where there is no metadata file."""
    metadata = next((entry for entry in folder.entries if entry.name == _METADATA and not entry.is_folder), None)
    if metadata is None:
        return None
    notices: list[str] = []
    read_from = Metadata(submitters={}, times={})
    try:
        read_from = read_metadata(folder.tree, metadata.path)
    except UnreadableError as error:
        notices.append(f"{metadata.path} {error}; the names of the folders stand for the students.")
    named = read_from.submitters
    entries: dict[str, list[TopLevelEntry]] = {}  # in a zip a file and a folder may have one name
    for entry in folder.entries:
        if entry is not metadata:
            entries.setdefault(entry.name, []).append(entry)
    unnamed = [entry for name, found in entries.items() if name not in named for entry in found]
    unnamed_folders = [entry for entry in unnamed if entry.is_folder]
    if unnamed_folders and not notices:
        names = list_names([entry.name for entry in unnamed_folders])
        notices.append(f"Not named in {_METADATA}, and graded as students of these names: {names}.")
    latest = _latest_submissions(named)
    if latest.replaced:
        replaced = list_names(latest.replaced)
        notices.append(f"Not graded for students who are in a later submission as well: {replaced}.")
    if absent := [name for name in latest.current if name not in entries]:
        notices.append(f"Named in {_METADATA}, and without any file: {list_names(absent)}.")
    base = metadata.path.removesuffix(_METADATA)
    owned = [
        OwnedEntry(
            entry=entry,
            students=students,
            file_name=name,
            times={base + name: read_from.times[name]} if name in read_from.times else {},
        )
        for name, students in _students(latest.current).items()
        for entry in entries.get(name) or [TopLevelEntry(name=name, path=base + name, is_folder=True, files=())]
    ]
    return RecognizedClass(
        owned=(*owned, *map(named_after_student, unnamed_folders)),
        unrecognized=tuple(entry for entry in unnamed if not entry.is_folder),
        notices=tuple(notices),
    )


PLATFORM = Platform(
    id="gradescope", name="Gradescope", read=read, export_name=re.compile(r"assignment_\d+_export(?: ?\(\d+\))?")
)


def _latest_submissions(named: _Submissions) -> _LatestSubmissions:
    """Every submitter with an id or address counts only in the submission with the highest number."""
    in_order = sorted(named, key=lambda name: (len(name), name))
    latest = {person: name for name in in_order for person in named[name] if person.sid or person.email}
    current: dict[str, tuple[Submitter, ...]] = {}
    replaced: list[str] = []
    for name, people in named.items():
        if counted := tuple(person for person in people if latest.get(person, name) == name):
            current[name] = counted
        replaced += [f"{name} ({person.display_name})" for person in people if person not in counted]
    return _LatestSubmissions(current=current, replaced=tuple(replaced))


def _students(submissions: _Submissions) -> dict[str, tuple[Student, ...]]:
    everybody = [person for people in submissions.values() for person in people]
    # A roster may have "N/A" as the id of every student, so an id that several people have identifies nobody.
    holders = Counter(person.sid for person in everybody) + Counter(person.email for person in everybody)
    return {
        name: tuple(_student(person, name, people, holders) for person in people)
        for name, people in submissions.items()
    }


def _student(person: Submitter, submission: str, group: Sequence[Submitter], holders: Mapping[str, int]) -> Student:
    """The student's key is the id, else the address, else made from the submission's name."""
    unique = next((key for key in (person.sid, person.email) if key and holders[key] == 1), None)
    key = unique or (submission if len(group) == 1 else f"{submission} {person.name}")
    return Student(key=key, name=person.display_name, id=person.sid, email=person.email)
