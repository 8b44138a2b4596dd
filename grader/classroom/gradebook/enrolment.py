"""Who handed in what: brings the tables of assignments, students, handins and submissions up to date.

Rows that are no longer handed in are kept and marked as not present, so that they count again when they come back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from grader.classroom.gradebook.best_answers import AnyRow
from grader.classroom.gradebook.plan_format import encode_plan
from grader.classroom.gradebook.tables import AssignmentRow, HandinRow, HandinStudentRow, StudentRow, SubmissionRow
from grader.classroom.intake import StudentHandin
from grader.model import Plan, Student


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where handins go among the sections of a class, which are numbered."""

    section: int = 1
    """The section of those that are new."""
    replaced: frozenset[int] = frozenset({1})
    """The sections whose earlier handins do not count any more unless they come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledFile:
    """A submission's row: its id, and the key of the content that it had when it was last read."""

    id: int
    key: str


def enrol(
    connection: Connection,
    assignment: str,
    handins: Sequence[StudentHandin],
    *,
    plan: Plan,
    statements: Mapping[str, str],
    placement: Placement,
) -> dict[tuple[str, str], EnrolledFile]:
    """Store who handed in what. Returns every file's row, by the path of its handin and its own path."""
    assignment_id = _assignment(connection, assignment, plan, statements)
    student_ids = _students(connection, [student for handin in handins for student in handin.students])
    handin_ids = _handins(connection, assignment_id, handins, placement)
    links = {(handin_ids[handin.path], student_ids[student.key]) for handin in handins for student in handin.students}
    _link_students(connection, set(handin_ids.values()), links)
    return _submissions(connection, handin_ids, handins)


def _assignment(connection: Connection, name: str, plan: Plan, statements: Mapping[str, str]) -> int:
    """The id of the assignment, which is added if it is new."""
    values = {"plan": encode_plan(plan), "statements": dict(statements)}
    found = connection.execute(select(AssignmentRow.id).where(AssignmentRow.name == name)).scalar()
    if found is None:
        added = {**values, "name": name, "created_at": datetime.now(UTC)}
        return int(connection.execute(insert(AssignmentRow).values(added).returning(AssignmentRow.id)).scalar_one())
    connection.execute(update(AssignmentRow).where(AssignmentRow.id == found).values(values))
    return found


def _students(connection: Connection, students: Iterable[Student]) -> dict[str, int]:
    """The ids of students by their keys. New students are added, changed names and addresses are updated."""
    table = StudentRow
    wanted = {student.key: student for student in students}
    rows = connection.execute(select(table.id, table.key, table.name, table.number, table.email)).all()
    stored = {row.key: row for row in rows}
    changed = [
        student
        for key, student in wanted.items()
        if key in stored
        and (stored[key].name, stored[key].number, stored[key].email) != (student.name, student.id, student.email)
    ]
    for student in changed:
        values = {"name": student.name, "number": student.id, "email": student.email}
        connection.execute(update(table).where(table.key == student.key).values(values))
    added = [
        {"key": student.key, "name": student.name, "number": student.id, "email": student.email}
        for key, student in wanted.items()
        if key not in stored
    ]
    if added:
        connection.execute(insert(table), added)
    return {key: row_id for row_id, key in connection.execute(select(table.id, table.key)) if key in wanted}


def _handins(
    connection: Connection, assignment_id: int, handins: Sequence[StudentHandin], placement: Placement
) -> dict[str, int]:
    """The ids of handins by their paths. Handins of replaced sections that do not come again are marked as not
    present.
    """
    table = HandinRow
    of_assignment = table.assignment_id == assignment_id
    rows = connection.execute(select(*table.__table__.c).where(of_assignment).order_by(table.id)).all()
    stored = _StoredHandins(rows, _owners(connection, of_assignment), placement)
    now = datetime.now(UTC)
    found: dict[str, int] = {}
    added: list[dict[str, Any]] = []
    for handin in handins:
        values = _values(handin)
        row = stored.row_of(handin)
        if row is None:
            where = {"assignment_id": assignment_id, "path": handin.path, "section": stored.section_for(handin.path)}
            added.append({**where, **values, "seen_at": now})
            continue
        found[handin.path] = row.id
        if any(row._mapping[name] != value for name, value in values.items()):
            seen = {} if row.present else {"seen_at": now}
            connection.execute(update(table).where(table.id == row.id).values({**values, **seen}))
    if added:
        inserted = connection.execute(insert(table).returning(table.path, table.id), added)
        found |= {row.path: row.id for row in inserted}
    kept = set(found.values())
    for row in rows:
        if row.present and row.section in placement.replaced and row.id not in kept:
            connection.execute(update(table).where(table.id == row.id).values(present=False))
    return found


