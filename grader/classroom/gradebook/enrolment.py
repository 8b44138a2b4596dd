"""Who handed in what: brings the tables of assignments, students, handins and submissions up to date.

Rows that are no longer handed in are kept and marked as not present, so that they count again when they come back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select, update

from grader.classroom.gradebook.handin_rows import Placement, handin_rows
from grader.classroom.gradebook.plan_format import encode_plan
from grader.classroom.gradebook.tables import AssignmentRow, HandinStudentRow, StudentRow, SubmissionRow
from grader.classroom.intake import StudentHandin
from grader.model import Plan, Student


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
    contents: Mapping[str, str],
) -> dict[tuple[str, str], EnrolledFile]:
    """Store who handed in what. Returns every file's row, by the path of its handin and its own path."""
    assignment_id = _assignment(connection, assignment, plan, statements)
    student_ids = _students(connection, [student for handin in handins for student in handin.students])
    handin_ids = handin_rows(connection, assignment_id, handins, placement, contents)
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
