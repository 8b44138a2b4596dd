"""One gradebook: who handed in what, how it was graded, and what a person marked.

Every method is one transaction: what it did is kept, or nothing of it.
"""

from __future__ import annotations

import fcntl
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, delete, func, insert, select, update

from grader.classroom.gradebook import class_results, database, manual_marks, tables
from grader.classroom.intake import Handin
from grader.errors import GradebookError
from grader.model import AnswerToMark, ClassResults, Graded, Student


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredGrading:
    """What the gradebook knows of a content: see ``tables.GradingRow``."""

    status: str
    why: str
    passed: bool
    complete: bool
    level: str
    rubrics: str


def stored_grading_of(graded: Graded) -> StoredGrading:
    """What the gradebook will know of a content when it is saved."""
    result = graded.result
    return StoredGrading(
        status=graded.status,
        why=graded.why,
        passed=result is not None and result["passed"],
        complete=result is not None and result["complete"],
        level="" if result is None else result["isolation"]["level"],
        rubrics=graded.rubrics,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledFile:
    """A submission's row: its number, and the key of the content that it had when it was last read."""

    id: int
    key: str


class Gradebook:
    """An open gradebook; ``Gradebook.open`` gives one. Every method raises GradebookError where the database fails."""

    def __init__(self, engine: Engine, url: URL, lock: int | None) -> None:
        self._engine = engine
        self._url = url
        self._lock = lock

    @classmethod
    def open(cls, name: str, *, create: bool = False, exclusive: bool = False) -> Self:
        """Open the gradebook at a path or URL. ``create``: make it where there is none. ``exclusive``: keep out whoever
        asks for the same, until it is closed.
        """
        url = database.url_of(name)
        engine = database.connect(url, create=create)
        try:
            return cls(engine, url, _lock(url) if exclusive else None)
        except BaseException:
            engine.dispose()
            raise

    def close(self) -> None:
        self._engine.dispose()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # ----------------------------------------------------------------------------------------------------------------
    # The batch
    # ----------------------------------------------------------------------------------------------------------------

    def enrol(
        self, assignment: str, handins: Sequence[Handin], *, exercises: Sequence[str], statements: Mapping[str, str]
    ) -> dict[tuple[str, str], EnrolledFile]:
        """Take down who handed in what; returns a row for every file, by the paths of its handin and of itself.

        What was there before and is not in ``handins`` is kept, and counts no more. ``exercises`` are those that are
        asked for by name, ``statements`` the texts of all.
        """
        with self._transaction() as connection:
            asked = {"exercises": list(exercises), "statements": dict(statements)}
            number = _assignment(connection, assignment, asked)
            students = _students(connection, [student for each in handins for student in each.students])
            numbers = _handins(connection, number, handins)
            links = {
                (numbers[each.path], students[student.key]) for each in handins for student in each.students
            }  # fmt: skip
            _link(connection, set(numbers.values()), links)
            return _submissions(connection, numbers, handins)

    def stored_gradings(self) -> dict[str, StoredGrading]:
        """Every content that was graded, by its key."""
        grading = tables.GradingRow
        with self._transaction() as connection:
            names = [field.name for field in fields(StoredGrading)]
            rows = connection.execute(select(grading.key, *(getattr(grading, name) for name in names)))
            return {key: StoredGrading(**dict(zip(names, values, strict=True))) for key, *values in rows}

    def save(self, graded: Graded, submissions: Mapping[int, str]) -> None:
        """Keep how a content was graded, in place of what was known of it, and that these submissions have it.

        ``submissions``: the SHA-256 of each, by its row. Saving the same thing again changes nothing.
        """
        with self._transaction() as connection:
            connection.execute(delete(tables.GradingRow).where(tables.GradingRow.key == graded.key))
            _insert_grading(connection, graded)
            _link_submissions(connection, graded.key, submissions)

    def link_submissions(self, key: str, submissions: Mapping[int, str]) -> None:
        """Note that submissions have a content that was graded before."""
        with self._transaction() as connection:
            _link_submissions(connection, key, submissions)

    def judged(self, key: str) -> bytes:
        """What marking a content again takes; empty where it could not be run."""
        with self._transaction() as connection:
            found = connection.execute(select(tables.GradingRow.judged).where(tables.GradingRow.key == key)).scalar()
            return found or b""

    def finish(self, assignment: str) -> None:
        """Note that a batch has come to its end."""
        with self._transaction() as connection:
            chosen = tables.AssignmentRow.name == assignment
            connection.execute(update(tables.AssignmentRow).where(chosen).values(graded_at=datetime.now(UTC)))

    # ----------------------------------------------------------------------------------------------------------------
    # The class
    # ----------------------------------------------------------------------------------------------------------------

    def assignments(self) -> tuple[str, ...]:
        """The names of all assignments, the one that was graded last first."""
        table = tables.AssignmentRow
        latest = func.coalesce(table.graded_at, table.created_at).desc()
        with self._transaction() as connection:
            return tuple(connection.execute(select(table.name).order_by(latest, table.id.desc())).scalars())

    def results(self, assignment: str) -> ClassResults:
        """How everybody did, manual marks included. Raises GradebookError for an assignment that is not there."""
        with self._transaction() as connection:
            return class_results.results(connection, self._number_of(connection, assignment))

    def documents(self, assignment: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The document ``grader.result/1`` of every file that could be run, with the path of the file. What was marked
        by hand is not in them.
        """
        handin, submission, grading = tables.HandinRow, tables.SubmissionRow, tables.GradingRow
        with self._transaction() as connection:
            number = self._number_of(connection, assignment)
            rows = connection.execute(
                select(submission.path, grading.result)
                .join(handin, handin.id == submission.handin_id)
                .join(grading, grading.key == submission.key)
                .where(handin.assignment_id == number, handin.present, submission.present)
                .order_by(submission.path)
            )
            for path, packed in rows:
                if packed:
                    yield path, json.loads(zlib.decompress(packed))

    def waiting(self, assignment: str) -> tuple[AnswerToMark, ...]:
        """The answers that wait for a person, check by check."""
        with self._transaction() as connection:
            return manual_marks.queue(connection, self._number_of(connection, assignment), marked=False)

    def marked(self, assignment: str) -> tuple[AnswerToMark, ...]:
        """The answers that a person marked, check by check, with the mark that counts."""
        with self._transaction() as connection:
            return manual_marks.queue(connection, self._number_of(connection, assignment), marked=True)

    def mark(self, id: str, points: float, comment: str, by: str) -> None:
        """Keep a person's mark for an answer, by the id that it has in the queue. Earlier ones stay in the table."""
        with self._transaction() as connection:
            manual_marks.keep(connection, id, points, comment, by)

    # ----------------------------------------------------------------------------------------------------------------

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with database.in_words(self._url), self._engine.begin() as connection:
            yield connection

    def _number_of(self, connection: Connection, assignment: str) -> int:
        table = tables.AssignmentRow
        number = connection.execute(select(table.id).where(table.name == assignment)).scalar()
        if number is None:
            raise GradebookError(f"{database.shown(self._url)}: there is no assignment `{assignment}`.")
        return number


def _lock(url: URL) -> int | None:
    """A lock that ends with the process, however that ends; None for databases that look after themselves.

    SQLite's own locks are of another kind, and are held for the time of a transaction only.
    """
    file = database.file_of(url)
    if file is None:
        return None
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError):
            raise GradebookError(
                f"{file}: another `grade batch` is writing to this gradebook. Wait for it to end, or give this one a "
                "gradebook of its own with --gradebook."
            ) from None
        return None  # a file system without such locks
    return descriptor


# --------------------------------------------------------------------------------------------------------------------
# Rows
# --------------------------------------------------------------------------------------------------------------------


def _assignment(connection: Connection, name: str, asked: Mapping[str, object]) -> int:
    table = tables.AssignmentRow
    number = connection.execute(select(table.id).where(table.name == name)).scalar()
    if number is None:
        values = {**asked, "name": name, "created_at": datetime.now(UTC)}
        return int(connection.execute(insert(table).values(values).returning(table.id)).scalar_one())
    connection.execute(update(table).where(table.id == number).values(asked))
    return number


def _students(connection: Connection, students: Iterable[Student]) -> dict[str, int]:
    """The numbers of students by their keys; new ones are added, and what has changed is updated."""
    table = tables.StudentRow
    wanted = {student.key: student for student in students}
    rows = connection.execute(select(table.id, table.key, table.name, table.number, table.email)).all()
    there = {row.key: row for row in rows}
    changed = [
        student
        for key, student in wanted.items()
        if key in there
        and (there[key].name, there[key].number, there[key].email) != (student.name, student.id, student.email)
    ]
    for student in changed:
        values = {"name": student.name, "number": student.id, "email": student.email}
        connection.execute(update(table).where(table.key == student.key).values(values))
    added = [
        {"key": each.key, "name": each.name, "number": each.id, "email": each.email}
        for key, each in wanted.items()
        if key not in there
    ]
    if added:
        connection.execute(insert(table), added)
    return {key: number for number, key in connection.execute(select(table.id, table.key)) if key in wanted}


def _handins(connection: Connection, assignment: int, handins: Sequence[Handin]) -> dict[str, int]:
    """The numbers of handins by their paths. Those that are not there any more are marked so."""
    table = tables.HandinRow
    of_this = table.assignment_id == assignment
    columns = (table.id, table.path, table.late, table.present, table.others)
    there = {row.path: row for row in connection.execute(select(*columns).where(of_this))}
    wanted = {
        each.path: {"late": each.late, "present": True, "others": [other.name for other in each.others]}
        for each in handins
    }
    for path, row in there.items():
        known = {"late": row.late, "present": row.present, "others": row.others}
        values = wanted.get(path, known | {"present": False})
        if values != known:
            connection.execute(update(table).where(table.id == row.id).values(values))
    added = [
        {"assignment_id": assignment, "path": path, **values} for path, values in wanted.items() if path not in there
    ]  # fmt: skip
    if added:
        connection.execute(insert(table), added)
    numbers = connection.execute(select(table.path, table.id).where(of_this))
    return {path: number for path, number in numbers if path in wanted}


def _link(connection: Connection, handins: set[int], links: set[tuple[int, int]]) -> None:
    table = tables.HandinStudentRow
    there = {
        (handin, student)
        for handin, student in connection.execute(select(table.handin_id, table.student_id))
        if handin in handins
    }
    for handin, student in there - links:
        connection.execute(delete(table).where(table.handin_id == handin, table.student_id == student))
    added = [{"handin_id": handin, "student_id": student} for handin, student in sorted(links - there)]
    if added:
        connection.execute(insert(table), added)


def _submissions(
    connection: Connection, numbers: Mapping[str, int], handins: Sequence[Handin]
) -> dict[tuple[str, str], EnrolledFile]:
    table = tables.SubmissionRow
    ours = set(numbers.values())
    rows = connection.execute(select(table.id, table.handin_id, table.path, table.key, table.present)).all()
    there = {(row.handin_id, row.path): row for row in rows if row.handin_id in ours}
    wanted = {(numbers[each.path], file.path): each.path for each in handins for file in each.files}
    for place, row in there.items():
        if row.present != (place in wanted):
            connection.execute(update(table).where(table.id == row.id).values(present=place in wanted))
    added = [
        {"handin_id": handin, "path": path, "sha256": "", "key": "", "present": True}
        for handin, path in wanted
        if (handin, path) not in there
    ]
    if added:
        connection.execute(insert(table), added)
    now = connection.execute(select(table.id, table.handin_id, table.path, table.key))
    return {
        (wanted[row.handin_id, row.path], row.path): EnrolledFile(id=row.id, key=row.key)
        for row in now
        if (row.handin_id, row.path) in wanted
    }


def _insert_grading(connection: Connection, graded: Graded) -> None:
    result = graded.result
    values = {
        **asdict(stored_grading_of(graded)),
        "key": graded.key,
        "outcome": "" if result is None else result["run"]["outcome"],
        "graded_at": datetime.now(UTC),
        "judged": graded.judged,
        "result": b"" if result is None else zlib.compress(json.dumps(result, separators=(",", ":")).encode(), 3),
    }
    connection.execute(insert(tables.GradingRow).values(values))
    if result is None:
        return
    connection.execute(
        insert(tables.AnswerRow),
        [
            {
                "grading_key": graded.key,
                "exercise": exercise["id"],
                "position": position,
                "words": graded.words.get(exercise["id"], ""),
                **{name: exercise[name] for name in ("title", "status", "score", "max_score")},
            }
            for position, exercise in enumerate(result["exercises"])
        ],
    )
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
        connection.execute(insert(tables.CheckRow), checks)


def _link_submissions(connection: Connection, key: str, submissions: Mapping[int, str]) -> None:
    table = tables.SubmissionRow
    for number, sha256 in submissions.items():
        connection.execute(update(table).where(table.id == number).values(key=key, sha256=sha256))
