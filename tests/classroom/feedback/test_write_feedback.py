"""The feedback of a class: who gets a file, and what becomes of those that cannot be written."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from grader.classroom.feedback.outputs import NotWrittenError
from grader.classroom.feedback.write_feedback import Written, find_places, write_feedback
from grader.model import Report, Student, StudentReports
from tests.classroom.feedback.classes import CANVAS, GRADESCOPE, feedback_of, klass, of_files, student_of, write
from tests.helpers.report_samples import check, exercise, report

REPORT = report(exercise(check()))
THREE = {f"{name}.py": (name, name) for name in ("ada", "bob", "eve")}


class Full:
    """An output that takes some files, and then fails with ``error``."""

    def __init__(self, takes: int, error: NotWrittenError) -> None:
        self.files: list[str] = []
        self._takes = takes
        self._error = error

    def write(self, path: tuple[str, ...], content: bytes) -> None:
        if len(self.files) == self._takes:
            raise self._error
        self.files.append("/".join(path))


def write_to(
    output: Full, *reports: Report, format: str = "markdown", handed_in: dict[str, tuple[str, str]] = THREE
) -> Written:
    found = of_files(handed_in)
    feedback = feedback_of(found, format=format)
    everybody = (StudentReports(result=each, reports=reports) for each in found.students)
    return write_feedback(everybody, feedback, find_places(feedback), output, only=None, on_done=lambda: None)


def test_after_a_full_disk_nothing_more_is_tried() -> None:
    written = write_to(Full(1, NotWrittenError("No space left on device", is_final=True)), REPORT)
    assert (written.files, written.failed, written.is_stopped) == (1, {"bob.md": "No space left on device"}, True)


def test_one_that_cannot_be_written_costs_no_other() -> None:
    output = Full(0, NotWrittenError("Permission denied"))
    assert write_to(output, REPORT).failed == dict.fromkeys(("ada.md", "bob.md", "eve.md"), "Permission denied")


def test_a_format_of_one_file_is_refused_for_who_handed_in_several() -> None:
    output = Full(9, NotWrittenError(""))
    written = write_to(output, REPORT, REPORT, format="exercism")
    assert output.files == []
    assert written.failed["ada.json"] == "the format exercism is of one file, and 2 were handed in"


@pytest.mark.parametrize("format", ["json", "junit", "sarif", "terminal", "github"])
def test_every_format_has_a_suffix_of_its_own(format: str) -> None:
    output = Full(9, NotWrittenError(""))
    write_to(output, REPORT, format=format)
    assert output.files[0] == f"ada.{ {'json': 'json', 'junit': 'xml', 'sarif': 'sarif'}.get(format, 'txt') }"


def test_a_group_is_written_once_and_an_index_says_whose_it_is(tmp_path: Path) -> None:
    pair = tuple(Student(key=key, name=name, id=key) for key, name in (("1", "Ada"), ("2", "Alan")))
    found = klass(*(student_of("submission_5", each.key, each.name, "submission_5/a.py", group=pair) for each in pair))
    assert write(found, REPORT, tmp_path / "f.zip").files == 1
    with zipfile.ZipFile(tmp_path / "f.zip") as archive:
        assert sorted(archive.namelist()) == ["submission_5/feedback.md", "submission_metadata.yml"]
        index = archive.read("submission_metadata.yml").decode()
        page = archive.read("submission_5/feedback.md").decode()
    assert "Ada" in index
    assert "Alan" in index
    assert "Alan" not in page


def test_only_the_hand_ins_that_are_asked_for_are_written(tmp_path: Path) -> None:
    found = of_files(CANVAS)
    feedback = feedback_of(found)
    places = find_places(feedback)
    output = Full(9, NotWrittenError(""))
    everybody = (StudentReports(result=each, reports=(REPORT,)) for each in found.students)
    asked = [handin for handin in places.of if "turing" in handin.path]
    done: list[None] = []
    write_feedback(everybody, feedback, places, output, only=asked, on_done=lambda: done.append(None))
    assert output.files == ["turingalan_LATE_1002_9002_homework.tar.md"]
    assert len(done) == 2


def test_hostile_names_stay_in_the_folder_and_apart(tmp_path: Path) -> None:
    hostile = (
        "../../evil",
        "..",
        "CON",
        "con",
        "a\x00b",
        "ada\u202egpj",
        "x" * 400,
        "x" * 399 + "y",
        "ada",
        "Ada",
        "/etc/passwd",
    )
    found = klass(*(student_of(f"{name}.py", str(number), name) for number, name in enumerate(hostile)))
    assert write(found, REPORT, tmp_path / "out", format="html").files == len(hostile)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len({path.name.casefold() for path in files}) == len(hostile)
    assert {path.parent for path in files} == {tmp_path / "out"}


def test_the_text_of_a_student_with_lone_surrogates_is_written(tmp_path: Path) -> None:
    odd = replace(REPORT, submission=replace(REPORT.submission, path="a\udcff.py"))
    assert write(of_files(GRADESCOPE), odd, tmp_path / "out").files == 2
