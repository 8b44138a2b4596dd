"""The gradebook, with results made by hand: what it keeps, what counts of it, and what is wrong with it, in words."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from grader.classroom.gradebook import Gradebook
from grader.classroom.gradebook.database import HEAD, MIGRATIONS
from grader.classroom.gradebook.tables import Base
from grader.classroom.intake import HandedFile, Handin
from grader.errors import GradebookError
from grader.model import Graded, Student, StudentResult
from tests.helpers import postgres

ADA = Student(key="4711", name="Ada Lovelace", id="4711", email="ada@example.org")
BOB = Student(key="bob", name="Bob")
STATEMENTS = {"sine": "Plot the sine.", "modes": "Which modes are there, and why?"}


class NoFiles:
    """A class whose files nobody reads."""

    name = "class"
    sizes: dict[str, int] = {}  # noqa: RUF012 - never written to
    folders = notices = ()

    def read(self, path: str, limit: int) -> bytes:
        raise AssertionError("the gradebook reads no files")

    def close(self) -> None: ...


def file(path: str) -> HandedFile:
    return HandedFile(path=path, name=path.rpartition("/")[2], size=1, tree=NoFiles())


def handin(*students: Student, path: str = "ada", files: tuple[str, ...] = ("ada/a.py",), **fields: Any) -> Handin:
    return Handin(students=students or (ADA,), path=path, files=tuple(map(file, files)), **fields)


def check(identity: str = "curve", **fields: Any) -> dict[str, Any]:
    defaults = {
        "id": identity, "kind": "plot", "title": identity.capitalize(), "status": "passed", "score": 2, "max_score": 2,
        "location": None, "mistake": None,
    }  # fmt: skip
    return defaults | fields


def exercise(*checks: dict[str, Any], id: str = "sine", **fields: Any) -> dict[str, Any]:
    defaults = {
        "id": id, "title": id.capitalize(), "status": "graded", "checks": list(checks),
        "score": sum(each["score"] or 0 for each in checks), "max_score": sum(each["max_score"] for each in checks),
    }  # fmt: skip
    return defaults | fields


def graded(*exercises: dict[str, Any], key: str = "k1", **fields: Any) -> Graded:
    checks = [each for one in exercises for each in one["checks"]]
    result = {
        "run": {"outcome": "completed"}, "isolation": {"level": "strict"}, "exercises": list(exercises),
        "passed": all(each["status"] in ("passed", "manual") for each in checks),
        "complete": all(each["status"] != "manual" for each in checks),
    }  # fmt: skip
    return Graded(**({"key": key, "status": "graded", "rubrics": "r", "judged": b"j", "result": result} | fields))


MANUAL = check("why", kind="answer", status="manual", score=None, location={"cell": 3, "line": 2})
NOT_ATTEMPTED = exercise(check(status="failed", score=0), status="not_attempted", score=0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.sqlite"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed; CI has it")
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def book(request: pytest.FixtureRequest, path: Path) -> Iterator[Gradebook]:
    """An empty gradebook, in a file and in a server's database."""
    name = str(path)
    if request.param == "postgresql":
        name = request.getfixturevalue("postgresql")
        with create_engine(name).begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        connection.engine.dispose()
    with Gradebook.open(name, create=True) as book:
        yield book


def fill(book: Gradebook, *handins: Handin, asked: tuple[str, ...] = (), **results: Graded) -> None:
    """Enrol, and save a result for each file; ``results`` by the stem of the file's name."""
    filed = book.enrol("hw", handins, exercises=asked, statements=STATEMENTS)
    for (_, where), row in filed.items():
        one = results.get(Path(where).stem)
        if one is not None:
            book.save(one, {row.id: f"sha of {where}"})


def everybody(book: Gradebook) -> tuple[StudentResult, ...]:
    return book.results("hw").students


