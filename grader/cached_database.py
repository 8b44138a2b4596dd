"""Databases in the user's cache folder. Losing one only costs time, so no write waits until it is on the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WAIT_S = 10.0
"""How long another process may be writing."""


@contextmanager
def open_database(path: Path, table: str) -> Iterator[sqlite3.Connection]:
    """A database with a table, in one transaction. A damaged one is begun anew.

    Raises sqlite3.Error, and OSError where the folder cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        database = _connect(path, table)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise  # in use, or not writable: it is not damaged
        path.unlink()
        database = _connect(path, table)
    try:
        with database:
            yield database
    finally:
        database.close()


def _connect(path: Path, table: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=WAIT_S)
    try:
        database.execute("PRAGMA synchronous = OFF")
        database.execute(table)
    except sqlite3.Error:
        database.close()
        raise
    return database
