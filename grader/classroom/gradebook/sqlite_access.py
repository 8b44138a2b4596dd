"""SQLite files that may be read and not written.

A gradebook is in WAL mode: readers, too, need the files ``-wal`` and ``-shm`` beside it, and SQLite makes them. Where
that is not allowed, and no other process has them open, the file is opened as one that nobody changes, and a look at
the end tells whether that was true.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

BUSY_S = 15.0
"""Seconds to wait while another process writes."""


def may_write(file: Path) -> bool:
    """Whether this process may write to the file and, for ``-wal`` and ``-shm``, to its folder."""
    effective = os.access in os.supports_effective_ids
    return all(os.access(path, os.W_OK, effective_ids=effective) for path in (file, file.absolute().parent))


class ReadOnlyFile:
    """A gradebook's file that is opened for reading."""

    def __init__(self, file: Path) -> None:
        self._file = file.absolute()
        self._as_opened: tuple[int, ...] | None = None
        """How the file was when it was opened as one that nobody changes; None if it was not opened so."""

    def connect(self) -> sqlite3.Connection:
        if any(self._beside(suffix).exists() for suffix in ("-wal", "-shm")):
            try:
                return self._open("mode=ro")
            except sqlite3.OperationalError:
                if self._has_unfinished_changes():
                    raise
        self._as_opened = self._state()
        return self._open("mode=ro&immutable=1")

    def is_unchanged(self) -> bool:
        """False if the file was written after it was opened as one that nobody changes."""
        return self._as_opened is None or self._as_opened == self._state()

    def _open(self, options: str) -> sqlite3.Connection:
        uri = f"file:{quote(str(self._file))}?{options}"
        connection = sqlite3.connect(uri, uri=True, timeout=BUSY_S, check_same_thread=False)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master")  # SQLite opens its files only when it reads
        except BaseException:
            connection.close()
            raise
        return connection

    def _state(self) -> tuple[int, ...]:
        found = self._file.stat()
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _has_unfinished_changes(self) -> bool:
        """Whether ``-wal`` has changes that are not in the file yet."""
        try:
            return self._beside("-wal").stat().st_size > 0
        except OSError:
            return False

    def _beside(self, suffix: str) -> Path:
        return self._file.with_name(self._file.name + suffix)
