"""Manual marks: the answers that a person marks, and storing a mark."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import Connection, insert, select

from grader.classroom.gradebook.best_answers import AnyRow, FileAnswer, points_of
from grader.classroom.gradebook.class_results import asked_exercises
from grader.classroom.gradebook.handin_results import handin_results
from grader.classroom.gradebook.plan_format import decode_plan
from grader.classroom.gradebook.report_format import unpack
from grader.classroom.gradebook.tables import AssignmentRow, CheckRow, GradingRow, HandinRow, MarkRow, SubmissionRow
from grader.errors import GradebookError
from grader.model import AnswerToMark, Location


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerId:
    """What a mark belongs to: a check of an exercise, in all files of an assignment with this content."""

    assignment: int
    sha256: str
    exercise: str
    check: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The id that ``str`` wrote; None for any other text."""
        try:
            assignment, sha256, exercise, check = text.split("/")
            return cls(assignment=int(assignment), sha256=sha256, exercise=exercise, check=check)
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.assignment}/{self.sha256}/{self.exercise}/{self.check}"


def answers_to_mark(connection: Connection, assignment: int, *, marked: bool) -> tuple[AnswerToMark, ...]:
    """The answers that count and have a mark (``marked``), or that still wait for a mark.

    Sorted by exercise in the order of the results, by check in the order of the exercise, and by the students' names.
    Students who handed in the same content share one answer.
    """
    columns = (AssignmentRow.plan, AssignmentRow.statements)
    stored_plan, statements = connection.execute(select(*columns).where(AssignmentRow.id == assignment)).one()
    handins = handin_results(connection, assignment)
    asked = asked_exercises(decode_plan(stored_plan), handins)
    reports = _Reports(connection)
    found: dict[AnswerId, AnswerToMark] = {}
    positions: dict[str, tuple[int, int]] = {}
    for handin in handins:
        for number, exercise in enumerate(asked):
            answer = handin.answers.get(exercise.id)
            if answer is None or answer.exercise.status != "graded":
                continue
            for position, (check, counted) in enumerate(zip(answer.check_rows, answer.exercise.checks, strict=True)):
                if counted.status != "manual":
                    continue
                identity = AnswerId(
                    assignment=assignment, sha256=answer.file.sha256, exercise=exercise.id, check=check.check
                )
                students = (*found[identity].students, *handin.students) if identity in found else handin.students
                found[identity] = replace(
                    _answer_to_mark(identity, answer, check, reports.check(answer.file.key, exercise.id, check.check)),
                    students=students,
                    number=exercise.number,
                    statement=statements.get(exercise.id, ""),
                )
                positions[found[identity].id] = (number, position)
    in_order = sorted(found.values(), key=lambda answer: (positions[answer.id], _first_name(answer)))
    return tuple(answer for answer in in_order if (answer.points is not None) is marked)


class _Reports:
    """The stored reports of submissions (``grader.result/1``), each read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._key = ""
        self._checks: dict[tuple[str, str], Mapping[str, Any]] = {}

    def check(self, key: str, exercise: str, check: str) -> Mapping[str, Any]:
        """A check in the report of the grading with this key; empty if it is not there."""
        if key != self._key:
            packed = self._connection.execute(select(GradingRow.result).where(GradingRow.key == key)).scalar()
            exercises = unpack(packed)["exercises"] if packed else ()
            self._key = key
            self._checks = {(one["id"], each["id"]): each for one in exercises for each in one["checks"]}
        return self._checks.get((exercise, check), {})


def _answer_to_mark(identity: AnswerId, answer: FileAnswer, check: AnyRow, reported: Mapping[str, Any]) -> AnswerToMark:
    """Without its students and the exercise's statement. ``reported`` is the check in the submission's report."""
    mark = answer.mark_rows.get(check.check)
    return AnswerToMark(
        id=str(identity),
        students=(),
        file=answer.file.path,
        exercise=answer.exercise.id,
        exercise_title=answer.exercise.title,
        statement="",
        check=check.check,
        check_title=check.title,
        max_score=check.max_score,
        answer=check.withheld or answer.words,
        location=None if check.line is None else Location(cell=check.cell, line=check.line),
        # Reports of earlier versions have no `place`.
        place=reported.get("place") or "",
        source=reported.get("source") or "",
        points=None if mark is None else points_of(mark, check.max_score),
        comment="" if mark is None else mark.comment,
        marked_by="" if mark is None else mark.marked_by,
        marked_at=None if mark is None else mark.marked_at,
    )


def _first_name(answer: AnswerToMark) -> str:
    return answer.students[0].name.casefold() if answer.students else ""


def save_mark(connection: Connection, identity: str, *, points: float, comment: str, by: str) -> None:
    """Store a mark. Raises GradebookError for an answer that no person has to mark, and for impossible points."""
    parsed = AnswerId.parse(identity)
    max_score = None if parsed is None else _max_score(connection, parsed)
    if parsed is None or max_score is None:
        raise GradebookError(f"{identity}: no answer of this name waits for a person. Was it graded again meanwhile?")
    if not (math.isfinite(points) and 0 <= points <= max_score):
        raise GradebookError(f"{identity}: {points:g} points cannot be given; from 0 to {max_score:g} can.")
    values = {
        "assignment_id": parsed.assignment,
        "sha256": parsed.sha256,
        "exercise": parsed.exercise,
        "check_id": parsed.check,
        "points": points,
        "max_score": max_score,
        "comment": comment,
        "marked_by": by,
        "marked_at": datetime.now(UTC),
    }
    connection.execute(insert(MarkRow).values(values))


def _max_score(connection: Connection, identity: AnswerId) -> float | None:
    """The points of a check that a person marks; None where there is no such check. Choices may need a person, too,
    where other files of the student contradict them.
    """
    rows = connection.execute(
        select(CheckRow.max_score, CheckRow.status, CheckRow.chosen)
        .join(SubmissionRow, SubmissionRow.key == CheckRow.grading_key)
        .join(HandinRow, HandinRow.id == SubmissionRow.handin_id)
        .where(HandinRow.assignment_id == identity.assignment, SubmissionRow.sha256 == identity.sha256)
        .where(CheckRow.exercise == identity.exercise, CheckRow.check == identity.check)
    )
    return next((row.max_score for row in rows if row.status == "manual" or row.chosen), None)