class TestWhatItKeeps:
    def test_a_result_with_all_that_belongs_to_it(self, book: Gradebook) -> None:
        wrong = check("slope", status="failed", score=0.5, mistake="You took the mean.")
        fill(book, handin(late=True), a=graded(exercise(check(), wrong)))
        (ada,) = everybody(book)
        assert (ada.student, ada.late, ada.status, ada.score, ada.max_score) == (ADA, True, "graded", 2.5, 4)
        assert (ada.passed, ada.complete, ada.path, ada.files) == (False, True, "ada", ("ada/a.py",))
        (sine,) = ada.exercises
        assert [each.mistake for each in sine.checks] == ["", "You took the mean."]
        assert ada.outcome == "completed"
        assert ada.graded_at is not None
        assert ada.graded_at.tzinfo is not None

    def test_saving_the_same_again_changes_nothing(self, book: Gradebook) -> None:
        one = graded(exercise(check()))
        fill(book, handin(), a=one)
        before = everybody(book)[0].exercises
        fill(book, handin(), a=one)
        assert everybody(book)[0].exercises == before
        assert len(book.stored_gradings()) == 1

    def test_a_later_result_takes_the_place_of_an_earlier_one(self, book: Gradebook) -> None:
        fill(book, handin(), a=graded(exercise(check("a"), check("b"))))
        fill(book, handin(), a=graded(exercise(check("a", status="failed", score=0))))
        (ada,) = everybody(book)
        assert (ada.score, [each.id for each in ada.exercises[0].checks]) == (0, ["a"])

    def test_one_content_of_two_students_is_kept_once_and_counts_for_both(self, book: Gradebook) -> None:
        one = graded(exercise(check()))
        fill(book, handin(), handin(BOB, path="bob", files=("bob/a.py",)), a=one)
        assert [student.score for student in everybody(book)] == [2, 2]
        assert len(book.stored_gradings()) == 1

    def test_a_groups_result_stands_at_each_of_its_students(self, book: Gradebook) -> None:
        fill(book, handin(ADA, BOB), a=graded(exercise(check())))
        assert [(one.student.name, one.score) for one in everybody(book)] == [("Ada Lovelace", 2), ("Bob", 2)]

    def test_somebody_who_leaves_a_group_leaves_its_result(self, book: Gradebook) -> None:
        fill(book, handin(ADA, BOB), a=graded(exercise(check())))
        fill(book, handin(ADA))
        assert [one.student for one in everybody(book)] == [ADA]

    def test_a_student_is_renamed_and_stays_the_same(self, book: Gradebook) -> None:
        fill(book, handin(), a=graded(exercise(check())))
        fill(book, handin(Student(key="4711", name="Ada King")))
        (ada,) = everybody(book)
        assert (ada.student.name, ada.score) == ("Ada King", 2)

    def test_what_was_judged_and_the_whole_result_come_back(self, book: Gradebook) -> None:
        one = graded(exercise(check()), judged=b"\x00\xff")
        fill(book, handin(), a=one)
        assert book.judged("k1") == b"\x00\xff"
        assert book.judged("unknown") == b""
        assert list(book.documents("hw")) == [("ada/a.py", one.result)]

    def test_there_is_no_document_of_what_could_not_be_run_or_is_gone(self, book: Gradebook) -> None:
        broken = Graded(key="k", status="broken", rubrics="r", why="It is damaged.")
        fill(book, handin(files=("ada/a.py", "ada/b.py")), a=graded(exercise(check())), b=broken)
        assert [path for path, _ in book.documents("hw")] == ["ada/a.py"]
        fill(book, handin(BOB, path="bob", files=()))
        assert list(book.documents("hw")) == []

    def test_assignments_with_the_one_graded_last_first(self, book: Gradebook) -> None:
        for name in ("one", "two"):
            book.enrol(name, [handin()], exercises=(), statements={})
            book.finish(name)
        book.finish("one")
        assert book.assignments() == ("one", "two")

    def test_names_in_any_script(self, book: Gradebook) -> None:
        student = Student(key="李", name="李 小龍 🙂")
        fill(book, handin(student, path="李"))
        assert everybody(book)[0].student == student

    def test_a_large_class(self, book: Gradebook) -> None:
        students = [Student(key=f"s{n}", name=f"S {n}") for n in range(400)]
        handins = [handin(one, path=one.key, files=(f"{one.key}/{one.key}.py",)) for one in students]
        exercises = [exercise(check(), id=f"e{n}") for n in range(15)]
        fill(book, *handins, **{one.key: graded(*exercises, key=one.key) for one in students})
        assert sum(one.score for one in everybody(book)) == 12_000


