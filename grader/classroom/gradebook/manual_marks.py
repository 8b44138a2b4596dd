"""The answers that a person marks: what waits, what has a mark, and keeping one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from grader.classroom.gradebook.class_results import AnyRow, Chosen, Entry, entries
from grader.classroom.gradebook.tables import AssignmentRow, CheckRow, HandinRow, MarkRow, SubmissionRow
from grader.errors import GradebookError
from grader.model import AnswerToMark, Location


def queue(connection: Connection, assignment: int, *, marked: bool) -> tuple[AnswerToMark, ...]:
    """The answers of the files that count, check by check, and for each by the students' names. What several handed in
    alike is one answer.

    ``marked``: those that have a mark, else those that wait for one.
    """
    row = connection.execute(
        select(AssignmentRow.exercises, AssignmentRow.statements).where(AssignmentRow.id == assignment)
    ).one()  # fmt: skip
    found: dict[str, tuple[int, AnswerToMark]] = {}
    for entry in entries(connection, assignment):
        for chosen in entry.chosen.values():
            if chosen.exercise.status == "graded" and (not row.exercises or chosen.exercise.id in row.exercises):
                for number, each in _of(assignment, entry, chosen, row.statements):
                    known = found[each.id][1].students if each.id in found else ()
                    found[each.id] = number, replace(each, students=(*known, *each.students))
    asked = [(each.exercise, number, _name(each), each) for number, each in found.values()]
    return tuple(each for *_, each in sorted(asked, key=lambda one: one[:3]) if (each.points is not None) is marked)


def _of(
    assignment: int, entry: Entry, chosen: Chosen, statements: dict[str, str]
) -> Iterator[tuple[int, AnswerToMark]]:
    for number, check in enumerate(chosen.checks):
        if check.status == "manual":
            identity = f"{assignment}/{chosen.file.sha256}/{chosen.exercise.id}/{check.check}"
            yield number, _waiting(identity, entry, chosen, check, statements)


def _waiting(identity: str, entry: Entry, chosen: Chosen, check: AnyRow, statements: dict[str, str]) -> AnswerToMark:
    mark = chosen.marks.get(check.check)
    return AnswerToMark(
        id=identity,
        students=entry.students,
        file=chosen.file.path,
        exercise=chosen.exercise.id,
        exercise_title=chosen.exercise.title,
        statement=statements.get(chosen.exercise.id, ""),
        check=check.check,
        check_title=check.title,
        max_score=check.max_score,
        answer=chosen.words,
        location=None if check.line is None else Location(cell=check.cell, line=check.line),
        points=None if mark is None else mark.points,
        comment="" if mark is None else mark.comment,
        marked_by="" if mark is None else mark.marked_by,
        marked_at=None if mark is None else mark.marked_at,
    )


def _name(waiting: AnswerToMark) -> str:
    return waiting.students[0].name.casefold() if waiting.students else ""


def keep(connection: Connection, identity: str, points: float, comment: str, by: str) -> None:
    """Keep a mark for a content. Raises GradebookError for an answer that nobody has to mark."""
    try:
        assignment, sha256, exercise, check = identity.split("/")
        number = int(assignment)
    except ValueError:
        sha256 = exercise = check = ""
        number = -1
    row = connection.execute(
        select(HandinRow.assignment_id, CheckRow.max_score)
        .join(SubmissionRow, SubmissionRow.handin_id == HandinRow.id)
        .join(CheckRow, CheckRow.grading_key == SubmissionRow.key)
        .where(HandinRow.assignment_id == number, SubmissionRow.sha256 == sha256)
        .where(CheckRow.exercise == exercise, CheckRow.check == check, CheckRow.status == "manual")
        .limit(1)
    ).one_or_none()
    if row is None:
        raise GradebookError(f"{identity}: no answer of this name waits for a person. Was it graded again meanwhile?")
    if not (math.isfinite(points) and 0 <= points <= row.max_score):
        raise GradebookError(f"{identity}: {points:g} points cannot be given; from 0 to {row.max_score:g} can.")
    values = {
        "assignment_id": row.assignment_id, "sha256": sha256, "exercise": exercise, "check_id": check,
        "points": points, "comment": comment, "marked_by": by, "marked_at": datetime.now(UTC),
    }  # fmt: skip
    connection.execute(insert(MarkRow).values(values))
