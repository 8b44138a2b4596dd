"""Opens the database of a gradebook; its errors become GradebookErrors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from grader.classroom.gradebook.passwords import without_password
from grader.classroom.gradebook.sqlite_access import ReadOnlyFile, may_write
from grader.errors import GradebookError

BUSY_MS = 15_000
"""Milliseconds to wait while another process writes."""


def parse_url(name: str) -> URL:
    """The URL of a gradebook, whose name is a URL or the path of an SQLite file. Raises GradebookError."""
    url = _parse(name)
    if url.get_backend_name() == "sqlite" and (url.database or "").strip() in ("", ":memory:"):
        shown = without_password(name)
        raise GradebookError(f"--gradebook `{shown}`: this would keep nothing. Give a file, or the URL of a database.")
    return url


def _parse(name: str) -> URL:
    if "://" not in name:
        return URL.create("sqlite", database=name)
    try:
        url = make_url(name)
        url.get_dialect().import_dbapi()
    except NoSuchModuleError:
        kind = without_password(name).partition("://")[0]
        raise GradebookError(f"--gradebook: SQLAlchemy knows no database `{kind}`.") from None
    except (ArgumentError, ValueError):
        raise GradebookError(
            f"--gradebook {without_password(name)}: give a file, or a URL such as "
            "postgresql+psycopg://user@host/gradebook."
        ) from None
    except ImportError as error:
        raise GradebookError(
            f"--gradebook {display_url(make_url(name))}: its driver is not installed ({error.name}); "
            "install it with pip."
        ) from None
    return url


def display_url(url: URL) -> str:
    """A URL that is safe to show: the path of an SQLite file, or the URL without its password."""
    shown = str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    return without_password(shown)


def sqlite_file(url: URL) -> Path | None:
    """The file of an SQLite gradebook; None for a database in memory or on a server."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database)


def check_place(file: Path, shown: str) -> None:
    """Raises GradebookError if there is no folder for a new gradebook."""
    if not file.absolute().parent.is_dir():
        raise GradebookError(
            f"{shown}: there is no folder {without_password(str(file.absolute().parent))} to keep the gradebook in."
        )


def connect(url: URL, *, create: bool, write: bool) -> Engine:
    """An engine for the gradebook. Raises GradebookError if there is none, unless ``create``.

    ``write``: it has to be possible to write. Without it, an SQLite file that may only be read is opened for reading.
    """
    file = sqlite_file(url)
    shown = display_url(url)
    if file is not None and not file.exists():
        if not create:
            raise GradebookError(f"{shown}: there is no gradebook. `grade batch` makes one; --gradebook names another.")
        check_place(file, shown)
    if file is not None and file.is_file() and not may_write(file):
        if write:
            raise GradebookError(f"{shown}: {READ_ONLY}")
        return _read_only(url, ReadOnlyFile(file))
    engine = create_engine(url)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
    return engine


def is_read_only(engine: Engine) -> bool:
    """Whether the gradebook is a file that may only be read."""
    return bool(engine.get_execution_options().get("grader_read_only"))


def _read_only(url: URL, file: ReadOnlyFile) -> Engine:
    engine = create_engine(url, creator=file.connect, execution_options={"grader_read_only": True})

    def check(connection: Any) -> None:
        if not file.is_unchanged():
            raise GradebookError(f"{display_url(url)}: it was written while it was read. Run the same command again.")

    event.listen(engine, "commit", check)
    return engine


@contextmanager
def gradebook_errors(url: URL) -> Iterator[None]:
    """Turns database errors into GradebookErrors."""
    try:
        yield
    except SQLAlchemyError as error:
        said = words_of(error)
        if url.password is not None and len(str(url.password)) > 2:
            said = said.replace(str(url.password), "***")
        raise GradebookError(f"{display_url(url)}: {_explanation(said)}") from error


def words_of(error: SQLAlchemyError) -> str:
    """What the database said."""
    return str(error.orig) if isinstance(error, DBAPIError) and error.orig is not None else str(error)


READ_ONLY = "the gradebook cannot be written: the file or its folder is read-only."

_NO_PERMISSION = (
    "permission denied",
    "must be owner",
    "read-only transaction",
    "command denied",
    "insufficient privil",
)


def lacks_permission(said: str) -> bool:
    """Whether a database refused because of who asked, or because it may only be read."""
    lower = said.lower()
    return "readonly" in lower or any(words in lower for words in _NO_PERMISSION)


def _explanation(said: str) -> str:
    first = said.strip().splitlines()[0] if said.strip() else "no reason was given"
    lower = first.lower()
    if "locked" in lower:
        return "the gradebook is in use by another process. Wait for that to end, and run the same command again."
    if "disk is full" in lower or "no space left" in lower or "could not extend" in lower:
        return (
            "there is no room left to write the gradebook (the disk is full). What was saved stays; make room, and run "
            "the same command again."
        )
    if "readonly" in lower:
        return READ_ONLY
    if lacks_permission(first):
        return f"the database does not permit this to the user of the gradebook's URL: {first}"
    if "read-only" in lower:
        return READ_ONLY
    if "unable to open" in lower:
        return "the gradebook cannot be opened: is it a folder, or do you lack the permission?"
    if "not a database" in lower or "malformed" in lower or "file is encrypted" in lower:
        return "this is no gradebook: the file is damaged, or of another kind. Name another with --gradebook."
    return f"the gradebook's database answered: {first}"


def _set_up_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    """WAL mode, so that readers do not wait for the writer; a committed transaction survives a crash of the process."""
    for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
