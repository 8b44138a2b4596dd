"""The migrations of the gradebook's tables, one file for each version, run in order by Alembic."""
