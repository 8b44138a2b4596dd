"""How contents were graded: storing a grading, and reading it back. A content is graded once, whoever handed it in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from grader.classroom.gradebook import report_format
from grader.classroom.gradebook.tables import AnswerRow, Base, CheckRow, GradingRow, HandinRow, SubmissionRow
from grader.model import Graded

# Statements that run for every submission of a class. Made once, and of the tables: made of the mapped classes for each
# call, they take longer to make than to run.
_TABLES = Base.metadata.tables
_GRADING, _SUBMISSION = _TABLES[GradingRow.__tablename__], _TABLES[SubmissionRow.__tablename__]
_OF_KEY = _GRADING.c.key == bindparam("of_key")
_SELECT_EVIDENCE = select(_GRADING.c.evidence).where(_OF_KEY)
_DELETE_GRADING = delete(_GRADING).where(_OF_KEY)
_INSERT_GRADING = insert(_GRADING)
_INSERT_ANSWERS = insert(_TABLES[AnswerRow.__tablename__])
_INSERT_CHECKS = insert(_TABLES[CheckRow.__tablename__])
_LINK = (
    update(_SUBMISSION)
    .where(_SUBMISSION.c.id == bindparam("of_id"))
    .values(key=bindparam("new_key"), sha256=bindparam("new_sha256"))
)
_LINK_WITH_MODULES = _LINK.values(with_modules=bindparam("new_with_modules"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredGrading:
    """What the batch has to know about a content that was graded before; the columns of ``tables.GradingRow``."""

    status: str
    why: str
    unreadable: bool
    passed: bool
    complete: bool
    level: str
    rubrics: str
    other_assignment: str


def stored_grading_of(graded: Graded) -> StoredGrading:
    """What ``stored_gradings`` returns for a grading once it is saved."""
    report = graded.report
    return StoredGrading(
        status=graded.status,
        why=graded.why,
        unreadable=graded.unreadable,
        passed=report is not None and report.passed,
        complete=report is not None and report.complete,
        level="" if report is None else report.level.value,
        rubrics=graded.rubrics,
        other_assignment=graded.other_assignment,
    )


def stored_gradings(connection: Connection) -> dict[str, StoredGrading]:
    """Every content that was graded, by its key."""
    names = [field.name for field in fields(StoredGrading)]
    rows = connection.execute(select(GradingRow.key, *(getattr(GradingRow, name) for name in names)))
    return {key: StoredGrading(**dict(zip(names, values, strict=True))) for key, *values in rows}


def save(connection: Connection, graded: Graded) -> None:
    """Store a grading with its answers and checks. An earlier grading of the content is replaced."""
    evidence = graded.evidence
    if evidence is None:
        evidence = connection.execute(_SELECT_EVIDENCE, {"of_key": graded.key}).scalar()
    connection.execute(_DELETE_GRADING, {"of_key": graded.key})
    report, stored = graded.report, stored_grading_of(graded)
    values = {
        **{name: getattr(stored, name) for name in stored.__slots__},
        "key": graded.key,
        "outcome": "" if report is None else report.outcome.value,
        "graded_at": datetime.now(UTC),
        "judged": graded.judged,
        "result": b"" if report is None else report.document,
        "evidence": evidence,
    }
    connection.execute(_INSERT_GRADING, values)
    if report is None:
        return
    answers = [
        {
            "grading_key": graded.key,
            "exercise": exercise.id,
            "position": position,
            "words": graded.words.get(exercise.id, ""),
            "title": exercise.title,
            "status": exercise.status,
            "score": exercise.score,
            "max_score": exercise.max_score,
        }
        for position, exercise in enumerate(report.exercises)
    ]
    connection.execute(_INSERT_ANSWERS, answers)
    checks = [
        {
            "grading_key": graded.key,
            "exercise": exercise.id,
            "check_id": check.id,
            "position": position,
            "mistake": check.mistake,
            "cell": check.cell,
            "line": check.line,
            "chosen": dict(check.chosen),
            "withheld": check.withheld,
            "kind": check.kind,
            "title": check.title,
            "status": check.status,
            "score": check.score,
            "max_score": check.max_score,
        }
        for exercise in report.exercises
        for position, check in enumerate(exercise.checks)
    ]
    if checks:
        connection.execute(_INSERT_CHECKS, checks)


def link_submissions(
    connection: Connection, key: str, submissions: Mapping[int, str], with_modules: str | None = None
) -> None:
    """Store that submissions have the content with this key. ``submissions``: the SHA-256 of each, by its row.
    ``with_modules``: see ``SubmissionRow``; None: it stays as it is.
    """
    rows = [{"of_id": row, "new_key": key, "new_sha256": sha256} for row, sha256 in submissions.items()]
    if not rows:
        return
    if with_modules is None:
        connection.execute(_LINK, rows)
    else:
        connection.execute(_LINK_WITH_MODULES, [{**row, "new_with_modules": with_modules} for row in rows])


def judged(connection: Connection, key: str) -> bytes:
    """What is needed to mark a content again; empty where it could not be run."""
    return connection.execute(select(GradingRow.judged).where(GradingRow.key == key)).scalar() or b""


def attempted(connection: Connection, keys: Collection[str]) -> frozenset[str]:
    """The exercises that contents attempt, by the keys of the contents."""
    of_contents = AnswerRow.grading_key.in_(keys) & (AnswerRow.status != "not_attempted")
    return frozenset(connection.execute(select(AnswerRow.exercise).where(of_contents)).scalars())


def documents(connection: Connection, assignment: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The path and the report (``grader.result/1``) of every file of an assignment that could be run.

    Where two sections have a file at one path, the path of the later begins with the section's number.
    """
    rows = connection.execute(
        select(SubmissionRow.path, HandinRow.section, GradingRow.result)
        .join(HandinRow, HandinRow.id == SubmissionRow.handin_id)
        .join(GradingRow, GradingRow.key == SubmissionRow.key)
        .where(HandinRow.assignment_id == assignment, HandinRow.present, SubmissionRow.present)
        .order_by(SubmissionRow.path, HandinRow.section)
    )
    before = None
    for path, section, packed in rows:
        if packed:
            yield (f"section-{section}/{path}" if path == before else path), report_format.unpack(packed)
        before = path
