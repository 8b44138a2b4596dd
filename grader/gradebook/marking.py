"""The answers that a person marks: what waits, what has a mark, and keeping one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from grader.errors import GradebookError
from grader.gradebook.classes import AnyRow, Chosen, Entry, entries
from grader.gradebook.tables import Assignment, Checked, Mark, Submission
from grader.model import Location, Waiting


def queue(connection: Connection, assignment: int, *, marked: bool) -> tuple[Waiting, ...]:
    """The answers of the files that count, check by check, and for each by the students' names.

    ``marked``: those that have a mark, else those that wait for one.
    """
    row = connection.execute(
        select(Assignment.exercises, Assignment.statements).where(Assignment.id == assignment)
    ).one()  # fmt: skip
    found = [
        (check, each)
        for entry in entries(connection, assignment)
        for chosen in entry.chosen.values()
        if chosen.exercise.status == "graded" and (not row.exercises or chosen.exercise.id in row.exercises)
        for check, each in _of(entry, chosen, row.statements)
        if (each.points is not None) is marked
    ]
    found.sort(key=lambda pair: (pair[1].exercise, pair[0], _name(pair[1])))
    return tuple(each for _, each in found)


def _of(entry: Entry, chosen: Chosen, statements: dict[str, str]) -> Iterator[tuple[int, Waiting]]:
    for number, check in enumerate(chosen.checks):
        if check.status == "manual":
            yield number, _waiting(entry, chosen, check, chosen.marks.get(check.check), statements)


def _waiting(entry: Entry, chosen: Chosen, check: AnyRow, mark: AnyRow | None, statements: dict[str, str]) -> Waiting:
    return Waiting(
        id=f"{chosen.file.id}/{chosen.exercise.id}/{check.check}",
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


def _name(waiting: Waiting) -> str:
    return waiting.students[0].name.casefold() if waiting.students else ""


def keep(connection: Connection, identity: str, points: float, comment: str, by: str) -> None:
    """Keep a mark for the present content of a file. Raises GradebookError for an answer that nobody has to mark."""
    number, _, rest = identity.partition("/")
    exercise, _, check = rest.partition("/")
    of_this = (Submission.id == (int(number) if number.isdecimal() else -1), Checked.exercise == exercise)
    row = connection.execute(
        select(Submission.id, Submission.sha256, Checked.max_score)
        .join(Checked, Checked.grading_key == Submission.key)
        .where(*of_this, Checked.check == check, Checked.status == "manual")
    ).one_or_none()
    if row is None:
        raise GradebookError(f"{identity}: no answer of this name waits for a person. Was it graded again meanwhile?")
    if not (math.isfinite(points) and 0 <= points <= row.max_score):
        raise GradebookError(f"{identity}: {points:g} points cannot be given; from 0 to {row.max_score:g} can.")
    values = {
        "submission_id": row.id, "sha256": row.sha256, "exercise": exercise, "check_id": check, "points": points,
        "comment": comment, "marked_by": by, "marked_at": datetime.now(UTC),
    }  # fmt: skip
    connection.execute(insert(Mark).values(values))
