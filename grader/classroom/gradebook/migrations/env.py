"""Run by Alembic. The grader hands its connection over; nothing is read from a configuration file."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from grader.classroom.gradebook.tables import Base

connection: Connection = context.config.attributes["connection"]
# SQLite cannot alter most of a table in place: Alembic then makes a new one and copies the rows.
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
