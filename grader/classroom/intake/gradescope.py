"""Gradescope, "Export Submissions": ``submission_metadata.yml``, and for each submission a folder or a PDF.

    assignment_1234_export/
        submission_metadata.yml
        submission_98765/homework.ipynb

Several submitters are a group. What is in the metadata stands in ``metadata``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from grader.classroom.intake import plain
from grader.classroom.intake.entries import Entry, Piece, Reading
from grader.classroom.intake.files import Tree
from grader.classroom.intake.metadata import Person, UnreadableError, submitters
from grader.classroom.intake.words import some
from grader.model import Student

_METADATA = "submission_metadata.yml"

_Submissions = Mapping[str, tuple[Person, ...]]
"""Who handed in, by the name of the submission's folder or file."""


def read(entries: Sequence[Entry], tree: Tree) -> Reading | None:
    """Everybody whom the metadata name; None where there are no metadata."""
    metadata = next((entry for entry in entries if entry.name == _METADATA and not entry.is_folder), None)
    if metadata is None:
        return None
    notices: list[str] = []
    named: _Submissions = {}
    try:
        named = submitters(tree, metadata.path)
    except UnreadableError as error:
        notices.append(f"{metadata.path} {error}; the names of the folders stand for the students.")
    there = {entry.name: entry for entry in entries if entry is not metadata}
    strangers = [entry for name, entry in there.items() if name not in named]
    folders = [entry for entry in strangers if entry.is_folder]
    if folders and not notices:
        names = some([entry.name for entry in folders])
        notices.append(f"Not named in {_METADATA}, and graded as students of these names: {names}.")
    current, replaced = _once_each(named)
    if replaced:
        notices.append(f"Not graded for students who are in a later submission as well: {some(replaced)}.")
    if absent := [name for name in current if name not in there]:
        notices.append(f"Named in {_METADATA}, and without any file: {some(absent)}.")
    base = metadata.path.removesuffix(_METADATA)
    pieces = [
        Piece(
            entry=there.get(name) or Entry(name=name, path=base + name, is_folder=True, files=()),
            students=students,
            name=name,
        )
        for name, students in _students(current).items()
    ]
    return Reading(
        pieces=(*pieces, *map(plain.piece_of, folders)),
        unclear=tuple(entry for entry in strangers if not entry.is_folder),
        notices=tuple(notices),
    )


def _once_each(named: _Submissions) -> tuple[_Submissions, list[str]]:
    """Everybody with an id or address in one submission only, the one with the highest number; and what was not
    graded for whom instead."""
    in_order = sorted(named, key=lambda name: (len(name), name))
    last = {person: name for name in in_order for person in named[name] if person.sid or person.email}
    current = {}
    replaced = []
    for name, people in named.items():
        if staying := tuple(person for person in people if last.get(person, name) == name):
            current[name] = staying
        replaced += [f"{name} ({person.shown})" for person in people if person not in staying]
    return current, replaced


def _students(submissions: _Submissions) -> dict[str, tuple[Student, ...]]:
    everybody = [person for people in submissions.values() for person in people]
    # A roster may have "N/A" for everybody's id, which tells nobody apart.
    holders = Counter(person.sid for person in everybody) + Counter(person.email for person in everybody)

    def student(person: Person, name: str, alone: bool) -> Student:
        own = next((key for key in (person.sid, person.email) if key and holders[key] == 1), None)
        key = own or (name if alone else f"{name} {person.name}")
        return Student(key=key, name=person.shown, id=person.sid, email=person.email)

    return {
        name: tuple(student(person, name, len(people) == 1) for person in people)
        for name, people in submissions.items()
    }
