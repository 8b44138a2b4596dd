"""Reading a class, whatever the platform. Malicious and damaged zips: test_archive.py."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from grader.classroom.intake import class_reader, read_class
from grader.classroom.intake.class_folder import ClassFolder
from grader.classroom.intake.platforms import plain
from grader.classroom.intake.platforms.platform import OwnedEntry, Platform, RecognizedClass
from grader.classroom.intake.platforms.registry import PLATFORMS
from grader.errors import SubmissionError
from grader.handin import WorkFiles
from grader.model import Student
from grader.submission.size_limits import MAX_BYTES
from tests.classroom.intake.classes import by_name, make_folder, make_zip, message


class TestNames:
    def test_in_any_script_are_kept(self, read):
        (handin,) = read({"王小明/作业.ipynb": "{}"}).handins
        assert (handin.students[0].name, handin.files[0].path) == ("王小明", "王小明/作业.ipynb")

    def test_are_normalized_so_that_both_unicode_forms_are_one_student(self, read):
        apart = unicodedata.normalize("NFD", "José")
        (handin,) = read({f"{apart}.py": "x", "José.pdf": ""}).handins
        assert handin.students[0].key == "José"
        assert handin.files[0].read() == b"x"

    def test_with_bytes_that_are_no_text_are_escaped(self, tmp_path):
        place = Path(os.fsdecode(os.fsencode(tmp_path) + b"/Ren\xe9.py"))
        place.write_bytes(b"x")
        (handin,) = read_class(tmp_path).handins
        assert handin.students[0].name == r"Ren\xe9"
        assert handin.files[0].read() == b"x"


class TestRefused:
    def test_a_missing_path(self, tmp_path):
        expected = f"{tmp_path / 'hw2'}: no such folder or archive. Name what the students' work lies in."
        assert message(tmp_path / "hw2") == expected

    @pytest.mark.parametrize("path", ["a\0b", "a" * 5000])
    def test_an_invalid_path(self, path):
        assert message(Path(path)).startswith(f"{path}: ")

    def test_an_empty_folder(self, tmp_path):
        assert message(tmp_path) == f"{tmp_path}: nothing in it is a student's work."

    def test_a_folder_without_students_work_says_what_was_skipped(self, tmp_path):
        (tmp_path / "README.md").touch()
        expected = "nothing in it is a student's work. Skipped, not a student's work: README.md."
        assert message(tmp_path) == f"{tmp_path}: {expected}"

    def test_a_file_that_is_no_archive(self, tmp_path):
        (tmp_path / "ada.ipynb").write_text("{}")
        assert message(tmp_path / "ada.ipynb").endswith(
            "ada.ipynb: neither a folder nor a zip. Name the folder, or the zip, that holds what the students handed "
            "in; unpack other archives first."
        )

    def test_a_pipe(self, tmp_path):
        os.mkfifo(tmp_path / "hw1.zip")
        assert "neither a folder nor a zip" in message(tmp_path / "hw1.zip")


class TestReading:
    def test_a_file_that_is_too_large_is_refused_in_words(self, tmp_path):
        with (tmp_path / "ada.ipynb").open("wb") as file:
            file.truncate(MAX_BYTES + 1)
        (handin,) = read_class(tmp_path).handins
        assert handin.files[0].size == MAX_BYTES + 1
        with pytest.raises(SubmissionError, match=r"^ada\.ipynb: larger than 32 MiB\. Clear its outputs"):
            handin.files[0].read()

    def test_a_file_that_has_grown_too_large_since_it_was_listed_is_refused(self, tmp_path):
        (tmp_path / "ada.ipynb").touch()
        (handin,) = read_class(tmp_path).handins
        os.truncate(tmp_path / "ada.ipynb", MAX_BYTES + 1)
        with pytest.raises(SubmissionError, match="larger than 32 MiB"):
            handin.files[0].read()

    def test_a_file_of_the_largest_size_is_read(self, tmp_path):
        (tmp_path / "ada.py").write_bytes(b"#" * MAX_BYTES)
        (handin,) = read_class(tmp_path).handins
        assert len(handin.files[0].read()) == MAX_BYTES


class TestWork:
    """Which files count is tested with ``grader.handin``; here, that the assignment's rule holds for every student."""

    def test_of_everybody_by_the_assignment_and_said_once(self, tmp_path):
        names = ("a.ipynb", "b.ipynb", "c.ipynb", "notes.md", "README.md", "hw.pdf")
        root = make_folder(tmp_path, "hw1", {f"{who}/{name}": "x" for who in ("ada", "bob") for name in names})
        intake = read_class(root, WorkFiles(globs=("*.ipynb",), max_files=2))
        for handin in intake.handins:
            assert [file.name for file in handin.files] == ["a.ipynb", "b.ipynb"]
            assert [file.name for file in handin.over_limit] == ["c.ipynb"]
        assert {notice.partition(":")[0] for notice in intake.notices} == {
            "Not graded, because at most 2 files of one hand-in are",
            "Not graded",
            "Not graded, because the assignment's files are *.ipynb",
            "Not graded, because only notebooks (.ipynb), scripts (.py) and notes (.md) are",
            "Several files that can be graded came from ada (2) and bob (2).",
        }
        assert "2 PDFs (ada/hw.pdf and bob/hw.pdf)" in " ".join(intake.notices)

    def test_a_zip_of_each_student(self, tmp_path):
        inner = make_zip(tmp_path, "hw", {"hw/a.py": "x = 1", "hw/data.csv": "1"}).read_bytes()
        for make in (make_folder, make_zip):
            root = make(tmp_path, "hw1", {"ada.zip": inner, "bob/hw.zip": inner, "eve/hw.zip": b"PK"})
            with read_class(root) as intake:
                ada, bob, eve = intake.handins
                assert [file.path for file in (*ada.files, *bob.files)] == ["ada.zip/hw/a.py", "bob/hw.zip/hw/a.py"]
                assert [file.read() for file in (*ada.files, *bob.files)] == [b"x = 1", b"x = 1"]
                assert (eve.files, [file.name for file in eve.others]) == ((), ["hw.zip"])
                assert intake.notices[0].startswith("Not opened (this zip is damaged, or cut short.")


class TestPlatforms:
    def test_have_different_ids(self):
        ids = [platform.id for platform in (*PLATFORMS, plain.PLATFORM)]
        assert len(set(ids)) == len(ids)

    def test_a_platform_is_added_by_listing_it(self, tmp_path, monkeypatch):
        def read_labs(folder: ClassFolder) -> RecognizedClass | None:
            labs = [entry for entry in folder.entries if entry.name.startswith("lab ")]
            owned = (OwnedEntry(entry=entry, students=(Student(key=entry.name, name="Ada"),)) for entry in labs)
            others = (entry for entry in folder.entries if entry not in labs)
            return RecognizedClass(owned=tuple(owned), unrecognized=tuple(others)) if labs else None

        monkeypatch.setattr(class_reader, "PLATFORMS", (*PLATFORMS, Platform(id="labs", name="Labs", read=read_labs)))
        root = make_folder(tmp_path, "hw1", {"wrapper/lab 1/x.py": "", "wrapper/scores.csv": ""})
        intake = read_class(root)
        assert (intake.platform, list(by_name(intake))) == ("labs", ["Ada"])
        assert intake.notices == ("Not named as Labs does, and skipped: scores.csv.",)
