"""Why a check that would have passed waits for a person.

Checks that were graded before are not withheld: until the file is graded again, they count as they did.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("checked", sa.Column("withheld", sa.Text(), nullable=True))
    checked = sa.table("checked", sa.column("withheld", sa.Text))
    op.get_bind().execute(sa.update(checked).values(withheld=""))
    with op.batch_alter_table("checked") as table:
        table.alter_column("withheld", existing_type=sa.Text(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("checked") as table:
        table.drop_column("withheld")
