"""``grade results --format``, with a class made by hand in the place of a gradebook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from grader.classroom.gradebook.student_reports import other_counts
from grader.cli import results as command
from grader.errors import UsageError
from grader.model import ClassResults, Evidence, Report, StudentReports
from tests.helpers import report_samples
from tests.helpers.class_samples import ZEROED, ada, alan, grace, joan, results
from tests.helpers.evidence_samples import curve


class FakeBook:
    """A gradebook of an assignment: two students have a report, of a third nothing could be read."""

    read = 0
    """How many students' reports were read."""

    def titles(self) -> dict[str, str]:
        return {"Homework 2": ""}

    def results(self, assignment: str) -> ClassResults:
        return results(ada(), alan(), grace(), joan())

    def reports(
        self, assignment: str, *, only: str | None = None, has_evidence: bool = True
    ) -> Iterator[StudentReports]:
        for result in self.results(assignment).students:
            if only in (None, result.student.key):
                FakeBook.read += 1
                graded = result.status == "graded"
                yield StudentReports(result=result, reports=(report_of(result.path),) if graded else ())


def report_of(path: str) -> Report:
    made = report_samples.failed_check(
        id="gradient-accumulates", mistake=ZEROED, evidence=Evidence(curves=(curve(name="a curve of Ada's"),))
    )
    hidden = report_samples.failed_check(id="secret", title="The hidden check", visibility="hidden", score=0.0)
    return report_samples.report(
        report_samples.exercise(made, hidden, max_scores={"public": 2.0, "hidden": 2.0}), path=path
    )


@pytest.fixture(autouse=True)
def book(monkeypatch: pytest.MonkeyPatch) -> FakeBook:
    fake = FakeBook()
    monkeypatch.setattr(FakeBook, "read", 0)
    monkeypatch.setattr("grader.classroom.gradebook.gradebook.Gradebook.open", lambda name: nullcontext(fake))
    return fake


def run(options: str) -> None:
    assert command.main(options.split()) == 0


