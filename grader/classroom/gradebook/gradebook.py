"""A gradebook: who handed in what, how it was graded, and what a person marked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, func, select, update

from grader.classroom.gradebook import (
    answers_to_mark,
    class_results,
    database,
    enrolment,
    gradings,
    known_class,
    manual_marks,
    schema,
    student_reports,
)
from grader.classroom.gradebook.batch_lock import BatchLock, OnWait, acquire_batch_lock, acquire_row_lock
from grader.classroom.gradebook.enrolment import EnrolledFile
from grader.classroom.gradebook.gradings import StoredGrading
from grader.classroom.gradebook.handin_rows import Placement
from grader.classroom.gradebook.known_class import KnownClass
from grader.classroom.gradebook.plan_format import decode_plan
from grader.classroom.gradebook.tables import AssignmentRow, GradingRow
from grader.classroom.intake import StudentHandin
from grader.errors import GradebookError
from grader.model import AnswerToMark, ClassResults, GivenMark, Graded, Plan, StudentReports


class Gradebook:
    """An open gradebook; ``Gradebook.open`` opens it.

    Every method is one transaction: all of its changes are kept, or none. Every method raises GradebookError where the
    database fails.
    """

    def __init__(self, engine: Engine, url: URL, lock: BatchLock | None) -> None:
        self._engine = engine
        self._url = url
        self._lock = lock

    @classmethod
    def open(
        cls,
        name: str,
        *,
        create: bool = False,
        write: bool = False,
        exclusive: bool = False,
        on_wait: OnWait | None = None,
    ) -> Self:
        """Open the gradebook at a path or URL, and bring the tables of an older version up to date.

        ``create``: make the gradebook if there is none. ``write``: refuse a file that may only be read. ``exclusive``:
        keep others who open it so out until it is closed; where it is open so, refuse, or with ``on_wait`` wait.
        """
        url = database.parse_url(name)
        lock = acquire_batch_lock(url, create=create, on_wait=on_wait) if exclusive else None
        engine: Engine | None = None
        try:
            engine = database.connect(url, create=create, write=write or create or exclusive)
            with database.gradebook_errors(url):
                schema.bring_up_to_date(engine, url, create=create)
            if exclusive and lock is None and database.sqlite_file(url) is None and url.get_backend_name() != "sqlite":
                lock = acquire_row_lock(url, on_wait)
            return cls(engine, url, lock)
        except BaseException:
            if engine is not None:
                engine.dispose()
            if lock is not None:
                _remove_if_empty(lock.made)
                lock.close()
            raise

    def close(self) -> None:
        self._engine.dispose()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def discard_if_empty(self) -> None:
        """Close it, and remove the file if it was made for this batch, and nothing was stored in it."""
        made = None if self._lock is None else self._lock.made
        if made is not None and self._is_empty():
            self._engine.dispose()
            _remove(made)
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            self.discard_if_empty()

    # ----------------------------------------------------------------------------------------------------------------
    # Used by the batch
    # ----------------------------------------------------------------------------------------------------------------

    def known_class(self, assignment: str) -> KnownClass | None:
        """What is known of an assignment's class before a batch; None if nothing is."""
        with self._transaction() as connection:
            return known_class.known_class(connection, assignment)

    def enrol(
        self,
        assignment: str,
        handins: Sequence[StudentHandin],
        *,
        plan: Plan,
        statements: Mapping[str, str],
        placement: Placement,
        contents: Mapping[str, str] | None = None,
    ) -> dict[tuple[str, str], EnrolledFile]:
        """Store who handed in what. Returns every file's row, by the path of its handin and its own path.

        Earlier handins of the sections that ``placement`` replaces are kept, but do not count any more. ``plan`` is
        what the total is of, ``statements`` the texts of all exercises, ``contents`` the digests of handins of which
        nothing can be graded, by their paths.
        """
        with self._transaction() as connection:
            return enrolment.enrol(
                connection,
                assignment,
                handins,
                plan=plan,
                statements=statements,
                placement=placement,
                contents=contents or {},
            )

    def stored_gradings(self) -> dict[str, StoredGrading]:
        """Every content that was graded, by its key."""
        with self._transaction() as connection:
            return gradings.stored_gradings(connection)

    def save(self, graded: Graded, submissions: Mapping[int, str], with_modules: str | None = None) -> None:
        """Store how a content was graded, replacing an earlier grading, and link the submissions with this content.

        ``submissions``: the SHA-256 of each submission, by its row. ``with_modules``: a digest of the content with the
        modules beside it, which marks are given for; None: it is what it was before. To save a grading twice changes
        nothing.
        """
        with self._transaction() as connection:
            gradings.save(connection, graded)
            gradings.link_submissions(connection, graded.key, submissions, with_modules)

    def link_submissions(self, key: str, submissions: Mapping[int, str], with_modules: str | None = None) -> None:
        """Store that these submissions have a content that was graded before."""
        with self._transaction() as connection:
            gradings.link_submissions(connection, key, submissions, with_modules)

    def judged(self, key: str) -> bytes:
        """What is needed to mark a content again, in ``judged_format``; empty where it could not be run."""
        with self._transaction() as connection:
            return gradings.judged(connection, key)

    def attempted(self, keys: Collection[str]) -> frozenset[str]:
        """The exercises that contents with these keys attempt."""
        with self._transaction() as connection:
            return gradings.attempted(connection, keys)

    def finish(self, assignment: str) -> None:
        """Store that a batch has ended now."""
        with self._transaction() as connection:
            values = {"graded_at": datetime.now(UTC)}
            connection.execute(update(AssignmentRow).where(AssignmentRow.name == assignment).values(values))

    # ----------------------------------------------------------------------------------------------------------------
    # Used by those who read results and mark answers
    # ----------------------------------------------------------------------------------------------------------------

    def assignments(self) -> tuple[str, ...]:
        """The names of all assignments; the assignment that was graded last comes first."""
        return tuple(self.titles())

    def titles(self) -> Mapping[str, str]:
        """The titles of all assignments by their names, in the order of ``assignments``; empty where there is none."""
        latest = func.coalesce(AssignmentRow.graded_at, AssignmentRow.created_at).desc()
        rows = select(AssignmentRow.name, AssignmentRow.plan).order_by(latest, AssignmentRow.id.desc())
        with self._transaction() as connection:
            return {name: decode_plan(plan).title for name, plan in connection.execute(rows)}

    def results(self, assignment: str) -> ClassResults:
        """The results of all students, manual marks included. Raises GradebookError for an unknown assignment."""
        with self._transaction() as connection:
            return class_results.results(connection, self._id_of(connection, assignment))

    def documents(self, assignment: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """For every file that could be run: its path, and its report in JSON (``grader.result/1``).

        The documents do not contain manual marks.
        """
        with self._transaction() as connection:
            yield from gradings.documents(connection, self._id_of(connection, assignment))

    def reports(
        self, assignment: str, *, only: str | None = None, has_evidence: bool = True
    ) -> Iterator[StudentReports]:
        """For every student, in the order of ``results``: the result, and the reports with marks by hand in them.

        ``only``: for the student with this key. ``has_evidence``: with what pictures are drawn from.
        """
        with self._transaction() as connection:
            yield from student_reports.student_reports(
                connection, self._id_of(connection, assignment), only=only, has_evidence=has_evidence
            )

    def waiting(self, assignment: str) -> tuple[AnswerToMark, ...]:
        """The answers that a person still has to mark, sorted by check."""
        with self._transaction() as connection:
            return answers_to_mark.answers_to_mark(connection, self._id_of(connection, assignment), marked=False)

    def marked(self, assignment: str) -> tuple[AnswerToMark, ...]:
        """The answers that a person has marked, sorted by check, with their latest mark."""
        with self._transaction() as connection:
            return answers_to_mark.answers_to_mark(connection, self._id_of(connection, assignment), marked=True)

    def latest_mark(self, id: str) -> GivenMark | None:
        """The mark that counts for an answer (``AnswerToMark.id``) now; None while it waits."""
        with self._transaction() as connection:
            return manual_marks.latest_mark(connection, id)

    def mark(self, id: str, points: float, comment: str, by: str, *, seen: int) -> int:
        """Store a person's mark for an answer (``AnswerToMark.id``); returns its version. Earlier marks stay stored.

        ``seen``: the version of the mark that the person was shown, 0 for none. Raises MarkedMeanwhileError, and stores
        nothing, if another mark has been given since.
        """
        with self._transaction() as connection:
            return manual_marks.save_mark(connection, id, points=points, comment=comment, by=by, seen=seen)

    # ----------------------------------------------------------------------------------------------------------------

    def _is_empty(self) -> bool:
        """Whether nothing was graded yet; False, too, where the database does not answer any more."""
        try:
            with self._transaction() as connection:
                rows = (select(AssignmentRow.id), select(GradingRow.key))
                return all(connection.execute(each.limit(1)).first() is None for each in rows)
        except GradebookError:
            return False

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with database.gradebook_errors(self._url), self._engine.begin() as connection:
            yield connection

    def _id_of(self, connection: Connection, assignment: str) -> int:
        found = connection.execute(select(AssignmentRow.id).where(AssignmentRow.name == assignment)).scalar()
        if found is None:
            raise GradebookError(f"{database.display_url(self._url)}: there is no assignment `{assignment}`.")
        return found


def _remove_if_empty(made: Path | None) -> None:
    """Remove a file that was made, and never became a gradebook."""
    if made is not None and made.stat().st_size == 0:
        _remove(made)


def _remove(made: Path | None) -> None:
    """Remove a gradebook's file that holds nothing, with what SQLite keeps beside it."""
    if made is not None:
        for suffix in ("-wal", "-shm", ""):
            made.with_name(made.name + suffix).unlink(missing_ok=True)
