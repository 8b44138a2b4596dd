"""One assignment as a whole: of several files of a student's the best, manual marks added, everybody in a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from grader.classroom.gradebook.tables import (
    AnswerRow,
    AssignmentRow,
    CheckRow,
    GradingRow,
    HandinRow,
    HandinStudentRow,
    MarkRow,
    StudentRow,
    SubmissionRow,
)
from grader.model import AskedExercise, ClassCheck, ClassExercise, ClassResults, Outcome, Student, StudentResult

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]

_WORST_LAST = tuple(Outcome)
_BEST_FIRST = ("graded", "error", "not_attempted")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of a handin, with how its content was graded; ``status`` is ``pending`` where it was not yet."""

    id: int
    path: str
    sha256: str
    status: str
    why: str
    outcome: str
    graded_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The answer to one exercise that counts, and the file that it is from. ``places``: of each check, in order."""

    file: File
    exercise: ClassExercise
    words: str
    checks: tuple[AnyRow, ...]
    marks: Mapping[str, AnyRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one student or group handed in, and how that did. ``chosen`` has every exercise that some file knows of."""

    path: str
    late: bool
    others: tuple[str, ...]
    students: tuple[Student, ...]
    files: tuple[File, ...]
    chosen: Mapping[str, Chosen]


def results(connection: Connection, assignment: int) -> ClassResults:
    """How everybody did; a group's result stands at each of its students."""
    row = connection.execute(
        select(AssignmentRow.name, AssignmentRow.exercises, AssignmentRow.graded_at).where(
            AssignmentRow.id == assignment
        )
    ).one()
    found = entries(connection, assignment)
    asked = _asked(row.exercises, found)
    students = [_result(entry, student, asked) for entry in found for student in entry.students]
    return ClassResults(
        assignment=row.name,
        exercises=asked,
        students=tuple(sorted(students, key=lambda one: (one.student.name.casefold(), one.student.key))),
        graded_at=row.graded_at,
    )


def entries(connection: Connection, assignment: int) -> tuple[Entry, ...]:
    """All that was handed in at the last batch, with what counts of it."""
    present = (HandinRow.assignment_id == assignment) & HandinRow.present
    files: dict[int, list[tuple[File, str]]] = {}
    for row in connection.execute(_files(present)):
        file = File(
            id=row.id, path=row.path, sha256=row.sha256, status=row.status or "pending", why=row.why or "",
            outcome=row.outcome or "", graded_at=row.graded_at,
        )  # fmt: skip
        files.setdefault(row.handin_id, []).append((file, row.key))
    of_these = SubmissionRow.handin_id.in_(select(HandinRow.id).where(present))
    keys = select(SubmissionRow.key).where(of_these, SubmissionRow.present)
    answers = _grouped(connection.execute(select(*AnswerRow.__table__.c).where(AnswerRow.grading_key.in_(keys))))
    checks = _grouped(connection.execute(_checks(keys)))
    marks = _latest_marks(connection, assignment)
    students: dict[int, list[Student]] = {}
    who = select(HandinStudentRow.handin_id, StudentRow.key, StudentRow.name, StudentRow.number, StudentRow.email)
    who = who.join(StudentRow, StudentRow.id == HandinStudentRow.student_id).join(
        HandinRow, HandinRow.id == HandinStudentRow.handin_id
    )
    for row in connection.execute(who.where(present)):
        student = Student(key=row.key, name=row.name, id=row.number, email=row.email)
        students.setdefault(row.handin_id, []).append(student)
    handins = (
        select(HandinRow.id, HandinRow.path, HandinRow.late, HandinRow.others).where(present).order_by(HandinRow.path)
    )
    return tuple(
        Entry(
            path=row.path,
            late=row.late,
            others=tuple(row.others),
            students=tuple(sorted(students.get(row.id, ()), key=attrgetter("name", "key"))),
            files=tuple(file for file, _ in files.get(row.id, ())),
            chosen=_choose(files.get(row.id, ()), answers, checks, marks),
        )
        for row in connection.execute(handins)
    )


def _files(present: Any) -> AnySelect:
    statement: AnySelect = (
        select(
            SubmissionRow.id, SubmissionRow.handin_id, SubmissionRow.path, SubmissionRow.sha256, SubmissionRow.key,
            GradingRow.status, GradingRow.why, GradingRow.outcome, GradingRow.graded_at,
        )
        .join(HandinRow, HandinRow.id == SubmissionRow.handin_id)
        .outerjoin(GradingRow, GradingRow.key == SubmissionRow.key)
        .where(present, SubmissionRow.present)
        .order_by(SubmissionRow.path)
    )  # fmt: skip
    return statement


def _checks(keys: AnySelect) -> AnySelect:
    columns = [column for column in CheckRow.__table__.c if column.name != "check_id"]
    return (
        select(*columns, CheckRow.check.label("check"))
        .where(CheckRow.grading_key.in_(keys))
        .order_by(CheckRow.position)
    )


_ByExercise = Mapping[str, Sequence[AnyRow]]
"""Rows of one grading, by their exercise."""


def _grouped(rows: Iterable[AnyRow]) -> dict[str, dict[str, list[AnyRow]]]:
    """By the key of their grading, and by their exercise."""
    found: dict[str, dict[str, list[AnyRow]]] = {}
    for row in rows:
        found.setdefault(row.grading_key, {}).setdefault(row.exercise, []).append(row)
    return found