class TestAClass:
    def test_html_is_a_page_of_the_class_and_json_all_reports(self, tmp_path: Path) -> None:
        run(f"--format html:{tmp_path / 'class.html'} --format json:{tmp_path / 'all.json'}")
        page = (tmp_path / "class.html").read_text(encoding="utf-8")
        assert "Lovelace, Ada" in page
        assert 'class="picture curve"' in page
        found = json.loads((tmp_path / "all.json").read_text())
        assert [each["submission"]["path"] for each in found] == [
            f"{name}.ipynb" for name in ("Lovelace, Ada", "Turing, Alan", "Hopper, Grace")
        ]
        assert "PDF" in found[2]["error"]

    def test_a_student_is_not_told_which_file_hidden_checks_chose(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told = other_counts("ada/p2.py")

        def with_two_files(self: FakeBook, assignment: str, **_: object) -> Iterator[StudentReports]:
            (exercise,) = report_of("ada/p1.py").exercises
            answer = replace(ada().exercises[0], id=exercise.id, file="ada/p2.py")
            result = replace(ada(), exercises=(answer,))
            worse = replace(report_of("ada/p1.py"), exercises=(replace(exercise, message=told),))
            yield StudentReports(result=result, reports=(worse,))

        monkeypatch.setattr(FakeBook, "reports", with_two_files)
        for audience, is_told in (("staff", True), ("student", False)):
            run(f"--audience {audience} --format json:{tmp_path / audience}")
            assert (told in (tmp_path / audience).read_text()) is is_told

    def test_the_terminal_is_the_table_of_the_class(self, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        run("--format terminal")
        assert capsysbinary.readouterr().out.startswith(b"Homework 2  graded 2026-10-03 14:05 UTC\n")

    def test_a_page_reads_reports_only_until_each_mistake_has_an_example(self, tmp_path: Path) -> None:
        run(f"--format html:{tmp_path / 'class.html'}")
        # Alan's other mistake has no example, so that all four are read, and none of them twice.
        assert FakeBook.read == 4

    def test_a_group_s_report_is_written_once(
        self, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        together = results(ada(), replace(alan(), path=ada().path))
        monkeypatch.setattr(FakeBook, "results", lambda self, assignment: together)
        run("--format json")
        assert json.loads(capsysbinary.readouterr().out)["submission"]["path"] == "Lovelace, Ada.ipynb"

    def test_hidden_checks_are_in_reports_for_staff_and_not_in_those_for_students(self, tmp_path: Path) -> None:
        run(f"--format junit:{tmp_path / 'staff.xml'}")
        run(f"--audience student --format junit:{tmp_path / 'student.xml'}")
        assert "The hidden check" in (tmp_path / "staff.xml").read_text()
        assert "The hidden check" not in (tmp_path / "student.xml").read_text()

    def test_names_are_in_the_part_on_mistakes_only_if_they_are_asked_for(self, tmp_path: Path) -> None:
        shown = {}
        for names in ("", "--names "):
            run(f"{names}--format html:{tmp_path / 'class.html'}")
            page = (tmp_path / "class.html").read_text(encoding="utf-8")
            shown[names] = page[page.index('id="mistakes"') : page.index('id="data"')]
        assert "Turing, Alan" in shown["--names "]
        for private in ("Turing, Alan", "Alan.ipynb", "1002", "a curve of Ada"):
            assert private not in shown[""]

    def test_what_can_be_written_is(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(UsageError, match=r"gradescope is of one submission, and there are 3\. Name a student"):
            run(f"--format gradescope:{tmp_path / 'results.json'} --format html:{tmp_path / 'class.html'}")
        assert (tmp_path / "class.html").exists()

    def test_a_class_of_which_nothing_is_graded_has_no_reports(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(FakeBook, "results", lambda self, assignment: results(joan()))
        with pytest.raises(UsageError, match=r"There is no report of the assignment yet for --format json: nothing"):
            run("--format json")


class TestAStudent:
    def test_html_is_the_page_of_the_submission_with_its_pictures(self, tmp_path: Path) -> None:
        run(f"--student lovelace --format html:{tmp_path / 'ada.html'}")
        page = (tmp_path / "ada.html").read_text(encoding="utf-8")
        assert "The hidden check" in page
        assert 'class="picture curve"' in page
        assert "Turing" not in page

    def test_formats_of_one_submission_are_written(self, tmp_path: Path) -> None:
        run(f"--student lovelace --format gradescope --output {tmp_path / 'results.json'}")
        assert json.loads((tmp_path / "results.json").read_text())["tests"]

    def test_a_student_who_is_not_there_is_an_error(self) -> None:
        with pytest.raises(UsageError, match=r"There is no student `babbage`\."):
            run("--student babbage --format json")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--csv otter --format json", "--csv and --format are different outputs. Ask for one at a time"),
        ("--checks --format html:x.html", "--checks or --mistakes and --format are different outputs"),
        ("--jsonl --student ada --format json", "--jsonl and --format are different outputs"),
        ("--names --format json", "--names lists who made each mistake, and goes with --mistakes or --format html"),
        ("--names --student ada --format html", "goes with --mistakes or --format html"),
        ("--audience student", "--audience says whom reports are for, and goes with --format"),
        ("--audience student --format html:x.html", "shows the whole class, which is for staff. Name a student"),
        ("--format json:x --format junit:x", "json and junit would both be written to x. Name another file"),
        ("--format json:gradebook.sqlite", "--format json:gradebook.sqlite is the gradebook. Name another file"),
        ("--format json --format html", "json and html would both be written to standard output"),
        ("--format json:/nowhere/x.json", "there is no folder /nowhere"),
        ("--format html:x.html --assignment hw9", "no assignment `hw9`"),
    ],
)
def test_what_does_not_go_together(options: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        run(options)


def test_an_unknown_format_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("--format htlm:class.html")
    assert "there is no report format `htlm`; did you mean `html`?" in capsys.readouterr().err
