"""The result of each handin of an assignment, read from the tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from grader.classroom.gradebook.best_answers import AnyRow, FileAnswer, FileResult, StoredAnswers, best_answers
from grader.classroom.gradebook.tables import (
    AnswerRow,
    CheckRow,
    GradingRow,
    HandinRow,
    HandinStudentRow,
    MarkRow,
    StudentRow,
    SubmissionRow,
)
from grader.model import Student

AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandinResult:
    """What one student or group handed in, and its result.

    ``answers`` has the best answer to every exercise that any of the ``files`` was graded for, by the exercise's id.
    ``others`` are the names of the files that cannot be graded, ``left_out`` the paths of those that are too many.
    """

    id: int
    path: str
    late: bool
    handed_in_at: datetime | None
    others: tuple[str, ...]
    left_out: tuple[str, ...]
    content: str
    """``tables.HandinRow.content``."""
    marks: Mapping[tuple[str, str], Mapping[str, AnyRow]]
    """The latest mark of each check, by the SHA-256 of a content and the id of an exercise."""
    students: tuple[Student, ...]
    files: tuple[FileResult, ...]
    answers: Mapping[str, FileAnswer]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owned:
    """A handin, and one of its students."""

    handin: AnyRow
    student: Student

    def later_than(self, other: _Owned) -> bool:
        """By the time of handing in; where that is not known of both, by when a batch first saw them."""
        times = (self.handin.handed_in_at, other.handin.handed_in_at)
        if None in times or times[0] == times[1]:
            return bool((self.handin.seen_at, self.handin.id) > (other.handin.seen_at, other.handin.id))
        return bool(times[0] > times[1])


def handin_results(connection: Connection, assignment: int) -> tuple[HandinResult, ...]:
    """All handins that were present at the last batch of their section. Of a student's several handins, which only
    several sections can have, the last counts.
    """
    present = (HandinRow.assignment_id == assignment) & HandinRow.present
    files = _files(connection, present)
    stored = _stored_answers(connection, assignment, present)
    columns = (HandinRow.path, HandinRow.late, HandinRow.others, HandinRow.left_out, HandinRow.content)
    handins = select(HandinRow.id, *columns, HandinRow.handed_in_at, HandinRow.seen_at)
    rows = connection.execute(handins.where(present).order_by(HandinRow.path, HandinRow.id)).all()
    students = _last_handins(rows, _students(connection, present))
    marks: dict[int, dict[tuple[str, str], Mapping[str, AnyRow]]] = {}
    for (handin, sha256, exercise), by_check in stored.marks.items():
        marks.setdefault(handin, {})[sha256, exercise] = by_check
    return tuple(
        HandinResult(
            id=row.id,
            path=row.path,
            late=row.late,
            handed_in_at=row.handed_in_at,
            others=tuple(row.others),
            left_out=tuple(row.left_out),
            content=row.content,
            marks=marks.get(row.id, {}),
            students=tuple(sorted(students[row.id], key=attrgetter("name", "key"))),
            files=tuple(files.get(row.id, ())),
            answers=best_answers(row.id, files.get(row.id, ()), stored),
        )
        for row in rows
        if row.id in students
    )


def _last_handins(rows: Iterable[AnyRow], students: Mapping[int, Iterable[Student]]) -> dict[int, list[Student]]:
    """The students whose last handin it is, by the handin's id."""
    last: dict[str, _Owned] = {}
    for row in rows:
        for student in students.get(row.id, ()):
            owned = _Owned(handin=row, student=student)
            if student.key not in last or owned.later_than(last[student.key]):
                last[student.key] = owned
    found: dict[int, list[Student]] = {}
    for owned in last.values():
        found.setdefault(owned.handin.id, []).append(owned.student)
    return found


