"""Gradebooks that may be read and not written."""

from __future__ import annotations

import os
import pwd
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from grader.classroom.gradebook.gradebook import Gradebook
from grader.errors import GradebookError
from tests.classroom.gradebook.results_by_hand import check, everybody, exercise, fill, graded, handin
from tests.classroom.gradebook.test_migrations import first_version

CANNOT_WRITE = "the gradebook cannot be written: the file or its folder is read-only"
CANNOT_UPGRADE = r"of an older version of the grader \(0001; .* Whoever may write to it has to open it once"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that others may look into; pytest's may be looked into by its user alone."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
        Path(name).chmod(0o755)


@contextmanager
def somebody() -> Iterator[None]:
    """Within it, this process has not more rights than others have: root could write to every file."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


def made(path: Path) -> str:
    with Gradebook.open(str(path), create=True) as book:
        fill(book, handin(), a=graded(exercise(check())))
    return str(path)


def lock(folder: Path, *, file: int = 0o444, parent: int = 0o555) -> None:
    for path in folder.iterdir():
        path.chmod(file)
    folder.chmod(parent)


@pytest.mark.parametrize(("file", "parent"), [(0o444, 0o555), (0o444, 0o755), (0o644, 0o555)])
def test_a_file_or_a_folder_that_cannot_be_written_is_read(folder: Path, file: int, parent: int) -> None:
    name = made(folder / "book #1?.sqlite")
    lock(folder, file=file, parent=parent)
    with somebody():
        with Gradebook.open(name) as book:
            assert [one.score for one in everybody(book)] == [2]
            assert book.waiting("hw") == book.marked("hw") == ()
            with pytest.raises(GradebookError, match=CANNOT_WRITE):
                book.finish("hw")
        with pytest.raises(GradebookError, match=CANNOT_WRITE):
            Gradebook.open(name, write=True)
        with pytest.raises(GradebookError, match=CANNOT_WRITE):
            Gradebook.open(name, create=True, exclusive=True)
    assert [path.name for path in folder.iterdir()] == ["book #1?.sqlite"]


def test_it_is_read_while_somebody_else_writes_to_it(folder: Path) -> None:
    name = made(folder / "book.sqlite")
    with Gradebook.open(name, exclusive=True) as writer:
        fill(writer, handin(), a=graded(exercise(check(score=1)), key="k2"))
        assert (folder / "book.sqlite-wal").stat().st_size > 0
        lock(folder)
        with somebody(), Gradebook.open(name) as book:
            assert [one.score for one in everybody(book)] == [1]
        folder.chmod(0o755)


def test_what_was_written_while_it_was_read_is_not_shown(folder: Path) -> None:
    name = made(folder / "book.sqlite")
    lock(folder)
    with somebody():
        book = Gradebook.open(name)
    folder.chmod(0o755)
    (folder / "book.sqlite").chmod(0o644)
    with closing(sqlite3.connect(name)) as writer:
        writer.execute("DELETE FROM grading")
        writer.commit()
    with somebody(), book, pytest.raises(GradebookError, match="written while it was read"):
        book.results("hw")


def test_an_older_one_is_told_apart_where_it_cannot_be_brought_up_to_date(folder: Path) -> None:
    name = str(first_version(folder / "book.sqlite"))
    lock(folder)
    with somebody(), pytest.raises(GradebookError, match=CANNOT_UPGRADE):
        Gradebook.open(name)


class TestAServer:
    @pytest.fixture
    def reader(self, empty_postgresql: str) -> str:
        """The URL of a user who may only read."""
        made_on = create_engine(empty_postgresql)
        with Gradebook.open(empty_postgresql, create=True) as book:
            fill(book, handin(), a=graded(exercise(check())))
        with made_on.begin() as connection:
            if not connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = 'reader'")).scalar():
                connection.execute(text("CREATE ROLE reader LOGIN"))
            connection.execute(text("GRANT USAGE ON SCHEMA public TO reader"))
            connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"))
        made_on.dispose()
        return make_url(empty_postgresql).set(username="reader").render_as_string()

    def test_a_user_who_may_only_read_reads(self, reader: str) -> None:
        with Gradebook.open(reader) as book:
            assert [one.score for one in everybody(book)] == [2]
            with pytest.raises(
                GradebookError, match="the database does not permit this to the user of the gradebook's"
            ):
                book.finish("hw")

    def test_such_a_user_cannot_bring_an_older_one_up_to_date(self, reader: str, empty_postgresql: str) -> None:
        engine = create_engine(empty_postgresql)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        engine.dispose()
        with pytest.raises(GradebookError, match=CANNOT_UPGRADE):
            Gradebook.open(reader)
