"""The gradebook's tables.

    assignment ──< handin >──< student            who handed in what: a folder, a file, a group's folder
                     └──< submission >── grading   each of its files, and how a file of that content was graded
                                            ├──< answer      its exercises
                                            └──< checked     their checks
    handin ──< mark                               the points that a person gave for an answer

A grading belongs to a *content*, identified by its key: a digest of the file, its companion files, the exercises and
the grader. A content is therefore graded once, however many students hand it in, and storing it twice changes nothing.

A change of a table needs a new file in ``migrations/versions``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

KEY = 64
"""Length of a digest: SHA-256 in hexadecimal."""
SLUG = 64
"""Maximal length of the id of an exercise or check."""
NAME = 512
"""Length of names and paths. Those of students are cut where they enter (``text_bounds``: PERSON, KEY, PATH)."""


class UtcDateTime(TypeDecorator[datetime]):
    """A time in UTC. SQLite stores times without a time zone; database servers return times in their own time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[str]: JSON}  # noqa: RUF012 - SQLAlchemy's way


class AssignmentRow(Base):
    """An assignment of a class: ``name`` is its id in the course, or what the class's work without one is called.

    ``plan`` is what its total is of (see ``plan_format``). ``statements`` are the exercises' texts by id, shown to
    whoever marks by hand. ``graded_at`` is the end of the last batch.
    """

    __tablename__ = "assignment"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME), unique=True)
    plan: Mapped[dict[str, Any]]
    statements: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    graded_at: Mapped[datetime | None]


class StudentRow(Base):
    """A ``model.Student``; ``number`` is its ``id``."""

    __tablename__ = "student"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(NAME), unique=True)
    name: Mapped[str] = mapped_column(String(NAME))
    number: Mapped[str] = mapped_column(String(NAME))
    email: Mapped[str] = mapped_column(String(NAME))


