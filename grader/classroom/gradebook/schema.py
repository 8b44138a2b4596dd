"""The tables of a gradebook: makes them, and brings those of an older version up to date."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from grader.classroom.gradebook.database import display_url, is_read_only, lacks_permission, words_of
from grader.classroom.gradebook.tables import Base
from grader.errors import GradebookError

HEAD = "0006"
"""The version of this release's tables, which is the newest file in ``migrations/versions``."""
MIGRATIONS = Path(__file__).with_name("migrations")

MADE_BY_ANOTHER_S = 15.0
"""How long to wait for the tables that another process is making."""
_LOCK = 0x67726164_736368
"""PostgreSQL's advisory lock for making and changing the tables."""


def bring_up_to_date(engine: Engine, url: URL, *, create: bool) -> None:
    """Create or upgrade the tables. Raises GradebookError for a database that is no gradebook, for one of a newer
    version, and for one of an older version that cannot be written.
    """
    version = _version(engine, url)
    if version == HEAD:
        return
    if version is not None:
        _check_known(url, version)
        if is_read_only(engine):
            raise _cannot_upgrade(url, version)
        try:
            _upgrade(engine, url)
        except SQLAlchemyError as error:
            if lacks_permission(words_of(error)):
                raise _cannot_upgrade(url, version) from error
            raise
    elif create:
        _make(engine, url)
    else:
        raise GradebookError(f"{display_url(url)}: the gradebook is empty. `grade batch` fills it.")


def _version(engine: Engine, url: URL) -> str | None:
    """The version of the tables; None if there are none. Raises GradebookError if they are not a gradebook's."""
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
        version = None
        if "alembic_version" in names:
            version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    ours = {*Base.metadata.tables, "alembic_version"}
    if names - ours or (version is None and names):
        raise GradebookError(
            f"{display_url(url)}: this is a database, but no gradebook. Name another with --gradebook."
        )
    return None if version is None else str(version)


def _cannot_upgrade(url: URL, version: str) -> GradebookError:
    return GradebookError(
        f"{display_url(url)}: the gradebook is of an older version of the grader ({version}; this one has {HEAD}), and "
        "cannot be brought up to date, because it may be read here and not written. Whoever may write to it has to "
        "open it once, by `grade results`; or copy it, and name the copy with --gradebook."
    )


def _make(engine: Engine, url: URL) -> None:
    """Creates the tables directly, since importing Alembic is slow. A test holds that the migrations make the same."""
    try:
        with engine.begin() as connection:
            _keep_others_out(connection)
            if "alembic_version" in inspect(connection).get_table_names():
                return  # another process has made them meanwhile
            Base.metadata.create_all(connection)
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
            connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})
    except SQLAlchemyError as error:
        if "exist" not in words_of(error).lower() or not _is_made_by_another(engine, url):
            raise


def _is_made_by_another(engine: Engine, url: URL) -> bool:
    """Waits for tables that another process is making in a database where it cannot be kept out."""
    deadline = time.monotonic() + MADE_BY_ANOTHER_S
    while time.monotonic() < deadline:
        try:
            if _version(engine, url) == HEAD:
                return True
        except GradebookError:
            pass  # some tables are there, and the version is not
        time.sleep(0.1)
    return False


def _keep_others_out(connection: Connection) -> None:
    """Until the transaction ends, no other process makes or changes the tables of a database of these kinds."""
    if connection.dialect.name == "sqlite":
        # The driver begins no transaction for a change of a table, so it is begun here.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _check_known(url: URL, version: str) -> None:
    known = {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}
    if version not in known:
        raise GradebookError(
            f"{display_url(url)}: the gradebook was written by a newer version of the grader (its version is "
            f"{version}, this one knows {HEAD}). Update the grader, or name another gradebook with --gradebook."
        )


def _upgrade(engine: Engine, url: URL) -> None:
    # Imported here, because the import is slow and a gradebook is migrated rarely.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.connect() as connection:
        if url.get_backend_name() == "sqlite":
            # A migration replaces tables. With foreign keys on, dropping a table deletes the rows of others that refer
            # to it; the setting cannot be changed within a transaction.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        # Alembic looks at the version again, within the transaction. An interrupted migration leaves all as it was.
        _keep_others_out(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
        connection.commit()
    engine.dispose()  # so that its connections have foreign keys on
