"""The first version.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.op import f

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=512), nullable=False),
        sa.Column("exercises", sa.JSON(), nullable=False),
        sa.Column("statements", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f("pk_assignment")),
        sa.UniqueConstraint("name", name=f("uq_assignment_name")),
    )
    op.create_table(
        "grading",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("rubrics", sa.String(length=64), nullable=False),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=f("pk_grading")),
    )
    op.create_table(
        "student",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=512), nullable=False),
        sa.Column("name", sa.String(length=512), nullable=False),
        sa.Column("number", sa.String(length=512), nullable=False),
        sa.Column("email", sa.String(length=512), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f("pk_student")),
        sa.UniqueConstraint("key", name=f("uq_student_key")),
    )
    op.create_table(
        "answer",
        sa.Column("grading_key", sa.String(length=64), nullable=False),
        sa.Column("exercise", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("max_score", sa.Double(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grading_key"], ["grading.key"], name=f("fk_answer_grading_key_grading"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("grading_key", "exercise", name=f("pk_answer")),
    )
    op.create_table(
        "checked",
        sa.Column("grading_key", sa.String(length=64), nullable=False),
        sa.Column("exercise", sa.String(length=64), nullable=False),
        sa.Column("check_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("max_score", sa.Double(), nullable=False),
        sa.Column("mistake", sa.Text(), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["grading_key"], ["grading.key"], name=f("fk_checked_grading_key_grading"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("grading_key", "exercise", "check_id", name=f("pk_checked")),
    )
    op.create_table(
        "handin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=512), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("others", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=f("fk_handin_assignment_id_assignment"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=f("pk_handin")),
        sa.UniqueConstraint("assignment_id", "path", name=f("uq_handin_assignment_id")),
    )
    op.create_table(
        "handin_student",
        sa.Column("handin_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handin_id"], ["handin.id"], name=f("fk_handin_student_handin_id_handin"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=f("fk_handin_student_student_id_student"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("handin_id", "student_id", name=f("pk_handin_student")),
    )
    op.create_index(f("ix_handin_student_student_id"), "handin_student", ["student_id"], unique=False)
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handin_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=512), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handin_id"], ["handin.id"], name=f("fk_submission_handin_id_handin"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=f("pk_submission")),
        sa.UniqueConstraint("handin_id", "path", name=f("uq_submission_handin_id")),
    )
    op.create_index(f("ix_submission_key"), "submission", ["key"], unique=False)
    op.create_table(
        "mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("exercise", sa.String(length=64), nullable=False),
        sa.Column("check_id", sa.String(length=64), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("marked_by", sa.String(length=512), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=f("fk_mark_assignment_id_assignment"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=f("pk_mark")),
    )
    op.create_index("ix_mark_of", "mark", ["assignment_id", "sha256", "exercise", "check_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_mark_of", table_name="mark")
    op.drop_table("mark")
    op.drop_index(f("ix_submission_key"), table_name="submission")
    op.drop_table("submission")
    op.drop_index(f("ix_handin_student_student_id"), table_name="handin_student")
    op.drop_table("handin_student")
    op.drop_table("handin")
    op.drop_table("checked")
    op.drop_table("answer")
    op.drop_table("student")
    op.drop_table("grading")
    op.drop_table("assignment")
