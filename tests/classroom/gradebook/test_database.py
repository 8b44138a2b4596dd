"""Opening and migrating gradebooks, and the errors of databases in plain words."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from grader.classroom.gradebook.gradebook import Gradebook
from grader.classroom.gradebook.schema import HEAD, MIGRATIONS
from grader.classroom.gradebook.tables import Base
from grader.errors import GradebookError
from tests.classroom.gradebook.results_by_hand import fill, handin


def schema_of(path: Path) -> dict[str, list[str]]:
    """The parts of every table's and index's definition, sorted, so that order and layout do not matter."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    bodies = {name: "".join(sql[sql.index("(") + 1 : sql.rindex(")")].split()) for name, sql in rows}
    return {name: sorted(re.split(r",(?![^(]*\))", body)) for name, body in bodies.items()}


class TestMigrations:
    def test_a_new_gradebook_equals_a_migrated_one(self, path: Path, tmp_path: Path) -> None:
        Gradebook.open(str(path), create=True).close()
        migrated = tmp_path / "migrated.sqlite"
        self.migrate(migrated, "upgrade", "head")
        with create_engine(f"sqlite:///{migrated}").connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        connection.engine.dispose()
        made, by_hand = schema_of(migrated), schema_of(path)
        assert made.pop("alembic_version")
        assert by_hand.pop("alembic_version")
        assert by_hand == made

    def test_head_is_the_newest_migration(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        assert ScriptDirectory.from_config(config).get_heads() == [HEAD]

    def test_migrations_can_be_undone(self, path: Path) -> None:
        Gradebook.open(str(path), create=True).close()
        self.migrate(path, "downgrade", "base")
        assert schema_of(path).keys() == {"alembic_version"}

    def migrate(self, path: Path, way: str, target: str) -> None:
        from alembic import command

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        engine = create_engine(f"sqlite:///{path}")
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            getattr(command, way)(config, target)
        engine.dispose()

    def test_a_gradebook_of_a_newer_grader_is_refused(self, path: Path) -> None:
        Gradebook.open(str(path), create=True).close()
        with closing(sqlite3.connect(path)) as database:
            database.execute("UPDATE alembic_version SET version_num = '9999'")
            database.commit()
        with pytest.raises(GradebookError, match=r"written by a newer version of the grader \(its version is 9999"):
            Gradebook.open(str(path))


class TestErrors:
    def message(self, name: object, **options: bool) -> str:
        with pytest.raises(GradebookError) as caught:
            Gradebook.open(str(name), **options)
        return str(caught.value)

    def test_a_missing_gradebook(self, path: Path) -> None:
        assert "there is no gradebook. `grade batch` makes one" in self.message(path)
        assert not path.exists()

    def test_a_missing_folder(self, tmp_path: Path) -> None:
        assert "there is no folder" in self.message(tmp_path / "no" / "book.sqlite", create=True)

    def test_a_folder(self, tmp_path: Path) -> None:
        assert "cannot be opened" in self.message(tmp_path, create=True)

    def test_another_kind_of_file(self, path: Path) -> None:
        path.write_text("name,points\nada,4\n" * 100)
        assert "this is no gradebook" in self.message(path, create=True)

    def test_another_database(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as database:
            database.execute("CREATE TABLE songs (name)")
        assert "a database, but no gradebook" in self.message(path, create=True)

    def test_an_empty_file(self, path: Path) -> None:
        path.touch()
        assert "the gradebook is empty" in self.message(path)

    def test_a_damaged_gradebook(self, path: Path) -> None:
        Gradebook.open(str(path), create=True).close()
        path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 40_000)
        with pytest.raises(GradebookError, match="damaged, or of another kind"), Gradebook.open(str(path)) as book:
            book.assignments()

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("nosuch://host/book", "SQLAlchemy knows no database `nosuch`"),
            ("://", "give a file, or a URL such as"),
            ("oracle+oracledb://ada:secret@host/book", "driver is not installed (oracledb)"),
        ],
    )
    def test_wrong_urls(self, url: str, said: str) -> None:
        message = self.message(url)
        assert said in message
        assert "secret" not in message

    def test_an_unreachable_server(self, tmp_path: Path) -> None:
        message = self.message(f"postgresql+psycopg://ada:secret@/book?host={tmp_path}", create=True)
        assert "the gradebook's database answered: connection" in message
        assert "secret" not in message

    def test_another_batch_writes_to_it(self, path: Path) -> None:
        with Gradebook.open(str(path), create=True, exclusive=True):
            assert "another `grade batch` is writing" in self.message(path, exclusive=True)
            Gradebook.open(str(path)).close()  # reading is allowed
        Gradebook.open(str(path), exclusive=True).close()

    def test_a_locked_database(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("grader.classroom.gradebook.database.BUSY_MS", 50)
        with Gradebook.open(str(path), create=True) as book, closing(sqlite3.connect(path)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(GradebookError, match="in use by another process"):
                book.finish("hw")

    def test_a_full_disk(self, path: Path) -> None:
        with Gradebook.open(str(path), create=True) as book:

            def no_room(connection: sqlite3.Connection, record: object) -> None:
                connection.execute("PRAGMA max_page_count=1")

            from sqlalchemy import event

            event.listen(book._engine, "connect", no_room)
            book._engine.dispose()
            with pytest.raises(GradebookError, match="there is no room left to write the gradebook"):
                fill(book, *(handin(path=f"p{n}" * 100) for n in range(50)))
        with Gradebook.open(str(path)) as book:
            assert book.assignments() == ()

    def test_an_unknown_assignment(self, book: Gradebook) -> None:
        with pytest.raises(GradebookError, match="there is no assignment `hw`"):
            book.results("hw")


@pytest.mark.parametrize("name", ["", " ", ":memory:", "sqlite://", "sqlite:///:memory:"])
def test_a_gradebook_that_would_keep_nothing_is_refused(name: str) -> None:
    with pytest.raises(GradebookError, match="this would keep nothing"):
        Gradebook.open(name, create=True)


def test_opening_a_current_gradebook_does_not_import_alembic(path: Path, root: Path) -> None:
    Gradebook.open(str(path), create=True).close()
    script = (
        "import sys; from grader.classroom.gradebook.gradebook import Gradebook; "
        f"Gradebook.open({str(path)!r}).close(); "
        "sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=root, check=True)