def _files(connection: Connection, present: ColumnElement[bool]) -> dict[int, list[FileResult]]:
    """The files of each handin, by its id."""
    submission = (
        SubmissionRow.handin_id,
        SubmissionRow.path,
        SubmissionRow.sha256,
        SubmissionRow.with_modules,
        SubmissionRow.key,
    )
    grading = (
        GradingRow.status,
        GradingRow.why,
        GradingRow.unreadable,
        GradingRow.outcome,
        GradingRow.graded_at,
        GradingRow.other_assignment,
    )
    rows = connection.execute(
        select(*submission, *grading)
        .join(HandinRow, HandinRow.id == SubmissionRow.handin_id)
        .outerjoin(GradingRow, GradingRow.key == SubmissionRow.key)
        .where(present, SubmissionRow.present)
        .order_by(SubmissionRow.path)
    ).all()
    known = _known_paths(connection, rows)
    found: dict[int, list[FileResult]] = {}
    for row in rows:
        file = FileResult(
            path=row.path,
            sha256=row.sha256,
            marked_for=row.with_modules or row.sha256,
            key=row.key,
            status=row.status or "pending",
            why=_with_own_path(row.why or "", row.path, known),
            unreadable=bool(row.unreadable),
            outcome=row.outcome or "",
            graded_at=row.graded_at,
            other_assignment=row.other_assignment or "",
        )
        found.setdefault(row.handin_id, []).append(file)
    return found


def _known_paths(connection: Connection, rows: Sequence[AnyRow]) -> frozenset[str]:
    """All paths that a reason may begin with, where any begins with the path of another file."""
    if all(not row.why or row.status != "broken" or row.why.startswith(row.path) for row in rows):
        return frozenset()
    return frozenset(connection.execute(select(SubmissionRow.path)).scalars())


def _with_own_path(why: str, path: str, known: frozenset[str]) -> str:
    """A reason that begins with a path begins with this one. Whoever hands in the same content shares its grading, and
    the reason there has the path of the first, which is another student's.
    """
    if not known or why.startswith(f"{path}: "):
        return why
    ends = (found.start() for found in re.finditer(": ", why))
    end = next((end for end in ends if why[:end] in known), None)
    return why if end is None else f"{path}{why[end:]}"


def _students(connection: Connection, present: ColumnElement[bool]) -> dict[int, list[Student]]:
    """The students of each handin, by its id."""
    columns = (HandinStudentRow.handin_id, StudentRow.key, StudentRow.name, StudentRow.number, StudentRow.email)
    rows = connection.execute(
        select(*columns)
        .join(StudentRow, StudentRow.id == HandinStudentRow.student_id)
        .join(HandinRow, HandinRow.id == HandinStudentRow.handin_id)
        .where(present)
    )
    found: dict[int, list[Student]] = {}
    for row in rows:
        student = Student(key=row.key, name=row.name, id=row.number, email=row.email)
        found.setdefault(row.handin_id, []).append(student)
    return found


def _stored_answers(connection: Connection, assignment: int, present: ColumnElement[bool]) -> StoredAnswers:
    of_present = SubmissionRow.handin_id.in_(select(HandinRow.id).where(present))
    keys = select(SubmissionRow.key).where(of_present, SubmissionRow.present)
    answers = select(*AnswerRow.__table__.c).where(AnswerRow.grading_key.in_(keys))
    return StoredAnswers(
        answers=_by_grading(connection.execute(answers)),
        checks=_by_grading(connection.execute(_checks(keys))),
        marks=_latest_marks(connection, assignment),
    )


def _checks(keys: AnySelect) -> AnySelect:
    columns = [column for column in CheckRow.__table__.c if column.name != "check_id"]
    checks = select(*columns, CheckRow.check.label("check"))
    return checks.where(CheckRow.grading_key.in_(keys)).order_by(CheckRow.position)


def _by_grading(rows: Iterable[AnyRow]) -> dict[str, dict[str, list[AnyRow]]]:
    """Rows by the key of their grading, then by their exercise."""
    found: dict[str, dict[str, list[AnyRow]]] = {}
    for row in rows:
        found.setdefault(row.grading_key, {}).setdefault(row.exercise, []).append(row)
    return found


def _latest_marks(connection: Connection, assignment: int) -> dict[tuple[int, str, str], dict[str, AnyRow]]:
    columns = [column for column in MarkRow.__table__.c if column.name != "check_id"]
    of_handins = (MarkRow.assignment_id == assignment) & MarkRow.handin_id.is_not(None)
    rows = connection.execute(select(*columns, MarkRow.check.label("check")).where(of_handins).order_by(MarkRow.id))
    found: dict[tuple[int, str, str], dict[str, AnyRow]] = {}
    for row in rows:
        found.setdefault((row.handin_id, row.sha256, row.exercise), {})[row.check] = row
    return found