class HandinRow(Base):
    """What one student, or a group, handed in for an assignment.

    ``section`` numbers the sections of a class, which are handed over separately. ``present``: it was handed in at the
    last batch of its section too. ``content`` is the digest of its files if none of them can be graded, else empty.
    ``others`` are the names of its files that cannot be graded, ``left_out`` the paths
    of those that are beyond the number that is graded. ``handed_in_at`` is null if the platform does not tell;
    ``seen_at`` is when a batch first saw it.
    """

    __tablename__ = "handin"
    __table_args__ = (UniqueConstraint("assignment_id", "section", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(String(NAME))
    late: Mapped[bool]
    present: Mapped[bool]
    others: Mapped[list[str]]
    section: Mapped[int]
    left_out: Mapped[list[str]]
    handed_in_at: Mapped[datetime | None]
    seen_at: Mapped[datetime]
    content: Mapped[str] = mapped_column(String(KEY))


class HandinStudentRow(Base):
    """A student of a handin."""

    __tablename__ = "handin_student"

    handin_id: Mapped[int] = mapped_column(ForeignKey("handin.id", ondelete="CASCADE"), primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True, index=True)


class GradingRow(Base):
    """How a content was graded.

    ``status`` is ``graded``, or ``broken`` with the reason in ``why``; ``unreadable`` if the reason is what is in the
    file, and nothing that the grader failed at (false in gradings of before 0005). ``passed`` and ``complete`` are the
    report's. ``rubrics`` is the digest of the rubrics by which it was last marked. ``judged`` is what is needed to mark
    it again (see ``judged_format``), ``result`` the compressed document ``grader.result/1``; both are empty if it was
    not run. ``evidence`` is what pictures are drawn from (see ``evidence_format``), or empty; null in gradings of
    before 0006. ``other_assignment`` is the id of another assignment of the course that the file names, or empty.
    """

    __tablename__ = "grading"

    key: Mapped[str] = mapped_column(String(KEY), primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    why: Mapped[str] = mapped_column(Text)
    passed: Mapped[bool]
    complete: Mapped[bool]
    outcome: Mapped[str] = mapped_column(String(16))
    level: Mapped[str] = mapped_column(String(16))
    rubrics: Mapped[str] = mapped_column(String(KEY))
    graded_at: Mapped[datetime]
    other_assignment: Mapped[str] = mapped_column(String(SLUG))
    unreadable: Mapped[bool]
    judged: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    result: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    evidence: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class SubmissionRow(Base):
    """A file of a handin.

    ``name`` is what the student called it; empty in gradebooks of the first version. ``sha256`` and ``key`` identify
    its present content; both are empty until the batch reads the file. ``present``: it was handed in at the last batch
    too.
    """

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("handin_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    handin_id: Mapped[int] = mapped_column(ForeignKey("handin.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(String(NAME))
    name: Mapped[str] = mapped_column(String(NAME))
    sha256: Mapped[str] = mapped_column(String(KEY))
    key: Mapped[str] = mapped_column(String(KEY), index=True)
    present: Mapped[bool]
    with_modules: Mapped[str | None] = mapped_column(String(KEY))
    """A digest of the file and the modules beside it, which is what a mark is given for; null before 0005."""


class AnswerRow(Base):
    """An exercise of a grading, attempted or not.

    ``position`` is its index in the report. ``words`` is what a person has to read in order to mark it; empty if no
    check of it is marked by a person.
    """

    __tablename__ = "answer"

    grading_key: Mapped[str] = mapped_column(ForeignKey("grading.key", ondelete="CASCADE"), primary_key=True)
    exercise: Mapped[str] = mapped_column(String(SLUG), primary_key=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    score: Mapped[float]
    max_score: Mapped[float]
    words: Mapped[str] = mapped_column(Text)


class CheckRow(Base):
    """A check of an exercise that was attempted.

    ``score`` is null if a person has to mark it. ``mistake`` is the rubric's sentence, or empty. ``cell`` and ``line``
    are a ``model.Location``; without a line there is no location. ``chosen`` has the option that was chosen for each
    question. ``withheld`` is what a person reads who marks what would have passed, or empty.
    """

    __tablename__ = "checked"

    grading_key: Mapped[str] = mapped_column(ForeignKey("grading.key", ondelete="CASCADE"), primary_key=True)
    exercise: Mapped[str] = mapped_column(String(SLUG), primary_key=True)
    check: Mapped[str] = mapped_column("check_id", String(SLUG), primary_key=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    score: Mapped[float | None]
    max_score: Mapped[float]
    mistake: Mapped[str] = mapped_column(Text)
    cell: Mapped[int | None]
    line: Mapped[int | None]
    chosen: Mapped[dict[str, Any]]
    withheld: Mapped[str] = mapped_column(Text)


class MarkRow(Base):
    """The points that a person gave for an answer of a hand-in, in a file with this content.

    ``replaces`` is the id of the hand-in's mark before this one, or 0: so a second mark in the place of an earlier one
    breaks the table's unique constraint, whoever writes it. The latest mark counts. ``max_score`` is what the check was
    worth then: if it is worth more or less now, so are the points. It is null in marks of the first version.
    ``handin_id`` is null in marks of before 0005 whose content no hand-in had any more.
    """

    __tablename__ = "mark"
    __table_args__ = (
        Index("ix_mark_of", "assignment_id", "sha256", "exercise", "check_id"),
        UniqueConstraint("handin_id", "sha256", "exercise", "check_id", "replaces"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"))
    sha256: Mapped[str] = mapped_column(String(KEY))
    exercise: Mapped[str] = mapped_column(String(SLUG))
    check: Mapped[str] = mapped_column("check_id", String(SLUG))
    points: Mapped[float]
    max_score: Mapped[float | None]
    comment: Mapped[str] = mapped_column(Text)
    marked_by: Mapped[str] = mapped_column(String(NAME))
    marked_at: Mapped[datetime]
    handin_id: Mapped[int | None] = mapped_column(ForeignKey("handin.id", ondelete="CASCADE"))
    replaces: Mapped[int]
