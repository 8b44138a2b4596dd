"""Assignments of a course, sections of a class, times of handing in.

What counted until now, the exercises that were asked for by name or all that were found, becomes the plan.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.op import f

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_UNIQUE = "uq_handin_assignment_id"
_ASSIGNMENT = sa.table(
    "assignment", sa.column("id", sa.Integer), sa.column("exercises", sa.JSON), sa.column("plan", sa.JSON)
)


def upgrade() -> None:
    op.add_column("assignment", sa.Column("plan", sa.JSON(), nullable=True))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_ASSIGNMENT.c.id, _ASSIGNMENT.c.exercises)).all():
        chosen = _ASSIGNMENT.c.id == row.id
        connection.execute(sa.update(_ASSIGNMENT).where(chosen).values(plan=_plan(row.exercises)))
    with op.batch_alter_table("assignment") as table:
        table.alter_column("plan", existing_type=sa.JSON(), nullable=False)
        table.drop_column("exercises")

    op.add_column("handin", sa.Column("section", sa.Integer(), nullable=True))
    op.add_column("handin", sa.Column("left_out", sa.JSON(), nullable=True))
    op.add_column("handin", sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("handin", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    handin = sa.table(
        "handin",
        sa.column("assignment_id", sa.Integer),
        sa.column("section", sa.Integer),
        sa.column("left_out", sa.JSON),
        sa.column("seen_at", sa.DateTime(timezone=True)),
    )
    assignment = sa.table(
        "assignment", sa.column("id", sa.Integer), sa.column("created_at", sa.DateTime(timezone=True))
    )
    created = sa.select(assignment.c.created_at).where(assignment.c.id == handin.c.assignment_id).scalar_subquery()
    connection.execute(sa.update(handin).values(section=1, left_out=[], seen_at=created))
    with op.batch_alter_table("handin") as table:
        table.alter_column("section", existing_type=sa.Integer(), nullable=False)
        table.alter_column("left_out", existing_type=sa.JSON(), nullable=False)
        table.alter_column("seen_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        table.drop_constraint(f(_UNIQUE), type_="unique")
        table.create_unique_constraint(f(_UNIQUE), ["assignment_id", "section", "path"])

    op.add_column("mark", sa.Column("max_score", sa.Double(), nullable=True))
    _add_text("submission", "name", 512)
    _add_text("grading", "other_assignment", 64)


def downgrade() -> None:
    """Sections are joined; of several handins with one path the oldest stays."""
    with op.batch_alter_table("grading") as table:
        table.drop_column("other_assignment")
    with op.batch_alter_table("submission") as table:
        table.drop_column("name")
    with op.batch_alter_table("mark") as table:
        table.drop_column("max_score")
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "DELETE FROM handin WHERE id NOT IN (SELECT first FROM "
            "(SELECT min(id) AS first FROM handin GROUP BY assignment_id, path) AS oldest)"
        )
    )
    with op.batch_alter_table("handin") as table:
        table.drop_constraint(f(_UNIQUE), type_="unique")
        table.drop_column("section")
        table.drop_column("left_out")
        table.drop_column("handed_in_at")
        table.drop_column("seen_at")
        table.create_unique_constraint(f(_UNIQUE), ["assignment_id", "path"])
    op.add_column("assignment", sa.Column("exercises", sa.JSON(), nullable=True))
    for row in connection.execute(sa.select(_ASSIGNMENT.c.id, _ASSIGNMENT.c.plan)).all():
        exercises = [exercise["id"] for exercise in row.plan["exercises"]]
        connection.execute(sa.update(_ASSIGNMENT).where(_ASSIGNMENT.c.id == row.id).values(exercises=exercises))
    with op.batch_alter_table("assignment") as table:
        table.alter_column("exercises", existing_type=sa.JSON(), nullable=False)
        table.drop_column("plan")


def _plan(exercises: list[str]) -> dict[str, Any]:
    """What counted in the first version. Titles and points stand with each grading; a later batch adds them here."""
    return {
        "basis": "exercises" if exercises else "found",
        "assignment": "",
        "title": "",
        "exercises": [
            {"id": name, "title": name, "max_score": None, "numbers": [], "bonus": False} for name in exercises
        ],
        "due": None,
        "late": None,
        "max_files": None,
    }


def _add_text(table_name: str, column: str, length: int) -> None:
    """Adds a column of texts, all empty."""
    kind = sa.String(length=length)
    op.add_column(table_name, sa.Column(column, kind, nullable=True))
    changed = sa.table(table_name, sa.column(column, kind))
    op.get_bind().execute(sa.update(changed).values({column: ""}))
    with op.batch_alter_table(table_name) as table:
        table.alter_column(column, existing_type=kind, nullable=False)
