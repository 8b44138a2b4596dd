"""Opens the database of a gradebook and migrates it to the current version; its errors become GradebookErrors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from grader.classroom.gradebook.tables import Base
from grader.errors import GradebookError

HEAD = "0005"
"""The version of this release's tables, which is the newest file in ``migrations/versions``."""
MIGRATIONS = Path(__file__).with_name("migrations")

BUSY_MS = 15_000
"""Milliseconds to wait while another process writes."""


def parse_url(name: str) -> URL:
    """The URL of a gradebook, whose name is a URL or the path of an SQLite file. Raises GradebookError."""
    if "://" not in name:
        return URL.create("sqlite", database=name)
    try:
        url = make_url(name)
        url.get_dialect().import_dbapi()
    except NoSuchModuleError:
        raise GradebookError(f"--gradebook: SQLAlchemy knows no database `{name.partition('://')[0]}`.") from None
    except (ArgumentError, ValueError):
        raise GradebookError(
            f"--gradebook {name}: give a file, or a URL such as postgresql+psycopg://user@host/gradebook."
        ) from None
    except ImportError as error:
        raise GradebookError(
            f"--gradebook {display_url(make_url(name))}: its driver is not installed ({error.name}); "
            "install it with pip."
        ) from None
    return url


def display_url(url: URL) -> str:
    """A URL that is safe to show: the path of an SQLite file, or the URL without its password."""
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def sqlite_file(url: URL) -> Path | None:
    """The file of an SQLite gradebook; None for a database in memory or on a server."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database)


def connect(url: URL, *, create: bool) -> Engine:
    """An engine for the gradebook. A gradebook of an older version is migrated first.

    ``create``: make a gradebook if there is none. Raises GradebookError.
    """
    file = sqlite_file(url)
    if file is not None and not file.exists():
        if not create:
            raise GradebookError(f"{file}: there is no gradebook. `grade batch` makes one; --gradebook names another.")
        if not file.absolute().parent.is_dir():
            raise GradebookError(f"{file}: there is no folder {file.absolute().parent} to keep the gradebook in.")
    engine = create_engine(url)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
    try:
        with gradebook_errors(url):
            _migrate(engine, url, create=create)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def gradebook_errors(url: URL) -> Iterator[None]:
    """Turns database errors into GradebookErrors."""
    try:
        yield
    except SQLAlchemyError as error:
        said = str(error.orig) if isinstance(error, DBAPIError) and error.orig is not None else str(error)
        raise GradebookError(f"{display_url(url)}: {_explanation(said)}") from error


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
    if "readonly" in lower or "read-only" in lower:
        return "the gradebook cannot be written: the file or its folder is read-only."
    if "unable to open" in lower:
        return "the gradebook cannot be opened: is it a folder, or do you lack the permission?"
    if "not a database" in lower or "malformed" in lower or "file is encrypted" in lower:
        return "this is no gradebook: the file is damaged, or of another kind. Name another with --gradebook."
    return f"the gradebook's database answered: {first}"


def _set_up_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    """WAL mode, so that readers do not wait for the writer; a committed transaction survives a crash of the process."""
    for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _migrate(engine: Engine, url: URL, *, create: bool) -> None:
    """Creates or upgrades the tables. Raises GradebookError for a database that is no gradebook."""
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
        version = None
        if "alembic_version" in names:
            version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if version == HEAD:
        return
    ours = {*Base.metadata.tables, "alembic_version"}
    if names - ours or (version is None and names):
        raise GradebookError(
            f"{display_url(url)}: this is a database, but no gradebook. Name another with --gradebook."
        )
    if version is not None:
        _upgrade(engine, url, version)
    elif create:
        _make(engine)
    else:
        raise GradebookError(f"{display_url(url)}: the gradebook is empty. `grade batch` fills it.")


def _make(engine: Engine) -> None:
    """Creates the tables directly, since importing Alembic is slow. A test holds that the migrations make the same."""
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})


def _upgrade(engine: Engine, url: URL, version: str) -> None:
    # Imported here, because the import is slow and a gradebook is migrated rarely.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version not in known:
        raise GradebookError(
            f"{display_url(url)}: the gradebook was written by a newer version of the grader (its version is "
            f"{version}, this one knows {HEAD}). Update the grader, or name another gradebook with --gradebook."
        )
    with engine.connect() as connection:
        if url.get_backend_name() == "sqlite":
            # A migration replaces tables. With foreign keys on, dropping a table deletes the rows of others that refer
            # to it; the setting cannot be changed within a transaction. The driver begins none for a change of a table,
            # so it is begun here, and an interrupted migration leaves the gradebook as it was.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
        connection.commit()
    engine.dispose()  # so that its connections have foreign keys on
