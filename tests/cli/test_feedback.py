"""``grade feedback``, on gradebooks that are filled by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.classroom.batch.stored_report import stored_report_of
from grader.classroom.gradebook.gradebook import Gradebook
from grader.cli import feedback as command
from grader.errors import GradebookError, UsageError
from grader.model import Graded, Student
from tests.classroom.gradebook.results_by_hand import fill, handin
from tests.helpers.report_samples import check, exercise, failed_check, report

ADA = Student(key="4711", name="lovelaceada", id="4711")
ALAN = Student(key="4712", name="turingalan", id="4712")
EMMY = Student(key="4713", name="noetheremmy", id="4713")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the gradebook of a class from Canvas. Of Emmy nothing is graded yet."""
    monkeypatch.chdir(tmp_path)
    hidden = failed_check(id="hidden", title="SECRET", visibility="hidden")
    stored = stored_report_of(report(exercise(check(), hidden)))
    one = Graded(key="k1", status="graded", rubrics="r", judged=b"j", report=stored)
    paths = {ADA: "lovelaceada_4711_1_a.py", ALAN: "turingalan_4712_2_b.py", EMMY: "noetheremmy_4713_3_c.py"}
    handins = [handin(student, path=path, files=(path,)) for student, path in paths.items()]
    with Gradebook.open("gradebook.sqlite", create=True) as book:
        stems = {"lovelaceada_4711_1_a": one, "turingalan_4712_2_b": replace(one, key="k2")}
        fill(book, *handins, **stems)
    return tmp_path


def written(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_everybody_gets_a_page_in_a_folder_called_after_the_assignment(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([]) == 0
    assert written(folder / "feedback-hw") == ["lovelaceada_4711_1_a.html", "turingalan_4712_2_b.html"]
    assert "SECRET" not in (folder / "feedback-hw" / "turingalan_4712_2_b.html").read_text()
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "grade: Note: without feedback, because nothing is graded yet: noetheremmy",
        "2 files written to feedback-hw, named for canvas",
    ]


def test_staff_see_hidden_checks(folder: Path) -> None:
    command.main(["hw", "--format", "md", "--audience", "staff", "--output", "out"])
    assert "SECRET" in (folder / "out" / "turingalan_4712_2_b.md").read_text()


def test_one_student_has_the_same_name_as_in_the_whole_class(folder: Path) -> None:
    command.main(["--student", "turing", "--format", "json", "--output", "out"])
    assert written(folder / "out") == ["turingalan_4712_2_b.json"]


def test_what_is_there_is_named_and_the_rest_is_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "out").mkdir()
    mine = folder / "out" / "turingalan_4712_2_b.html"
    mine.write_text("mine")
    with pytest.raises(UsageError) as caught:
        command.main(["--output", "out"])
    assert str(caught.value) == (
        "1 of 2 files written to out.\n"
        "1 file there already, left as before: turingalan_4712_2_b.html. --replace writes over them."
    )
    assert written(folder / "out") == ["lovelaceada_4711_1_a.html", "turingalan_4712_2_b.html"]
    assert mine.read_text() == "mine"
    assert command.main(["--output", "out", "--replace"]) == 0
    assert mine.read_text() != "mine"
    capsys.readouterr()
    assert command.main(["--output", "out"]) == 0  # nothing has changed


def test_an_output_that_cannot_be_written_is_said_at_once(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(UsageError, match=r"Feedback cannot be written to file: it is a file\."):
        command.main(["--output", "file"])
    with pytest.raises(UsageError, match=r"Feedback cannot be written to no/f\.zip: No such file or directory\."):
        command.main(["--output", "no/f.zip"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["hv"], "The gradebook has no assignment `hv`; known: hw"),
        (["hw", "--assignment", "hw1"], "hw and --assignment hw1 are two assignments. Name one."),
        (["--student", "nobody"], "There is no student `nobody`"),
        (["--layout", "gradescope"], r"this class has no such names\. What fits: canvas, plain\."),
    ],
)
def test_what_cannot_be_meant_is_said_with_what_can(folder: Path, arguments: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        command.main(arguments)
    assert written(folder) == ["gradebook.sqlite"]


def test_an_unknown_format_is_said_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.parse(["--format", "hmtl"])
    assert "there is no report format `hmtl`; did you mean `html`?" in capsys.readouterr().err


def test_without_a_gradebook_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GradebookError, match="there is no gradebook"):
        command.main([])


def test_the_layouts_are_those_of_the_registry() -> None:
    from grader.classroom.feedback.layouts.registry import LAYOUTS

    assert set(command.LAYOUT_NAMES) == set(LAYOUTS)
