"""Keeps students of one key apart. A key is what a gradebook knows a student by, so two students must not share it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.classroom.intake.platforms.platform import OwnedEntry
from grader.handin.name_list import list_names
from grader.model import Student


@dataclass(frozen=True, slots=True, kw_only=True)
class DistinctStudents:
    """The entries, with one student for each key, and notices about students that were told apart."""

    owned: tuple[OwnedEntry, ...]
    notices: tuple[str, ...]


def distinct_students(owned: Sequence[OwnedEntry]) -> DistinctStudents:
    """Gives students who share a key, but not name, number and address, keys of their own.

    The key stays with the only student whose number or address it is. If several claim it, nobody gets it: it may be
    that of a student known to the gradebook, whose results a claim by name must not reach.
    """
    claims: dict[str, dict[Student, None]] = {}
    for student in _students(owned):
        claims.setdefault(student.key, {})[student] = None
    shared = {key: tuple(students) for key, students in claims.items() if len(students) > 1}
    if not shared:
        return DistinctStudents(owned=tuple(owned), notices=())
    renamed = _renamed(shared, set(claims))
    return DistinctStudents(
        owned=tuple(
            replace(item, students=tuple(renamed.get(student, student) for student in item.students)) for item in owned
        ),
        notices=tuple(
            f"Different students with the identifier {key}, graded apart; look up whose it is: "
            f"{list_names([student.name for student in students])}."
            for key, students in shared.items()
        ),
    )


def _students(owned: Iterable[OwnedEntry]) -> Iterable[Student]:
    return (student for item in owned for student in item.students)


def _renamed(shared: Mapping[str, Sequence[Student]], taken: set[str]) -> dict[Student, Student]:
    renamed = {}
    for key, students in shared.items():
        holders = [student for student in students if key in (student.id, student.email)]
        for student in students:
            if holders == [student]:
                continue
            own, number = f"{key} ({student.name})", 1
            while own in taken:
                number += 1
                own = f"{key} ({student.name}) {number}"
            taken.add(own)
            renamed[student] = replace(student, key=own)
    return renamed