def _values(handin: StudentHandin) -> dict[str, Any]:
    return {
        "late": handin.late,
        "present": True,
        "others": [other.name for other in handin.others],
        "left_out": [file.path for file in handin.over_limit],
        "handed_in_at": handin.handed_in_at,
    }


def _owners(connection: Connection, of_assignment: ColumnElement[bool]) -> dict[int, set[str]]:
    """The keys of the students of each handin, by its id."""
    link = HandinStudentRow
    statement = (
        select(link.handin_id, StudentRow.key)
        .join(StudentRow, StudentRow.id == link.student_id)
        .join(HandinRow, HandinRow.id == link.handin_id)
        .where(of_assignment)
    )
    found: dict[int, set[str]] = {}
    for handin_id, key in connection.execute(statement):
        found.setdefault(handin_id, set()).add(key)
    return found


class _StoredHandins:
    """The handins of an assignment that are stored."""

    def __init__(self, rows: Sequence[AnyRow], owners: Mapping[int, set[str]], placement: Placement) -> None:
        self._by_path: dict[str, list[AnyRow]] = {}
        for row in rows:
            self._by_path.setdefault(row.path, []).append(row)
        self._owners = owners
        self._placement = placement
        self._unused_section = 1 + max((placement.section, *(row.section for row in rows)))

    def row_of(self, handin: StudentHandin) -> AnyRow | None:
        """The row of a handin that came before. Two sections may have handins of different students at one path."""
        keys = {student.key for student in handin.students}
        sections = {self._placement.section, *self._placement.replaced}
        rows = [row for row in self._by_path.get(handin.path, ()) if row.section in sections]
        of_same_student = [row for row in rows if self._owners.get(row.id, set()) & keys]
        replaced = [row for row in rows if row.section in self._placement.replaced]
        return next(iter((*of_same_student, *replaced)), None)

    def section_for(self, path: str) -> int:
        """The section of a new handin: the one that the placement says, unless its path is taken there."""
        taken = {row.section for row in self._by_path.get(path, ())}
        return self._unused_section if self._placement.section in taken else self._placement.section


def _link_students(connection: Connection, handin_ids: set[int], links: set[tuple[int, int]]) -> None:
    """Store which students a handin is from. ``links``: pairs of a handin's and a student's id."""
    table = HandinStudentRow
    stored = {
        (handin, student)
        for handin, student in connection.execute(select(table.handin_id, table.student_id))
        if handin in handin_ids
    }
    for handin, student in stored - links:
        connection.execute(delete(table).where(table.handin_id == handin, table.student_id == student))
    added = [{"handin_id": handin, "student_id": student} for handin, student in sorted(links - stored)]
    if added:
        connection.execute(insert(table), added)


def _submissions(
    connection: Connection, handin_ids: Mapping[str, int], handins: Sequence[StudentHandin]
) -> dict[tuple[str, str], EnrolledFile]:
    """The rows of all files. New files are added; stored files that are gone are marked as not present."""
    table = SubmissionRow
    ids = set(handin_ids.values())
    rows = connection.execute(select(table.id, table.handin_id, table.path, table.name, table.present)).all()
    stored = {(row.handin_id, row.path): row for row in rows if row.handin_id in ids}
    wanted = {
        (handin_ids[handin.path], file.path): (handin.path, file.name) for handin in handins for file in handin.files
    }
    for file, row in stored.items():
        after = {"present": file in wanted, "name": wanted[file][1] if file in wanted else row.name}
        if after != {"present": row.present, "name": row.name}:
            connection.execute(update(table).where(table.id == row.id).values(after))
    added = [
        {"handin_id": handin_id, "path": path, "name": name, "sha256": "", "key": "", "present": True}
        for (handin_id, path), (_, name) in wanted.items()
        if (handin_id, path) not in stored
    ]
    if added:
        connection.execute(insert(table), added)
    enrolled = connection.execute(select(table.id, table.handin_id, table.path, table.key))
    return {
        (wanted[row.handin_id, row.path][0], row.path): EnrolledFile(id=row.id, key=row.key)
        for row in enrolled
        if (row.handin_id, row.path) in wanted
    }
