"""The lock that keeps two batches from writing to the same gradebook."""

from __future__ import annotations

import fcntl
import os

from sqlalchemy import URL

from grader.classroom.gradebook.database import sqlite_file
from grader.errors import GradebookError


def acquire_write_lock(url: URL) -> int | None:
    """A file descriptor that holds the lock until it is closed or the process ends.

    None where there is no file to lock: a database server lets several batches write. SQLite's own locks do not
    suffice, because they last for one transaction only. Raises GradebookError where another batch holds the lock.
    """
    file = sqlite_file(url)
    if file is None:
        return None
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError):
            raise GradebookError(
                f"{file}: another `grade batch` is writing to this gradebook. Wait for it to end, or give this one a "
                "gradebook of its own with --gradebook."
            ) from None
        return None  # a file system without such locks
    return descriptor