def _latest_marks(connection: Connection, assignment: int) -> dict[tuple[str, str], dict[str, AnyRow]]:
    """For each content and exercise: the latest mark of each check."""
    found: dict[tuple[str, str], dict[str, AnyRow]] = {}
    columns = (MarkRow.sha256, MarkRow.exercise, MarkRow.check.label("check"), MarkRow.points, MarkRow.comment, MarkRow.marked_by,
               MarkRow.marked_at)  # fmt: skip
    for row in connection.execute(select(*columns).where(MarkRow.assignment_id == assignment).order_by(MarkRow.id)):
        found.setdefault((row.sha256, row.exercise), {})[row.check] = row
    return found


# --------------------------------------------------------------------------------------------------------------------
# What counts
# --------------------------------------------------------------------------------------------------------------------


def _choose(
    files: Sequence[tuple[File, str]],
    answers: Mapping[str, _ByExercise],
    checks: Mapping[str, _ByExercise],
    marks: Mapping[tuple[str, str], dict[str, AnyRow]],
) -> dict[str, Chosen]:
    """For each exercise the file that did best: one that was graded, with the most points."""
    candidates: dict[str, list[Chosen]] = {}
    for file, key in files:
        for exercise, (answer,) in answers.get(key, {}).items():
            rows = checks.get(key, {}).get(exercise, ())
            one = _chosen(file, answer, rows, marks.get((file.sha256, exercise), {}))
            candidates.setdefault(exercise, []).append(one)
    return {
        exercise: min(found, key=lambda one: (_BEST_FIRST.index(one.exercise.status), -one.exercise.score))
        for exercise, found in candidates.items()
    }


def _chosen(file: File, answer: AnyRow, checks: Sequence[AnyRow], marks: Mapping[str, AnyRow]) -> Chosen:
    together = tuple(_check(row, marks.get(row.check)) for row in checks)
    score = sum(each.score or 0.0 for each in together) if together else answer.score
    exercise = ClassExercise(
        id=answer.exercise,
        title=answer.title,
        status=answer.status,
        score=round(score, 6),
        max_score=answer.max_score,
        checks=together,
        file=file.path,
    )
    return Chosen(file=file, exercise=exercise, words=answer.words, checks=tuple(checks), marks=marks)


def _check(row: AnyRow, mark: AnyRow | None) -> ClassCheck:
    marked = row.status == "manual" and mark is not None
    return ClassCheck(
        id=row.check,
        kind=row.kind,
        title=row.title,
        status=row.status,
        # A rubric that was changed since may give fewer points than a person did.
        score=min(mark.points, row.max_score) if marked and mark is not None else row.score,
        max_score=row.max_score,
        mistake=row.mistake,
        marked_by=mark.marked_by if marked and mark is not None else "",
        comment=mark.comment if marked and mark is not None else "",
    )


def _asked(names: Sequence[str], found: Sequence[Entry]) -> tuple[AskedExercise, ...]:
    """The exercises that count for everybody, with what can be won in them."""
    known: dict[str, AskedExercise] = {}
    for entry in found:
        for identity, chosen in entry.chosen.items():
            exercise = chosen.exercise
            if identity in names or (not names and exercise.status != "not_attempted"):
                most = max(exercise.max_score, known[identity].max_score if identity in known else 0.0)
                known[identity] = AskedExercise(id=identity, title=exercise.title, max_score=most)
    return tuple(known[identity] for identity in (names or sorted(known)) if identity in known)


def _result(entry: Entry, student: Student, asked: Sequence[AskedExercise]) -> StudentResult:
    exercises = tuple(
        entry.chosen[one.id].exercise if one.id in entry.chosen else _not_attempted(one) for one in asked
    )  # fmt: skip
    graded = [file for file in entry.files if file.status == "graded"]
    broken = [file for file in entry.files if file.status == "broken"]
    pending = [file for file in entry.files if file.status == "pending"]
    attempted = any(one.status == "graded" for one in exercises)
    checks = [check for one in exercises for check in one.checks]
    if not entry.files or (broken and not attempted and not pending):
        status, why = "broken", _why_broken(entry, broken)
    elif pending and not graded:
        status, why = "pending", ""
    else:
        status, why = "graded", _why_broken(entry, broken) if broken else ""
    whole = status == "graded" and not broken and not pending
    return StudentResult(
        student=student,
        status=status,  # type: ignore[arg-type]  # one of the three words above
        score=round(sum(one.score for one in exercises), 6),
        max_score=round(sum(one.max_score for one in asked), 6),
        complete=whole
        and all(one.status != "error" for one in exercises)
        and all(check.score is not None and check.status != "error" for check in checks),
        passed=whole
        and all(one.status == "graded" for one in exercises)
        and all(check.status in ("passed", "manual") for check in checks),
        exercises=exercises,
        path=entry.path,
        files=tuple(file.path for file in entry.files),
        late=entry.late,
        outcome=max((Outcome(file.outcome) for file in graded if file.outcome), key=_WORST_LAST.index, default=None),
        why=why,
        graded_at=max((file.graded_at for file in entry.files if file.graded_at is not None), default=None),
    )


def _not_attempted(asked: AskedExercise) -> ClassExercise:
    return ClassExercise(
        id=asked.id, title=asked.title, status="not_attempted", score=0.0, max_score=asked.max_score, checks=()
    )


def _why_broken(entry: Entry, broken: Sequence[File]) -> str:
    if entry.files:
        return " ".join(file.why for file in broken)
    if not entry.others:
        return "Nothing was handed in."
    names = ", ".join(entry.others[:3]) + (", …" if len(entry.others) > 3 else "")
    return f"Handed in {names}: no notebook (.ipynb), script (.py) or notes (.md)."
