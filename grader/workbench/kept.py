"""``Kept``: results of earlier validations, in a database in the user's cache folder. Losing it only costs time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from grader.cache_folder import cache_folder
from grader.cached_database import open_database

UNUSED_DAYS = 30
"""Results that nobody asked for so long are deleted."""
DAY_S = 24 * 60 * 60
_AT_ONCE = 500
"""Keys in one query; SQLite takes at most 999."""
_TABLE = "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, result TEXT, used REAL)"


class Kept:
    """Results as text by their keys. A damaged database is begun anew; one that cannot be written keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        """``folder``: where the database lies; None: nothing is kept."""
        self.folder = folder
        self._path = None if folder is None else folder / "validation.sqlite3"

    @classmethod
    def of_user(cls) -> Kept:
        """What this user's validations have kept."""
        return cls(cache_folder())

    def load(self, keys: Iterable[str]) -> Mapping[str, str]:
        """The results that are there, by key."""
        wanted = list(keys)
        found: dict[str, str] = {}
        with suppress(sqlite3.Error, OSError), self._database() as database:
            for start in range(0, len(wanted), _AT_ONCE):
                part = wanted[start : start + _AT_ONCE]
                marks = ", ".join("?" * len(part))
                found.update(database.execute(f"SELECT key, result FROM kept WHERE key IN ({marks})", part))
                database.execute(f"UPDATE kept SET used = ? WHERE key IN ({marks})", [time.time(), *part])
        return found

    def save(self, results: Mapping[str, str]) -> None:
        with suppress(sqlite3.Error, OSError), self._database() as database:
            rows = [(key, result, time.time()) for key, result in results.items()]
            database.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", rows)
            database.execute("DELETE FROM kept WHERE used < ?", [time.time() - UNUSED_DAYS * DAY_S])

    def _database(self) -> AbstractContextManager[sqlite3.Connection]:
        """Raises sqlite3.Error, and OSError where the folder cannot be made."""
        if self._path is None:
            raise sqlite3.OperationalError("nothing is kept")
        return open_database(self._path, _TABLE)
