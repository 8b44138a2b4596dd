"""Manual marks: the answers that a person marks, and storing a mark."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from grader.classroom.gradebook.best_answers import AnyRow, FileAnswer, points_of
from grader.classroom.gradebook.class_results import asked_exercises
from grader.classroom.gradebook.handin_results import handin_results
from grader.classroom.gradebook.plan_format import decode_plan
from grader.classroom.gradebook.report_format import unpack
from grader.classroom.gradebook.tables import AssignmentRow, CheckRow, GradingRow, HandinRow, MarkRow, SubmissionRow
from grader.errors import GradebookError, MarkedMeanwhileError
from grader.model import AnswerToMark, GivenMark, Location
from grader.text import points as in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerId:
    """What a mark belongs to: a check of an exercise, in a hand-in's files with this content."""

    handin: int
    sha256: str
    exercise: str
    check: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The id that ``str`` wrote; None for any other text."""
        try:
            handin, sha256, exercise, check = text.split("/")
            return cls(handin=int(handin), sha256=sha256, exercise=exercise, check=check)
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.handin}/{self.sha256}/{self.exercise}/{self.check}"


def answers_to_mark(connection: Connection, assignment: int, *, marked: bool) -> tuple[AnswerToMark, ...]:
    """The answers that count and have a mark (``marked``), or that still wait for a mark.

    Sorted by exercise in the order of the results, by check in the order of the exercise, and by the students' names.
    """
    columns = (AssignmentRow.plan, AssignmentRow.statements)
    stored_plan, statements = connection.execute(select(*columns).where(AssignmentRow.id == assignment)).one()
    handins = handin_results(connection, assignment)
    asked = asked_exercises(decode_plan(stored_plan), handins)
    reports = _Reports(connection)
    found: list[AnswerToMark] = []
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
                    handin=handin.id, sha256=answer.file.sha256, exercise=exercise.id, check=check.check
                )
                to_mark = replace(
                    _answer_to_mark(identity, answer, check, reports.check(answer.file.key, exercise.id, check.check)),
                    students=handin.students,
                    number=exercise.number,
                    statement=statements.get(exercise.id, ""),
                )
                found.append(to_mark)
                positions[to_mark.id] = (number, position)
    offers = _offers(connection, assignment, found)
    in_order = sorted(found, key=lambda answer: (positions[answer.id], _first_name(answer)))
    return tuple(
        answer if marked else replace(answer, offered=_offer(answer, offers))
        for answer in in_order
        if (answer.points is not None) is marked
    )


Offers = Mapping[tuple[str, str, str], AnyRow]
"""The latest mark by what was handed in (``AnswerToMark.alike``), exercise and check."""


def _offers(connection: Connection, assignment: int, answers: Iterable[AnswerToMark]) -> Offers:
    """The marks that identical answers have: those of the present ``answers``, and for identical files also those of
    hand-ins that are gone, and of before 0005, when a mark was not of a hand-in.
    """
    rows = connection.execute(
        select(MarkRow.__table__).where(MarkRow.assignment_id == assignment).order_by(MarkRow.id)
    ).all()
    found: dict[tuple[str, str, str], AnyRow] = {(row.sha256, row.exercise, row.check_id): row for row in rows}
    by_version = {row.id: row for row in rows}
    for answer in sorted(answers, key=lambda answer: answer.version):
        if answer.version:
            for digest in answer.alike:
                latest = found.get((digest, answer.exercise, answer.check))
                if latest is None or latest.id < answer.version:
                    found[digest, answer.exercise, answer.check] = by_version[answer.version]
    return found


def _offer(answer: AnswerToMark, offers: Offers) -> GivenMark | None:
    known = (offers.get((digest, answer.exercise, answer.check)) for digest in answer.alike)
    latest = max(filter(None, known), key=lambda row: row.id, default=None)
    return None if latest is None else _given_mark(latest, answer.max_score)


def _given_mark(row: AnyRow, max_score: float) -> GivenMark:
    """``max_score``: what the check is worth now."""
    return GivenMark(
        version=row.id,
        points=points_of(row, max_score),
        max_score=max_score,
        comment=row.comment,
        marked_by=row.marked_by,
        marked_at=row.marked_at,
    )


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
    read = check.withheld or answer.words
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
        answer=read,
        location=None if check.line is None else Location(cell=check.cell, line=check.line),
        # Reports of earlier versions have no `place`.
        place=reported.get("place") or "",
        source=reported.get("source") or "",
        points=None if mark is None else points_of(mark, check.max_score),
        comment="" if mark is None else mark.comment,
        marked_by="" if mark is None else mark.marked_by,
        marked_at=None if mark is None else mark.marked_at,
        version=0 if mark is None else mark.id,
        alike=_alike(answer.file.sha256, read),
    )


def _alike(sha256: str, read: str) -> frozenset[str]:
    """What identical answers share. Where nothing is to read, only identical files are identical answers."""
    words = read.strip()
    if not words:
        return frozenset({sha256})
    return frozenset({sha256, f"words {hashlib.sha256(words.encode('utf-8', 'replace')).hexdigest()}"})


def _first_name(answer: AnswerToMark) -> str:
    return answer.students[0].name.casefold() if answer.students else ""


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
        "comment": comment,
        "marked_by": by,
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
    return None if latest is None else _given_mark(latest, max_score)


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
    rows = select(table).where(
        MarkRow.handin_id == identity.handin,
        MarkRow.sha256 == identity.sha256,
        MarkRow.exercise == identity.exercise,
        MarkRow.check == identity.check,
    )
    return connection.execute(rows.order_by(MarkRow.id.desc()).limit(1)).first()


def _markable(connection: Connection, identity: str) -> tuple[AnswerId, int, float]:
    """An answer, its assignment, and the points of the check. Raises GradebookError where no person marks the check.

    Choices may need a person, too, where other files of the student contradict them.
    """
    parsed = AnswerId.parse(identity)
    if parsed is not None:
        rows = connection.execute(
            select(HandinRow.assignment_id, CheckRow.max_score, CheckRow.status, CheckRow.chosen)
            .join(SubmissionRow, SubmissionRow.handin_id == HandinRow.id)
            .join(CheckRow, CheckRow.grading_key == SubmissionRow.key)
            .where(HandinRow.id == parsed.handin, SubmissionRow.sha256 == parsed.sha256)
            .where(CheckRow.exercise == parsed.exercise, CheckRow.check == parsed.check)
        )
        for row in rows:
            if row.status == "manual" or row.chosen:
                return parsed, row.assignment_id, row.max_score
    raise GradebookError(f"{identity}: no answer of this name waits for a person. Was it graded again meanwhile?")
