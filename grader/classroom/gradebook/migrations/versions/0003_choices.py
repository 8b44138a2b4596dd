"""What was chosen for each question of a check.

Choices that were graded before are not known: until the file is graded again, they contradict no others.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("checked", sa.Column("chosen", sa.JSON(), nullable=True))
    checked = sa.table("checked", sa.column("chosen", sa.JSON))
    op.get_bind().execute(sa.update(checked).values(chosen={}))
    with op.batch_alter_table("checked") as table:
        table.alter_column("chosen", existing_type=sa.JSON(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("checked") as table:
        table.drop_column("chosen")
