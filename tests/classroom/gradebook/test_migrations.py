"""Gradebooks of earlier versions, opened by this one.

``gradebook-0001.sql`` was made by the first version: ``autograd-basics`` with ``--exercise double-backward``, of which
one answer was marked by hand, and ``week-1`` without, of which one student's work was removed before the last batch.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, MetaData, create_engine, func, insert, inspect, select, text

from grader.classroom.gradebook.gradebook import Gradebook
from grader.classroom.gradebook.handin_rows import Placement
from grader.classroom.gradebook.schema import HEAD, MIGRATIONS
from grader.errors import GradebookError
from grader.model import Student
from tests.classroom.gradebook.results_by_hand import assigned, handin, planned

FIRST = Path(__file__).with_name("gradebook-0001.sql")
TABLES = {
    "assignment": 2,
    "student": 6,
    "handin": 7,
    "handin_student": 7,
    "submission": 7,
    "grading": 7,
    "answer": 34,
    "checked": 10,
    "mark": 1,
}
"""The tables of the first version, and how many rows the gradebook has in each."""


def first_version(path: Path) -> Path:
    """The gradebook of the first version as an SQLite file."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript(FIRST.read_text(encoding="utf-8"))
    return path


def copied(source: Path, url: str) -> None:
    """Copies a gradebook of the first version to a server, whose database is empty."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    server, file = create_engine(url), create_engine(f"sqlite:///{source}")
    with server.begin() as there, file.connect() as here:
        config.attributes["connection"] = there
        command.upgrade(config, "0001")
        ours, theirs = MetaData(), MetaData()
        ours.reflect(here)
        theirs.reflect(there)
        for table in theirs.sorted_tables:
            if table.name == "alembic_version":
                continue
            rows = [dict(row._mapping) for row in here.execute(select(ours.tables[table.name]))]
            there.execute(insert(table), [_with_zones(row) for row in rows])
            if "id" in table.c:
                highest = select(func.max(table.c.id)).scalar_subquery()
                there.execute(select(func.setval(f"{table.name}_id_seq", highest)))
    server.dispose()
    file.dispose()


def _with_zones(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value for name, value in row.items()}


def rows_of(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in TABLES}


@pytest.fixture(params=["sqlite", "postgresql"])
def name(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The name of a gradebook of the first version: an SQLite file, or a PostgreSQL database."""
    path = first_version(tmp_path / "book.sqlite")
    if request.param == "sqlite":
        return str(path)
    url: str = request.getfixturevalue("empty_postgresql")
    copied(path, url)
    return url


@pytest.fixture
def book(name: str) -> Iterator[Gradebook]:
    with Gradebook.open(name) as book:
        yield book


class TestTheFirstVersion:
    def test_no_row_is_lost(self, name: str, book: Gradebook) -> None:
        engine = create_engine(name if "://" in name else f"sqlite:///{name}")
        assert rows_of(engine) == TABLES
        with engine.connect() as connection:
            assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
        engine.dispose()

    def test_results_are_what_they_were(self, book: Gradebook) -> None:
        assert book.assignments() == ("week-1", "autograd-basics")
        results = book.results("autograd-basics")
        assert (results.basis, results.title, results.due) == ("exercises", "", None)
        assert [(one.id, one.title, one.max_score) for one in results.exercises] == [
            ("double-backward", "Backward, twice", 4)
        ]
        ada, bob, cleo, dan, eve = results.students
        assert (ada.score, ada.max_score, ada.passed, ada.complete) == (4, 4, True, True)
        assert (cleo.score, cleo.exercises[0].file, cleo.files) == (4, "cleo/b.py", ("cleo/a.py", "cleo/b.py"))
        assert (dan.status, "damaged" in dan.why) == ("broken", True)
        assert (eve.status, "homework.pdf" in eve.why) == ("broken", True)
        assert (bob.score, bob.complete) == (1.5, False)
        assert {one.late for one in results.students} == {False}

    def test_marks_and_answers_that_wait_are_there(self, book: Gradebook) -> None:
        (marked,) = book.marked("autograd-basics")
        assert (marked.points, marked.comment, marked.marked_by) == (1.5, "Half right.", "kim")
        (waiting,) = book.waiting("autograd-basics")
        assert (waiting.check, waiting.max_score) == ("gradient-accumulates", 2)
        book.mark(waiting.id, 1.0, "", "kim", seen=0)
        assert book.results("autograd-basics").students[1].score == 2.5

    def test_what_was_found_is_what_was_found(self, book: Gradebook) -> None:
        results = book.results("week-1")
        assert (results.basis, [one.id for one in results.exercises]) == ("found", ["double-backward"])
        assert [(one.student.name, one.score, one.max_score) for one in results.students] == [("ada", 4, 4)]

    def test_judged_bytes_and_documents_are_there(self, book: Gradebook) -> None:
        paths = [path for path, _ in book.documents("autograd-basics")]
        assert paths == ["ada.py", "bob.py", "cleo/a.py", "cleo/b.py"]
        assert sum(bool(book.judged(key)) for key in book.stored_gradings()) == 6

    def test_who_was_removed_comes_back_as_who_it_was(self, book: Gradebook) -> None:
        known = book.known_class("week-1")
        assert known is not None
        assert known.sections == {1: {"ada"}}
        people = [Student(key=key, name=key) for key in ("ada", "zoe")]
        handins = [handin(one, path=f"{one.key}.py", files=(f"{one.key}.py",)) for one in people]
        book.enrol("week-1", handins, plan=known.plan, statements={}, placement=Placement())
        assert [one.student.name for one in book.results("week-1").students] == ["ada", "zoe"]

    def test_an_entry_goes_on_as_the_assignment_that_is_called_like_it(self, book: Gradebook) -> None:
        plan = assigned(planned("double-backward", max_score=4.0), planned("sin-derivative", max_score=5.0))
        ada = handin(Student(key="ada", name="ada"), path="ada.py", files=("ada.py",))
        book.enrol("autograd-basics", [ada], plan=plan, statements={}, placement=Placement())
        results = book.results("autograd-basics")
        assert (results.title, results.basis) == ("Homework", "assignment")
        assert [(one.student.name, one.score, one.max_score) for one in results.students] == [("ada", 4, 9)]


