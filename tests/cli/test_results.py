"""``grade results``, with classes made by hand in the place of a gradebook."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from grader.cli import results as command
from grader.errors import UsageError
from grader.model import ClassResults
from tests.helpers.class_samples import ada, results, sample

EXPORTED = "Student,ID,SIS Login ID,Section,Homework 2 (5)\n    Points Possible,,,,10\nZo\xeb Lovelace,1001,,,\n"


def parsed(options: str) -> command.ResultsOptions:
    return command.parse(options.split())


def show(options: str, capsysbinary: pytest.CaptureFixture[bytes]) -> tuple[str, str]:
    """What goes to standard output, and what to standard error."""
    command.show(sample(), parsed(options))
    seen = capsysbinary.readouterr()
    return seen.out.decode(), seen.err.decode()


class TestForPeople:
    @pytest.mark.parametrize(
        ("options", "word"),
        [
            ("", "Totals of 5 graded"),
            ("--checks", "attempted by 4 of 7"),
            ("--mistakes", "Named mistakes"),
            ("--student lovelace", "Marked by kim: Well said."),
        ],
    )
    def test_each_view_says_which_assignment_it_is_of(
        self, options: str, word: str, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        out, err = show(options, capsysbinary)
        assert out.startswith("Homework 2  graded 2026-10-03 14:05 UTC\n")
        assert word in out
        assert err == ""

    def test_checks_and_mistakes_go_together(self, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        out, _ = show("--checks --mistakes --names", capsysbinary)
        assert out.index("attempted by") < out.index("Named mistakes") < out.index("Turing, Alan")

    def test_a_file_gets_a_wide_page_without_colours(self, tmp_path: Path) -> None:
        command.show(sample(), parsed(f"--output {tmp_path / 'class.txt'}"))
        text = (tmp_path / "class.txt").read_text(encoding="utf-8")
        assert "semantics" in text
        assert "\x1b" not in text

    def test_a_student_that_is_not_there_is_an_error(self) -> None:
        with pytest.raises(UsageError, match=r"There is no student `babbage`\."):
            command.show(sample(), parsed("--student babbage"))


class TestForPrograms:
    def test_lines_of_json(self, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        out, err = show("--jsonl", capsysbinary)
        assert [json.loads(line)["assignment"] for line in out.splitlines()] == ["Homework 2"] * 7
        assert err == "Assignment: Homework 2\n"

    @pytest.mark.parametrize(
        ("kind", "start"), [("otter", "file,autodiff-modes,"), ("nbgrader", "assignment,duedate,")]
    )
    def test_a_table(self, kind: str, start: str, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        out, _ = show(f"--csv {kind}", capsysbinary)
        assert out.startswith(start)
        assert "王小明" in out

    def test_what_a_program_cannot_be_told_goes_to_standard_error(
        self, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        _, err = show("--csv nbgrader", capsysbinary)
        assert "Note: 2 students without a score: broken, or not graded yet.\n" in err

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
    def test_an_exported_file_is_filled_in_in_its_own_encoding(self, tmp_path: Path, encoding: str) -> None:
        (tmp_path / "exported.csv").write_text(EXPORTED, encoding=encoding, newline="")
        options = parsed(f"--csv canvas --fill {tmp_path / 'exported.csv'} --output {tmp_path / 'filled.csv'}")
        command.show(results(ada()), options)
        expected = EXPORTED.replace("1001,,,", "1001,,,10").encode(encoding)
        assert (tmp_path / "filled.csv").read_bytes() == expected

    def test_a_worksheet_is_filled_in(self, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        (tmp_path / "worksheet.csv").write_text("Identifier,Grade\nParticipant 1002,\n", encoding="utf-8")
        command.show(sample(), parsed(f"--csv moodle --fill {tmp_path / 'worksheet.csv'} --provisional"))
        seen = capsysbinary.readouterr()
        assert seen.out == b"Identifier,Grade\nParticipant 1002,3.5\n"
        assert b"Note: 1 provisional total filled in as far as it is known" in seen.err

    def test_a_column_may_be_named(self, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        (tmp_path / "exported.csv").write_text(EXPORTED.replace("Homework 2", "Lab"), encoding="utf-8")
        command.show(results(ada()), parsed(f"--csv canvas --fill {tmp_path / 'exported.csv'} --column lab"))
        assert b"1001,,,10" in capsysbinary.readouterr().out

    @pytest.mark.parametrize("output", ["exported.csv", "folder/../exported.csv", "symbolic.csv", "hard.csv"])
    def test_the_exported_file_is_never_overwritten(self, tmp_path: Path, output: str) -> None:
        exported = tmp_path / "exported.csv"
        exported.write_text(EXPORTED)
        (tmp_path / "folder").mkdir()
        (tmp_path / "symbolic.csv").symlink_to(exported)
        (tmp_path / "hard.csv").hardlink_to(exported)
        with pytest.raises(UsageError, match=r"is the exported file that --fill reads, .*\. Name another file"):
            command.parse(["--csv", "canvas", "--fill", str(exported), "--output", str(tmp_path / output), "--replace"])

    def test_the_gradebook_is_not_overwritten(self, tmp_path: Path) -> None:
        book = tmp_path / "book.sqlite"
        with pytest.raises(UsageError, match=r"is the gradebook\. Name another file"):
            command.parse(["--gradebook", str(book), "--output", str(tmp_path / "x" / ".." / "book.sqlite")])

    def test_a_file_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"The results could not be written to .*nowhere.*: No such file"):
            command.show(sample(), parsed(f"--jsonl --output {tmp_path / 'nowhere' / 'x.jsonl'}"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--csv canvas", "--csv canvas fills in the gradebook that you exported from Canvas, .* Name it with --fill"),
        ("--csv moodle", "--csv moodle fills in the grading worksheet from Moodle, .* Name it with --fill"),
        ("--csv otter --fill x.csv", "--fill and --provisional go with --csv canvas or --csv moodle"),
        ("--provisional", "--fill and --provisional go with --csv canvas or --csv moodle"),
        ("--csv moodle --fill x.csv --column Grade", "--column names a column of a Canvas gradebook"),
        ("--replace", "--replace goes with --fill"),
        ("--names", "--names lists who made each mistake, and goes with --mistakes"),
        ("--csv otter --jsonl", "--csv and --jsonl are different outputs. Ask for one at a time"),
        ("--checks --student ada", "--checks or --mistakes and --student are different outputs"),
    ],
)
def test_options_that_do_not_go_together(options: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parsed(options)


class FakeBook:
    """A gradebook of two assignments."""

    def titles(self) -> dict[str, str]:
        return {"Homework 2": "", "Homework 1": "", "hw3": "Automatic differentiation"}

    def results(self, assignment: str) -> ClassResults:
        return results(ada(), assignment=assignment)


class TestTheGradebook:
    @pytest.fixture(autouse=True)
    def book(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The names under which gradebooks were opened."""
        opened: list[str] = []

        def open_it(name: str) -> nullcontext[FakeBook]:
            opened.append(name)
            return nullcontext(FakeBook())

        monkeypatch.setattr("grader.classroom.gradebook.gradebook.Gradebook.open", open_it)
        return opened

    def test_by_default_it_is_the_assignment_graded_last(
        self, book: list[str], capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        assert command.main([]) == 0
        assert capsysbinary.readouterr().out.startswith(b"Homework 2  graded")
        assert book == ["gradebook.sqlite"]

    def test_another_may_be_named(self, book: list[str], capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        assert command.main(["--gradebook", "spring.sqlite", "--assignment", "Homework 1", "--csv", "nbgrader"]) == 0
        assert b"\nHomework 1,,,1001," in capsysbinary.readouterr().out
        assert book == ["spring.sqlite"]

    @pytest.mark.parametrize("name", ["HW3", "automatic differentiation"])
    def test_an_assignment_may_be_named_by_its_title(
        self, name: str, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        assert command.main(["--assignment", name]) == 0
        assert capsysbinary.readouterr().out.startswith(b"hw3  graded")

    def test_an_unknown_one_is_answered_with_all_and_their_titles(self) -> None:
        with pytest.raises(UsageError, match=r"`x`; known: Homework 1; Homework 2; hw3 \(Automatic differentiation\)"):
            command.main(["--assignment", "x"])

    def test_an_unknown_one_is_answered_with_the_nearest(self) -> None:
        with pytest.raises(UsageError, match=r"no assignment `Homework3`; did you mean `Homework 2`\? Known: "):
            command.main(["--assignment", "Homework3"])

    def test_an_empty_gradebook_says_what_fills_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(FakeBook, "titles", lambda self: {})
        with pytest.raises(UsageError, match=r"no assignment yet\. `grade batch` grades a class"):
            command.main([])


def test_loading_the_commands_loads_no_database() -> None:
    script = "import sys, grader.cli.results, grader.cli.mark; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
