"""The answers that a person marks, those that wait and those that are marked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from sqlalchemy import Connection, select

from grader.classroom.gradebook import whole_handins
from grader.classroom.gradebook.best_answers import AnyRow, FileAnswer, points_of
from grader.classroom.gradebook.class_results import asked_exercises
from grader.classroom.gradebook.handin_results import HandinResult, handin_results
from grader.classroom.gradebook.plan_format import decode_plan
from grader.classroom.gradebook.report_format import unpack
from grader.classroom.gradebook.tables import AssignmentRow, GradingRow, MarkRow
from grader.model import AnswerToMark, AskedExercise, GivenMark, Location


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
            if (whole := _whole_handin(handin, exercise)) is not None:
                found.append(replace(whole, statement=statements.get(exercise.id, "")))
                positions[whole.id] = (number, len(asked))
                continue
            answer = handin.answers.get(exercise.id)
            if answer is None or answer.exercise.status != "graded":
                continue
            for position, (check, counted) in enumerate(zip(answer.check_rows, answer.exercise.checks, strict=True)):
                if counted.status != "manual":
                    continue
                identity = AnswerId(
                    handin=handin.id, sha256=answer.file.marked_for, exercise=exercise.id, check=check.check
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


def _whole_handin(handin: HandinResult, exercise: AskedExercise) -> AnswerToMark | None:
    """The answer to an exercise of a hand-in of which nothing can be graded; None of any other."""
    content = whole_handins.content_of(handin)
    if not content:
        return None
    identity = AnswerId(handin=handin.id, sha256=content, exercise=exercise.id, check=whole_handins.CHECK)
    mark = whole_handins.marks_of(handin).get(exercise.id)
    return AnswerToMark(
        id=str(identity),
        students=handin.students,
        file=handin.path,
        exercise=exercise.id,
        exercise_title=exercise.title,
        number=exercise.number,
        statement="",
        check=whole_handins.CHECK,
        check_title=whole_handins.TITLE,
        max_score=exercise.max_score,
        answer=whole_handins.why_broken(handin),
        location=None,
        points=None if mark is None else points_of(mark, exercise.max_score),
        comment="" if mark is None else mark.comment,
        marked_by="" if mark is None else mark.marked_by,
        marked_at=None if mark is None else mark.marked_at,
        version=0 if mark is None else mark.id,
        alike=frozenset({content}),
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
    return None if latest is None else given_mark(latest, answer.max_score)


def given_mark(row: AnyRow, max_score: float) -> GivenMark:
    """A row of the table ``mark``. ``max_score``: what the check is worth now."""
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
        alike=_alike(answer.file.marked_for, read),
    )


def _alike(sha256: str, read: str) -> frozenset[str]:
    """What identical answers share. Where nothing is to read, only identical files are identical answers."""
    words = read.strip()
    if not words:
        return frozenset({sha256})
    return frozenset({sha256, f"words {hashlib.sha256(words.encode('utf-8', 'replace')).hexdigest()}"})


def _first_name(answer: AnswerToMark) -> str:
    return answer.students[0].name.casefold() if answer.students else ""
