"""The gradebook's history: one file a version, run in order by Alembic."""