class TestWhatCounts:
    def test_of_several_files_the_best_counts_for_each_exercise(self, book: Gradebook) -> None:
        good_sine = graded(exercise(check()), exercise(MANUAL, id="modes", status="not_attempted"), key="a")
        good_modes = graded(
            exercise(check(status="failed", score=0)), exercise(check(), id="modes"), key="b"
        )  # fmt: skip
        fill(book, handin(files=("ada/a.py", "ada/b.py")), a=good_sine, b=good_modes)
        (ada,) = everybody(book)
        assert [(one.id, one.score, one.file) for one in ada.exercises] == [
            ("modes", 2, "ada/b.py"), ("sine", 2, "ada/a.py")
        ]  # fmt: skip
        assert ada.passed

    def test_what_somebody_attempted_counts_for_everybody(self, book: Gradebook) -> None:
        fill(
            book, handin(), handin(BOB, path="bob", files=("bob/b.py",)),
            a=graded(exercise(check()), exercise(check(), id="modes", status="not_attempted", score=0), key="a"),
            b=graded(NOT_ATTEMPTED, exercise(check(), id="modes", status="not_attempted", score=0), key="b"),
        )  # fmt: skip
        ada, bob = everybody(book)
        assert (ada.score, ada.max_score, bob.score, bob.max_score) == (2, 2, 0, 2)
        assert bob.exercises[0].status == "not_attempted"

    def test_what_was_asked_for_counts_attempted_or_not(self, book: Gradebook) -> None:
        fill(book, handin(), asked=("sine", "modes"), a=graded(exercise(check()), NOT_ATTEMPTED | {"id": "modes"}))
        (ada,) = everybody(book)
        assert [one.id for one in ada.exercises] == ["sine", "modes"]
        assert (ada.score, ada.max_score, ada.passed) == (2, 4, False)

    def test_no_readable_file_is_broken_and_says_what_there_was(self, book: Gradebook) -> None:
        fill(book, handin(files=(), others=(file("ada/homework.pdf"),)))
        (ada,) = everybody(book)
        assert (ada.status, ada.complete) == ("broken", False)
        assert ada.why == "Handed in homework.pdf: no notebook (.ipynb), script (.py) or notes (.md)."

    def test_a_broken_file_alone_is_broken(self, book: Gradebook) -> None:
        fill(book, handin(), a=Graded(key="k", status="broken", rubrics="r", why="It is damaged."))
        (ada,) = everybody(book)
        assert (ada.status, ada.why, ada.score, ada.complete) == ("broken", "It is damaged.", 0, False)

    def test_beside_one_that_was_graded_it_makes_the_total_provisional(self, book: Gradebook) -> None:
        broken = Graded(key="k", status="broken", rubrics="r", why="It is damaged.")
        fill(book, handin(files=("ada/a.py", "ada/b.py")), a=graded(exercise(check())), b=broken)
        (ada,) = everybody(book)
        assert (ada.status, ada.score, ada.complete, ada.why) == ("graded", 2, False, "It is damaged.")

    def test_beside_a_helper_that_attempts_nothing_it_is_broken(self, book: Gradebook) -> None:
        broken = Graded(key="k", status="broken", rubrics="r", why="It is damaged.")
        fill(book, handin(files=("ada/a.py", "ada/b.py")), a=graded(NOT_ATTEMPTED), b=broken)
        assert everybody(book)[0].status == "broken"

    def test_what_the_batch_has_not_come_to_is_pending(self, book: Gradebook) -> None:
        fill(book, handin())
        assert [(one.status, one.complete) for one in everybody(book)] == [("pending", False)]

    def test_a_changed_file_is_pending_until_it_is_graded_anew(self, book: Gradebook) -> None:
        fill(book, handin(), a=graded(exercise(check())))
        book.link_submissions("other", {1: "new sha"})
        assert everybody(book)[0].status == "pending"

    def test_an_exercise_that_could_not_be_graded_is_no_zero(self, book: Gradebook) -> None:
        fill(book, handin(), a=graded(exercise(check()), exercise(id="modes", status="error", max_score=3)))
        (ada,) = everybody(book)
        assert (ada.score, ada.max_score, ada.complete, ada.passed) == (2, 5, False, False)


