"""A mark belongs to a hand-in, and says which mark it replaces. A grading says whether it is the file that is broken.

Until now a mark belonged to a content, and so to all who had handed it in. Each hand-in that has a mark today gets its
own copy. Marks of a content that no hand-in has any more stay, without a hand-in.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.op import f

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_CONTENT = ("assignment_id", "sha256", "exercise", "check_id")
_GIVEN = ("points", "max_score", "comment", "marked_by", "marked_at")
_MARK = sa.table(
    "mark",
    sa.column("id", sa.Integer),
    sa.column("assignment_id", sa.Integer),
    sa.column("handin_id", sa.Integer),
    sa.column("sha256", sa.String),
    sa.column("exercise", sa.String),
    sa.column("check_id", sa.String),
    sa.column("points", sa.Double),
    sa.column("max_score", sa.Double),
    sa.column("comment", sa.Text),
    sa.column("marked_by", sa.String),
    sa.column("marked_at", sa.DateTime(timezone=True)),
    sa.column("replaces", sa.Integer),
)


def upgrade() -> None:
    op.add_column("mark", sa.Column("handin_id", sa.Integer(), nullable=True))
    op.add_column("mark", sa.Column("replaces", sa.Integer(), nullable=True))
    op.add_column("submission", sa.Column("with_modules", sa.String(length=64), nullable=True))
    _give_marks_to_handins(op.get_bind())
    with op.batch_alter_table("mark") as table:
        table.alter_column("replaces", existing_type=sa.Integer(), nullable=False)
        table.create_foreign_key(f("fk_mark_handin_id_handin"), "handin", ["handin_id"], ["id"], ondelete="CASCADE")
        columns = ["handin_id", "sha256", "exercise", "check_id", "replaces"]
        table.create_unique_constraint(f("uq_mark_handin_id"), columns)
    op.add_column("handin", sa.Column("content", sa.String(length=64), nullable=True))
    handin = sa.table("handin", sa.column("content", sa.String))
    op.get_bind().execute(sa.update(handin).values(content=""))
    with op.batch_alter_table("handin") as table:
        table.alter_column("content", existing_type=sa.String(length=64), nullable=False)
    op.add_column("grading", sa.Column("unreadable", sa.Boolean(), nullable=True))
    grading = sa.table("grading", sa.column("unreadable", sa.Boolean))
    op.get_bind().execute(sa.update(grading).values(unreadable=False))
    with op.batch_alter_table("grading") as table:
        table.alter_column("unreadable", existing_type=sa.Boolean(), nullable=False)


def _give_marks_to_handins(connection: sa.Connection) -> None:
    handins = _handins_by_content(connection)
    histories: dict[tuple[Any, ...], list[sa.Row[Any]]] = {}
    for row in connection.execute(sa.select(_MARK).order_by(_MARK.c.id)).all():
        histories.setdefault(tuple(row._mapping[name] for name in _CONTENT), []).append(row)
    for content, history in histories.items():
        first, *others = handins.get(content[:2], (None,))
        before = 0
        for row in history:
            connection.execute(sa.update(_MARK).where(_MARK.c.id == row.id).values(handin_id=first, replaces=before))
            before = row.id
        for handin in others:
            _copy(connection, history, handin)


def _handins_by_content(connection: sa.Connection) -> dict[tuple[Any, ...], list[int]]:
    """The hand-ins that have a content now, by their assignment and the content's SHA-256."""
    handin = sa.table("handin", sa.column("id", sa.Integer), sa.column("assignment_id", sa.Integer))
    submission = sa.table("submission", sa.column("handin_id", sa.Integer), sa.column("sha256", sa.String))
    rows = connection.execute(
        sa.select(handin.c.assignment_id, submission.c.sha256, handin.c.id)
        .join(submission, submission.c.handin_id == handin.c.id)
        .distinct()
        .order_by(handin.c.id)
    )
    found: dict[tuple[Any, ...], list[int]] = {}
    for assignment, sha256, identity in rows:
        found.setdefault((assignment, sha256), []).append(identity)
    return found


def _copy(connection: sa.Connection, history: Sequence[sa.Row[Any]], handin: int) -> None:
    """Insert the marks of a content once more, for another hand-in that has the content."""
    before = 0
    for row in history:
        values = {name: row._mapping[name] for name in (*_CONTENT, *_GIVEN)}
        inserted = sa.insert(_MARK).values(**values, handin_id=handin, replaces=before).returning(_MARK.c.id)
        before = connection.execute(inserted).scalar_one()


def downgrade() -> None:
    """Marks belong to contents again. Of equal copies the first stays."""
    connection = op.get_bind()
    seen: set[tuple[Any, ...]] = set()
    for row in connection.execute(sa.select(_MARK).order_by(_MARK.c.id)).all():
        mark = tuple(row._mapping[name] for name in (*_CONTENT, *_GIVEN))
        if mark in seen:
            connection.execute(sa.delete(_MARK).where(_MARK.c.id == row.id))
        seen.add(mark)
    with op.batch_alter_table("mark") as table:
        table.drop_constraint(f("uq_mark_handin_id"), type_="unique")
        table.drop_constraint(f("fk_mark_handin_id_handin"), type_="foreignkey")
        table.drop_column("replaces")
        table.drop_column("handin_id")
    with op.batch_alter_table("submission") as table:
        table.drop_column("with_modules")
    with op.batch_alter_table("grading") as table:
        table.drop_column("unreadable")
    with op.batch_alter_table("handin") as table:
        table.drop_column("content")
