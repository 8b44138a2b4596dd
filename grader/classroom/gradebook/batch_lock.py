"""The lock that keeps two batches from writing to the same gradebook at once. It goes when the process ends."""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import URL, Connection, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from grader.classroom.gradebook.database import check_place, display_url, gradebook_errors, sqlite_file
from grader.errors import GradebookError

OnWait = Callable[[str], None]
"""Is told once, in words, that another batch has the lock."""

POLL_S = 0.2

Lock = TypeVar("Lock")


class BatchLock(Protocol):
    @property
    def made(self) -> Path | None:
        """The SQLite file, if it was made for this batch; else None."""

    def close(self) -> None: ...


def acquire_batch_lock(url: URL, *, create: bool, on_wait: OnWait | None) -> BatchLock | None:
    """Wait for the lock of a gradebook, before its tables are looked at or made.

    None where there is nothing to lock yet: a database in memory; a file that is not there, unless ``create``; and a
    server that is not PostgreSQL, for which ``acquire_row_lock`` is called once there are tables. Raises GradebookError
    where another batch has the lock and ``on_wait`` is None.
    """
    file = sqlite_file(url)
    if file is not None:
        return _wait(lambda: _lock_file(file, url, create=create), url, on_wait)
    if url.get_backend_name() == "postgresql":
        return _wait(lambda: _lock_session(url), url, on_wait)
    return None


def acquire_row_lock(url: URL, on_wait: OnWait | None) -> BatchLock:
    """The lock for other servers: a row that an open transaction has locked."""
    return _wait(lambda: _lock_row(url), url, on_wait)


class _Taken(Exception):
    """Another batch has the lock."""


def _wait(take: Callable[[], Lock], url: URL, on_wait: OnWait | None) -> Lock:
    told = False
    while True:
        try:
            return take()
        except _Taken:
            taken = f"{display_url(url)}: another `grade batch` is writing to this gradebook"
            if on_wait is None:
                raise GradebookError(
                    f"{taken}. Wait for it to end, or give this one a gradebook of its own with --gradebook."
                ) from None
            if not told:
                on_wait(f"{taken}. This one waits for it to end; Ctrl-C stops it.")
                told = True
            time.sleep(POLL_S)


class _FileLock:
    """SQLite's own locks do not suffice, because they last for one transaction only."""

    def __init__(self, descriptor: int, made: Path | None) -> None:
        self._descriptor = descriptor
        self.made = made

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _lock_file(file: Path, url: URL, *, create: bool) -> _FileLock | None:
    while True:
        found = _open_file(file, url, create=create)
        if found is None:
            return None
        descriptor, made = found
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise _Taken from None
        except OSError:
            os.close(descriptor)
            return None  # a file system without such locks
        if _is_at(file, descriptor):
            return _FileLock(descriptor, file if made else None)
        os.close(descriptor)  # a batch that was refused has removed the file that it had made


def _open_file(file: Path, url: URL, *, create: bool) -> tuple[int, bool] | None:
    """The file's descriptor, and whether it was made now. None where there is no file and none is to be made."""
    if create:
        check_place(file, display_url(url))
        try:
            return os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666), True
        except FileExistsError:
            pass
        except OSError as error:
            raise GradebookError(f"{display_url(url)}: the gradebook cannot be made: {error.strerror}.") from error
    try:
        return os.open(file, os.O_RDONLY | os.O_CLOEXEC), False
    except OSError:
        return None  # what is wrong with it is said when it is opened as a database


def _is_at(file: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(file.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


class _ConnectionLock:
    made: Path | None = None

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def close(self) -> None:
        self._connection.close()


def _lock_session(url: URL) -> _ConnectionLock:
    """An advisory lock of PostgreSQL, which lasts as long as its connection, and does not need any table."""
    connection = _connect(url, autocommit=True)
    try:
        with gradebook_errors(url):
            schema = connection.execute(text("SELECT current_schema()")).scalar()
            digest = hashlib.sha256(f"grade batch in {schema}".encode()).digest()
            key = int.from_bytes(digest[:8], "big", signed=True)
            if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar():
                raise _Taken
    except BaseException:
        connection.close()
        raise
    return _ConnectionLock(connection)


def _lock_row(url: URL) -> _ConnectionLock:
    connection = _connect(url, autocommit=False)
    try:
        with gradebook_errors(url):
            try:
                connection.execute(text("SELECT version_num FROM alembic_version FOR UPDATE NOWAIT")).all()
            except DBAPIError as error:
                if "lock" in str(error.orig).lower():
                    raise _Taken from error
                raise
    except BaseException:
        connection.close()
        raise
    return _ConnectionLock(connection)


def _connect(url: URL, *, autocommit: bool) -> Connection:
    options = {"isolation_level": "AUTOCOMMIT"} if autocommit else {}
    with gradebook_errors(url):
        return create_engine(url, poolclass=NullPool).connect().execution_options(**options)
