"""What the gradebook knows of a class before a batch: to see whether the batch is of the same class and homework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from grader.classroom.gradebook.plan_format import decode_plan
from grader.classroom.gradebook.tables import (
    AssignmentRow,
    HandinRow,
    HandinStudentRow,
    StudentRow,
    SubmissionRow,
)
from grader.model import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFile:
    """A file of a student. ``name`` is what the student called it; empty if not known."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownClass:
    """A class as it stands in the gradebook: what was there at the last batch of each section."""

    plan: Plan
    sections: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """The keys of the students of each section."""
    files: Mapping[str, tuple[KnownFile, ...]] = field(default_factory=dict)
    """The files of each student, by the student's key."""


def known_class(connection: Connection, name: str) -> KnownClass | None:
    """The class of this name; None if there is none."""
    row = connection.execute(select(AssignmentRow.id, AssignmentRow.plan).where(AssignmentRow.name == name)).first()
    if row is None:
        return None
    students = connection.execute(
        select(HandinRow.section, StudentRow.key, SubmissionRow.name, SubmissionRow.sha256)
        .join(HandinStudentRow, HandinStudentRow.handin_id == HandinRow.id)
        .join(StudentRow, StudentRow.id == HandinStudentRow.student_id)
        .outerjoin(SubmissionRow, (SubmissionRow.handin_id == HandinRow.id) & SubmissionRow.present)
        .where(HandinRow.assignment_id == row.id, HandinRow.present)
    )
    sections: dict[int, set[str]] = {}
    files: dict[str, list[KnownFile]] = {}
    for section, key, file, sha256 in students:
        sections.setdefault(section, set()).add(key)
        if sha256:
            files.setdefault(key, []).append(KnownFile(name=file, sha256=sha256))
    return KnownClass(
        plan=decode_plan(row.plan),
        sections={section: frozenset(keys) for section, keys in sections.items()},
        files={key: tuple(found) for key, found in files.items()},
    )
