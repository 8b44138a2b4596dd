"""How contents were graded: storing a grading, and reading it back. A content is graded once, whoever handed it in."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from grader.classroom.gradebook.tables import AnswerRow, CheckRow, GradingRow, HandinRow, SubmissionRow
from grader.model import Graded

_ZLIB_LEVEL = 3
"""Higher levels save little space for much more time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredGrading:
    """What the batch has to know about a content that was graded before; the columns of ``tables.GradingRow``."""

    status: str
    why: str
    passed: bool
    complete: bool
    level: str
    rubrics: str


def stored_grading_of(graded: Graded) -> StoredGrading:
    """What ``stored_gradings`` returns for a grading once it is saved."""
    result = graded.result
    return StoredGrading(
        status=graded.status,
        why=graded.why,
        passed=result is not None and result["passed"],
        complete=result is not None and result["complete"],
        level="" if result is None else result["isolation"]["level"],
        rubrics=graded.rubrics,
    )


def stored_gradings(connection: Connection) -> dict[str, StoredGrading]:
    """Every content that was graded, by its key."""
    names = [field.name for field in fields(StoredGrading)]
    rows = connection.execute(select(GradingRow.key, *(getattr(GradingRow, name) for name in names)))
    return {key: StoredGrading(**dict(zip(names, values, strict=True))) for key, *values in rows}


def save(connection: Connection, graded: Graded) -> None:
    """Store a grading with its answers and checks. An earlier grading of the content is replaced."""
    connection.execute(delete(GradingRow).where(GradingRow.key == graded.key))
    result = graded.result
    values = {
        **asdict(stored_grading_of(graded)),
        "key": graded.key,
        "outcome": "" if result is None else result["run"]["outcome"],
        "graded_at": datetime.now(UTC),
        "judged": graded.judged,
        "result": b"" if result is None else _pack(result),
    }
    connection.execute(insert(GradingRow).values(values))
    if result is None:
        return
    answers = [
        {
            "grading_key": graded.key,
            "exercise": exercise["id"],
            "position": position,
            "words": graded.words.get(exercise["id"], ""),
            **{name: exercise[name] for name in ("title", "status", "score", "max_score")},
        }
        for position, exercise in enumerate(result["exercises"])
    ]
    connection.execute(insert(AnswerRow), answers)
    checks = [
        {
            "grading_key": graded.key,
            "exercise": exercise["id"],
            "check_id": check["id"],
            "position": position,
            "mistake": check["mistake"] or "",
            "cell": (check["location"] or {}).get("cell"),
            "line": (check["location"] or {}).get("line"),
            **{name: check[name] for name in ("kind", "title", "status", "score", "max_score")},
        }
        for exercise in result["exercises"]
        if exercise["status"] != "not_attempted"
        for position, check in enumerate(exercise["checks"])
    ]
    if checks:
        connection.execute(insert(CheckRow), checks)


def link_submissions(connection: Connection, key: str, submissions: Mapping[int, str]) -> None:
    """Store that submissions have the content with this key. ``submissions``: the SHA-256 of each, by its row."""
    for row, sha256 in submissions.items():
        connection.execute(update(SubmissionRow).where(SubmissionRow.id == row).values(key=key, sha256=sha256))


def judged(connection: Connection, key: str) -> bytes:
    """What is needed to mark a content again; empty where it could not be run."""
    return connection.execute(select(GradingRow.judged).where(GradingRow.key == key)).scalar() or b""


def documents(connection: Connection, assignment: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The path and the report (``grader.result/1``) of every file of an assignment that could be run."""
    rows = connection.execute(
        select(SubmissionRow.path, GradingRow.result)
        .join(HandinRow, HandinRow.id == SubmissionRow.handin_id)
        .join(GradingRow, GradingRow.key == SubmissionRow.key)
        .where(HandinRow.assignment_id == assignment, HandinRow.present, SubmissionRow.present)
        .order_by(SubmissionRow.path)
    )
    for path, packed in rows:
        if packed:
            yield path, json.loads(zlib.decompress(packed))


def _pack(result: Mapping[str, Any]) -> bytes:
    return zlib.compress(json.dumps(result, separators=(",", ":")).encode(), _ZLIB_LEVEL)