class TestMarks:
    def fill(self, book: Gradebook, sha: str = "1", points: float = 2) -> None:
        manual = MANUAL | {"max_score": points}
        one = graded(
            exercise(check(), manual, id="modes"), words={"modes": "Forward and reverse."}, key=f"k{sha}{points}"
        )
        ((_, row),) = book.enrol("hw", [handin()], exercises=(), statements=STATEMENTS).items()
        book.save(one, {row.id: sha})

    def test_an_answer_waits_with_all_that_it_takes_to_mark_it(self, book: Gradebook) -> None:
        self.fill(book)
        (one,) = book.waiting("hw")
        assert (one.students, one.file, one.exercise, one.check) == ((ADA,), "ada/a.py", "modes", "why")
        assert (one.statement, one.answer) == (STATEMENTS["modes"], "Forward and reverse.")
        assert one.location is not None
        assert (one.location.cell, one.location.line, one.max_score) == (3, 2, 2)
        assert everybody(book)[0].complete is False

    def test_a_mark_counts_and_says_by_whom(self, book: Gradebook) -> None:
        self.fill(book)
        book.mark(book.waiting("hw")[0].id, 1.5, "Almost.", "teacher")
        (ada,) = everybody(book)
        why = ada.exercises[0].checks[1]
        assert (ada.score, ada.complete) == (3.5, True)
        assert (why.status, why.score, why.comment, why.marked_by) == ("manual", 1.5, "Almost.", "teacher")
        assert book.waiting("hw") == ()
        (marked,) = book.marked("hw")
        assert (marked.points, marked.marked_by) == (1.5, "teacher")
        assert marked.marked_at is not None

    def test_the_latest_mark_counts(self, book: Gradebook) -> None:
        self.fill(book)
        identity = book.waiting("hw")[0].id
        book.mark(identity, 0, "", "teacher")
        book.mark(identity, 2, "Read again.", "other")
        assert everybody(book)[0].score == 4
        assert book.marked("hw")[0].marked_by == "other"

    def test_it_outlives_a_new_grading_of_the_same_file(self, book: Gradebook) -> None:
        self.fill(book)
        book.mark(book.waiting("hw")[0].id, 2, "", "teacher")
        self.fill(book, points=3)
        assert everybody(book)[0].score == 4

    def test_it_is_never_more_than_the_rubric_gives_now(self, book: Gradebook) -> None:
        self.fill(book)
        book.mark(book.waiting("hw")[0].id, 2, "", "teacher")
        self.fill(book, points=1)
        assert everybody(book)[0].score == 3

    def test_another_answer_waits_again(self, book: Gradebook) -> None:
        self.fill(book)
        book.mark(book.waiting("hw")[0].id, 2, "", "teacher")
        self.fill(book, sha="2")
        assert len(book.waiting("hw")) == 1
        self.fill(book, sha="1")
        assert book.waiting("hw") == ()

    @pytest.mark.parametrize("points", [-1, 2.5, float("nan"), float("inf")])
    def test_points_that_cannot_be_given(self, book: Gradebook, points: float) -> None:
        self.fill(book)
        with pytest.raises(GradebookError, match="from 0 to 2 can"):
            book.mark(book.waiting("hw")[0].id, points, "", "teacher")

    @pytest.mark.parametrize(
        "identity",
        ["", "1", "1/1/modes/curve", "9/1/modes/why", "x/1/modes/why", "1/2/modes/why", "1/1/modes/why/x"],
    )
    def test_an_answer_that_nobody_has_to_mark(self, book: Gradebook, identity: str) -> None:
        self.fill(book)
        with pytest.raises(GradebookError, match="no answer of this name waits"):
            book.mark(identity, 1, "", "teacher")

    def test_the_same_answer_of_two_students_is_marked_once(self, book: Gradebook) -> None:
        one = graded(exercise(MANUAL), words={"sine": "Alike."})
        handins = [handin(), handin(BOB, path="bob", files=("bob/a.py",))]
        for row in book.enrol("hw", handins, exercises=(), statements={}).values():
            book.save(one, {row.id: "same"})
        book.link_submissions("k1", dict.fromkeys((1, 2), "same"))
        (waiting,) = book.waiting("hw")
        assert {student.name for student in waiting.students} == {"Ada Lovelace", "Bob"}
        book.mark(waiting.id, 1, "", "teacher")
        assert [student.score for student in everybody(book)] == [1, 1]

    def test_a_mark_stays_where_a_student_adds_a_file_or_the_folder_has_another_name(self, book: Gradebook) -> None:
        self.fill(book)
        book.mark(book.waiting("hw")[0].id, 2, "", "teacher")
        moved = book.enrol("hw", [handin(path="new", files=("new/a.py", "new/b.py"))], exercises=(), statements={})
        key = next(iter(book.stored_gradings()))
        book.link_submissions(key, {moved["new", "new/a.py"].id: "1"})
        assert everybody(book)[0].score == 4

    def test_answers_come_check_by_check_in_the_order_of_names(self, book: Gradebook) -> None:
        students = [Student(key=name, name=name) for name in ("Zoe", "ann", "Bea")]
        handins = [handin(one, path=one.key, files=(f"{one.key}/{one.key}.py",)) for one in students]
        checks = (MANUAL | {"id": "how"}, MANUAL)
        results = {one.key: graded(exercise(*checks), key=one.key) for one in students}
        fill(book, *handins, **results)
        queue = [(one.check, one.students[0].name) for one in book.waiting("hw")]
        assert queue == [(which, name) for which in ("how", "why") for name in ("ann", "Bea", "Zoe")]