@pytest.mark.parametrize("version", ["0001", "0002", "0003", "0004"])
def test_every_handin_keeps_the_mark_that_its_content_had(name: str, version: str) -> None:
    """Bob's answer was marked twice, and Eve has handed in the same file. A third mark is of a file that is gone."""
    bobs = "94f0cc6ecf6683538041a285dd34498e57ed2d2de2114bb7441dbdf6da534672"
    url = name if "://" in name else f"sqlite:///{name}"
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        same = "SELECT 5, 'eve/a.py', sha256, key FROM submission WHERE id = 2"
        connection.execute(text(f"UPDATE submission SET (handin_id, path, sha256, key) = ({same}) WHERE id = 3"))
        again = (
            "id + {0}, assignment_id, {1}, exercise, check_id, points - 1, 'Read again.', 'lee', marked_at FROM mark"
        )
        names = "id, assignment_id, sha256, exercise, check_id, points, comment, marked_by, marked_at"
        for added, sha256 in ((1, "sha256"), (2, "'gone'")):
            rows = f"SELECT {again.format(added, sha256)} WHERE id = 1"
            connection.execute(text(f"INSERT INTO mark ({names}) {rows}"))
        if "://" in name:
            connection.execute(text("SELECT setval('mark_id_seq', 3)"))
    with Gradebook.open(name) as book:
        bob, eve = book.marked("autograd-basics")
        assert (bob.points, bob.comment, bob.students[0].name, bob.file) == (0.5, "Read again.", "bob", "bob.py")
        assert (eve.points, eve.comment, eve.students[0].name, eve.file) == (
            0.5,
            "Read again.",
            "eve",
            "eve/a.py",
        )
        book.mark(bob.id, 2, "", "kim", seen=bob.version)
        assert [one.points for one in book.marked("autograd-basics")] == [2, 0.5]
    with engine.connect() as connection:
        marks = "SELECT handin_id, sha256, points, marked_by FROM mark ORDER BY handin_id, id"
        kept = sorted(tuple(row) for row in connection.execute(text(marks)) if row.handin_id is not None)
        assert kept == sorted(
            [
                (2, bobs, 0.5, "lee"),
                (2, bobs, 1.5, "kim"),
                (2, bobs, 2, "kim"),
                (5, bobs, 0.5, "lee"),
                (5, bobs, 1.5, "kim"),
            ]
        )
        gone = connection.execute(text("SELECT sha256, points FROM mark WHERE handin_id IS NULL")).all()
        assert [tuple(row) for row in gone] == [("gone", 0.5)]
    engine.dispose()


def test_an_interrupted_migration_leaves_the_gradebook_as_it_was(tmp_path: Path) -> None:
    path = first_version(tmp_path / "book.sqlite")
    with closing(sqlite3.connect(path)) as database:
        database.execute("ALTER TABLE grading ADD COLUMN other_assignment TEXT")  # the last step will fail
    with pytest.raises(GradebookError, match="duplicate column name: other_assignment"):
        Gradebook.open(str(path))
    engine = create_engine(f"sqlite:///{path}")
    assert rows_of(engine) == TABLES
    columns = {column["name"] for column in inspect(engine).get_columns("assignment")}
    assert "exercises" in columns
    assert "plan" not in columns
    engine.dispose()


def test_a_migrated_gradebook_still_refuses_rows_that_refer_to_nothing(tmp_path: Path) -> None:
    """Foreign keys are off while tables are replaced, and on again afterwards."""
    with Gradebook.open(str(first_version(tmp_path / "book.sqlite"))) as book, book._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_a_migration_can_be_undone(tmp_path: Path) -> None:
    path = first_version(tmp_path / "book.sqlite")
    Gradebook.open(str(path)).close()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    assert rows_of(engine) == TABLES
    with engine.connect() as connection:
        exercises = connection.execute(text("SELECT exercises FROM assignment ORDER BY id")).scalars().all()
    assert exercises == ['["double-backward"]', "[]"]
    engine.dispose()
