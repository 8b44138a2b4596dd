"""A gradebook: who handed in what, how it was graded, and what a person marked."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, func, select, update

from grader.classroom.gradebook import class_results, database, enrolment, gradings, known_class, manual_marks
from grader.classroom.gradebook.enrolment import EnrolledFile
from grader.classroom.gradebook.gradings import StoredGrading
from grader.classroom.gradebook.handin_rows import Placement
from grader.classroom.gradebook.known_class import KnownClass
from grader.classroom.gradebook.plan_format import decode_plan
from grader.classroom.gradebook.tables import AssignmentRow
from grader.classroom.gradebook.write_lock import acquire_write_lock
from grader.classroom.intake import StudentHandin
from grader.errors import GradebookError
from grader.model import AnswerToMark, ClassResults, GivenMark, Graded, Plan


class Gradebook:
    """An open gradebook; ``Gradebook.open`` opens it.

    Every method is one transaction: all of its changes are kept, or none. Every method raises GradebookError where the
    database fails.
    """

    def __init__(self, engine: Engine, url: URL, lock: int | None) -> None:
        self._engine = engine
        self._url = url
        self._lock = lock

    @classmethod
    def open(cls, name: str, *, create: bool = False, exclusive: bool = False) -> Self:
        """Open the gradebook at a path or URL.

        ``create``: make the gradebook if there is none. ``exclusive``: refuse if another process has it open with
        ``exclusive``, and keep such processes out until it is closed.
        """
        url = database.parse_url(name)
        engine = database.connect(url, create=create)
        try:
            return cls(engine, url, acquire_write_lock(url) if exclusive else None)
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
    ) -> dict[tuple[str, str], EnrolledFile]:
        """Store who handed in what. Returns every file's row, by the path of its handin and its own path.

        Earlier handins of the sections that ``placement`` replaces are kept, but do not count any more. ``plan`` is
        what the total is of, ``statements`` the texts of all exercises.
        """
        with self._transaction() as connection:
            return enrolment.enrol(
                connection, assignment, handins, plan=plan, statements=statements, placement=placement
            )

    def stored_gradings(self) -> dict[str, StoredGrading]:
        """Every content that was graded, by its key."""
        with self._transaction() as connection:
            return gradings.stored_gradings(connection)

    def save(self, graded: Graded, submissions: Mapping[int, str]) -> None:
        """Store how a content was graded, replacing an earlier grading, and link the submissions with this content.

        ``submissions``: the SHA-256 of each submission, by its row. To save a grading twice changes nothing.
        """
        with self._transaction() as connection:
            gradings.save(connection, graded)
            gradings.link_submissions(connection, graded.key, submissions)

    def link_submissions(self, key: str, submissions: Mapping[int, str]) -> None:
        """Store that these submissions have a content that was graded before."""
        with self._transaction() as connection:
            gradings.link_submissions(connection, key, submissions)

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

    def waiting(self, assignment: str) -> tuple[AnswerToMark, ...]:
        """The answers that a person still has to mark, sorted by check."""
        with self._transaction() as connection:
            return manual_marks.answers_to_mark(connection, self._id_of(connection, assignment), marked=False)

    def marked(self, assignment: str) -> tuple[AnswerToMark, ...]:
        """The answers that a person has marked, sorted by check, with their latest mark."""
        with self._transaction() as connection:
            return manual_marks.answers_to_mark(connection, self._id_of(connection, assignment), marked=True)

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

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with database.gradebook_errors(self._url), self._engine.begin() as connection:
            yield connection

    def _id_of(self, connection: Connection, assignment: str) -> int:
        found = connection.execute(select(AssignmentRow.id).where(AssignmentRow.name == assignment)).scalar()
        if found is None:
            raise GradebookError(f"{database.display_url(self._url)}: there is no assignment `{assignment}`.")
        return found
