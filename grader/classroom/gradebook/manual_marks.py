"""Manual marks: storing a mark, and the latest mark of an answer."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from grader.classroom.gradebook import whole_handins
from grader.classroom.gradebook.answers_to_mark import AnswerId, given_mark
from grader.classroom.gradebook.best_answers import AnyRow, points_of
from grader.classroom.gradebook.class_results import asked_exercises
from grader.classroom.gradebook.handin_results import handin_results
from grader.classroom.gradebook.plan_format import decode_plan
from grader.classroom.gradebook.tables import AssignmentRow, CheckRow, HandinRow, MarkRow, SubmissionRow
from grader.errors import GradebookError, MarkedMeanwhileError
from grader.model import GivenMark
from grader.text import points as in_words
from grader.text_bounds import PERSON, WORDS, bounded, bounded_name


def save_mark(connection: Connection, identity: str, *, points: float, comment: str, by: str, seen: int) -> int:
    """Store a mark; returns its version. ``seen`` is the version of the mark that the person saw, or 0.

    Raises MarkedMeanwhileError if that is not the latest, and GradebookError for an answer that no person has to mark
    and for impossible points.
    """
    parsed, assignment, max_score = _markable(connection, identity)
    if not (math.isfinite(points) and 0 <= points <= max_score):
        raise GradebookError(f"{identity}: {points:g} points cannot be given; from 0 to {max_score:g} can.")
    latest = _latest(connection, parsed)
    if seen != (0 if latest is None else latest.id):
        raise MarkedMeanwhileError(_meanwhile(latest, max_score))
    values = {
        "assignment_id": assignment,
        "handin_id": parsed.handin,
        "sha256": parsed.sha256,
        "exercise": parsed.exercise,
        "check_id": parsed.check,
        "points": points,
        "max_score": max_score,
        "comment": bounded(comment, WORDS),
        "marked_by": bounded_name(by, PERSON),
        "marked_at": datetime.now(UTC),
        "replaces": seen,
    }
    try:
        return int(connection.execute(insert(MarkRow).values(values).returning(MarkRow.id)).scalar_one())
    except IntegrityError as error:
        # Somebody else's mark was stored between the look at the latest mark and this insertion.
        raise MarkedMeanwhileError(_meanwhile(None, max_score)) from error


def latest_mark(connection: Connection, identity: str) -> GivenMark | None:
    """The mark that counts for an answer; None while it waits. Raises GradebookError if no person has to mark it."""
    parsed, _, max_score = _markable(connection, identity)
    latest = _latest(connection, parsed)
    return None if latest is None else given_mark(latest, max_score)


def _meanwhile(latest: AnyRow | None, max_score: float) -> str:
    if latest is None:
        return "Somebody else has marked this answer meanwhile. Look at it again; nothing was replaced."
    given = f"{in_words(points_of(latest, max_score))} / {in_words(max_score)}"
    return (
        f"{latest.marked_by} has marked this answer meanwhile, on {latest.marked_at:%Y-%m-%d %H:%M} UTC: {given}. "
        "Nothing was replaced."
    )


def _latest(connection: Connection, identity: AnswerId) -> AnyRow | None:
    table = MarkRow.__table__
    # Marks of before 0005 were given for the file alone.
    of_file = select(SubmissionRow.sha256).where(
        SubmissionRow.handin_id == identity.handin, SubmissionRow.with_modules == identity.sha256
    )
    rows = select(table).where(
        MarkRow.handin_id == identity.handin,
        (MarkRow.sha256 == identity.sha256) | MarkRow.sha256.in_(of_file),
        MarkRow.exercise == identity.exercise,
        MarkRow.check == identity.check,
    )
    return connection.execute(rows.order_by(MarkRow.id.desc()).limit(1)).first()


def _markable(connection: Connection, identity: str) -> tuple[AnswerId, int, float]:
    """An answer, its assignment, and the points of the check. Raises GradebookError where no person marks the check.

    Choices may need a person, too, where other files of the student contradict them.
    """
    parsed = AnswerId.parse(identity)
    if parsed is not None and parsed.check == whole_handins.CHECK:
        assignment, max_score = _markable_whole(connection, parsed)
        if max_score is not None:
            return parsed, assignment, max_score
    elif parsed is not None:
        rows = connection.execute(
            select(HandinRow.assignment_id, CheckRow.max_score, CheckRow.status, CheckRow.chosen)
            .join(SubmissionRow, SubmissionRow.handin_id == HandinRow.id)
            .join(CheckRow, CheckRow.grading_key == SubmissionRow.key)
            .where(HandinRow.id == parsed.handin)
            .where(func.coalesce(SubmissionRow.with_modules, SubmissionRow.sha256) == parsed.sha256)
            .where(CheckRow.exercise == parsed.exercise, CheckRow.check == parsed.check)
        )
        for row in rows:
            if row.status == "manual" or row.chosen:
                return parsed, row.assignment_id, row.max_score
    raise GradebookError(f"{identity}: no answer of this name waits for a person. Was it graded again meanwhile?")


def _markable_whole(connection: Connection, identity: AnswerId) -> tuple[int, float | None]:
    """The assignment of a hand-in, and the points of an exercise; None if the hand-in is not marked as a whole."""
    row = connection.execute(
        select(AssignmentRow.id, AssignmentRow.plan)
        .join(HandinRow, HandinRow.assignment_id == AssignmentRow.id)
        .where(HandinRow.id == identity.handin)
    ).first()
    if row is None:
        return 0, None
    handins = handin_results(connection, row.id)
    for handin in handins:
        if handin.id == identity.handin and whole_handins.content_of(handin) == identity.sha256:
            for exercise in asked_exercises(decode_plan(row.plan), handins):
                if exercise.id == identity.exercise:
                    return row.id, exercise.max_score
    return row.id, None