def schema_of(path: Path) -> dict[str, list[str]]:
    """Every table and index with the parts of its definition, in whatever order and layout they stand."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    bodies = {name: "".join(sql[sql.index("(") + 1 : sql.rindex(")")].split()) for name, sql in rows}
    return {name: sorted(re.split(r",(?![^(]*\))", body)) for name, body in bodies.items()}


class TestVersions:
    def test_a_new_one_is_as_the_migrations_make_it(self, path: Path, tmp_path: Path) -> None:
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

    def test_this_release_knows_the_newest_of_them(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        assert ScriptDirectory.from_config(config).get_heads() == [HEAD]

    def test_they_lead_back_as_well(self, path: Path) -> None:
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

    def test_one_of_a_newer_grader_is_refused_in_words(self, path: Path) -> None:
        Gradebook.open(str(path), create=True).close()
        with closing(sqlite3.connect(path)) as database:
            database.execute("UPDATE alembic_version SET version_num = '9999'")
            database.commit()
        with pytest.raises(GradebookError, match=r"written by a newer version of the grader \(its version is 9999"):
            Gradebook.open(str(path))


class TestBadGradebooks:
    def message(self, name: object, **options: bool) -> str:
        with pytest.raises(GradebookError) as caught:
            Gradebook.open(str(name), **options)
        return str(caught.value)

    def test_a_missing_one(self, path: Path) -> None:
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

    def test_an_empty_one(self, path: Path) -> None:
        path.touch()
        assert "the gradebook is empty" in self.message(path)

    def test_a_damaged_one(self, path: Path) -> None:
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
    def test_urls_that_lead_nowhere(self, url: str, said: str) -> None:
        message = self.message(url)
        assert said in message
        assert "secret" not in message

    def test_a_server_that_is_not_there(self, tmp_path: Path) -> None:
        message = self.message(f"postgresql+psycopg://ada:secret@/book?host={tmp_path}", create=True)
        assert "the gradebook's database answered: connection" in message
        assert "secret" not in message

    def test_one_that_another_batch_writes_to(self, path: Path) -> None:
        with Gradebook.open(str(path), create=True, exclusive=True):
            assert "another `grade batch` is writing" in self.message(path, exclusive=True)
            Gradebook.open(str(path)).close()  # to read it is no harm
        Gradebook.open(str(path), exclusive=True).close()

    def test_one_that_is_locked(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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

    def test_an_assignment_that_is_not_there(self, book: Gradebook) -> None:
        with pytest.raises(GradebookError, match="there is no assignment `hw`"):
            book.results("hw")


def test_opening_one_that_is_up_to_date_imports_no_migrations(path: Path, root: Path) -> None:
    Gradebook.open(str(path), create=True).close()
    script = (
        f"import sys; from grader.classroom.gradebook import Gradebook; Gradebook.open({str(path)!r}).close(); "
        "sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=root, check=True)
