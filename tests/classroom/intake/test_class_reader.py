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


BOB = 'submission_9:\n  :submitters:\n  - :name: Bob\n    :sid: "99"\n'
ZED = 'submission_7:\n  :submitters:\n  - :name: Zed\n    :sid: "98"\n'


class TestTheOnlyFolder:
    """It may be a student's, who chose the names in it."""

    @pytest.mark.parametrize(
        "inside",
        [
            {"submission_metadata.yml": BOB, "submission_9/hw.py": ""},
            {"Bob_99_assignsubmission_file_/hw.py": ""},
            {"Bob_99_assignsubmission_file_hw.py": ""},
            {"bob_99_123_hw.py": ""},
            {"submission_metadata.yml": "x: [", "hw.py": ""},
        ],
    )
    def test_is_a_students_who_is_not_believed_to_be_another(self, read, inside):
        intake = read({f"eve/{path}": text for path, text in inside.items()}, name="late")
        assert (intake.platform, [student.key for student in intake.handins[0].students]) == ("plain", ["eve"])
        assert len(intake.handins) == 1
        assert intake.notices[0].startswith("eve was read as a student's folder, although what lies in it is named as")

    @pytest.mark.parametrize(
        ("folder", "inside", "platform"),
        [
            ("assignment_12_export", {"submission_metadata.yml": BOB, "submission_9/hw.py": ""}, "gradescope"),
            ("submissions", {"bob_99_123_hw.py": ""}, "canvas"),
            ("CS101-Homework 1-4711", {"Bob_99_assignsubmission_file_/hw.py": ""}, "moodle"),
            ("late", {"Bob_99_assignsubmission_file_/hw.py": ""}, "moodle"),
        ],
    )
    def test_that_is_named_as_an_export_or_as_the_archive_is_the_class(self, read, folder, inside, platform):
        intake = read({f"{folder}/{path}": text for path, text in inside.items()}, name="late (1)")
        assert (intake.platform, intake.handins[0].students[0].key, intake.notices) == (platform, "99", ())

    def test_with_the_names_of_several_students_in_it_is_the_class_and_a_notice_names_them(self, read):
        inside = {"submission_metadata.yml": BOB + ZED, "submission_9/hw.py": "", "submission_7/hw.py": ""}
        intake = read({f"eve/{path}": text for path, text in inside.items()}, name="late")
        assert (intake.platform, list(by_name(intake))) == ("gradescope", ["Bob", "Zed"])
        assert intake.notices == ("Everything lies in eve, which was read as an export of Gradescope: Bob and Zed.",)


class TestOfOneNameOrKey:
    def test_a_file_and_a_folder_at_the_top_are_two_handins(self, tmp_path):
        inner = make_zip(tmp_path, "hw", {"x.py": "1"}).read_bytes()
        with read_class(make_zip(tmp_path, "hw1", {"ada.zip": inner, "ada.zip/x.py": "2", "bob/x.py": "3"})) as intake:
            found = {handin.path: [(file.path, file.read()) for file in handin.files] for handin in intake.handins}
        assert found == {
            "ada.zip": [("ada.zip/x.py", b"1")],
            "ada.zip/": [("ada.zip/x.py", b"2")],
            "bob": [("bob/x.py", b"3")],
        }

    def test_a_zip_and_a_folder_of_a_student_are_read_both(self, tmp_path):
        inner = make_zip(tmp_path, "hw", {"x.py": "1"}).read_bytes()
        members = {"ada/hw.zip": inner, "ada/hw.zip/x.py": "2", "bob/x.py": "3"}
        with read_class(make_zip(tmp_path, "hw1", members)) as intake:
            ada, _ = intake.handins
            assert {file.path: file.read() for file in ada.files} == {
                "ada/hw.zip//x.py": b"1",
                "ada/hw.zip/x.py": b"2",
            }
            assert any(notice.endswith("are written with two slashes: ada/hw.zip.") for notice in intake.notices)

    def test_long_paths_of_a_zip_and_a_folder_are_distinct(self, tmp_path):
        inner = make_zip(tmp_path, "hw", {f"{'y' * 250}/x.py": "1"}).read_bytes()
        zipped = f"ada/{'z' * 300}.zip"
        members = {zipped: inner, f"{zipped}/{'y' * 250}/x.py": "2", "bob/x.py": "3"}
        with read_class(make_zip(tmp_path, "hw1", members)) as intake:
            ada, _ = intake.handins
            assert len({file.path for file in ada.files}) == 2

    def test_nothing_of_a_zip_is_left_out_because_its_name_is_taken(self, tmp_path):
        inner = make_zip(tmp_path, "hw", {"x.py": "1"}).read_bytes()
        taken = {"bob.py": "", "ada/x.py": "2", "ada/hw/x.py": "3"}
        with read_class(make_folder(tmp_path, "hw1", {"ada/hw.zip": inner, **taken})) as intake:
            ada, _ = intake.handins
            assert [file.name for file in ada.files] == ["hw (2)/x.py", "hw/x.py", "x.py"]
        taken |= {f"ada/hw ({number})/x.py": "4" for number in range(2, 11)}
        root = make_folder(tmp_path, "hw2", {"ada/hw.zip": inner, **taken})
        with read_class(root) as intake:
            assert "Not read, because other files have their names: ada/hw.zip/x.py." in intake.notices

    def test_students_of_one_identifier_are_graded_apart_and_none_gets_it(self, read):
        intake = read({"Ada_7_assignsubmission_file_/x.py": "", "Bob_7_assignsubmission_file_/x.py": ""})
        assert [handin.students for handin in intake.handins] == [
            (Student(key="7 (Ada)", name="Ada", id="7"),),
            (Student(key="7 (Bob)", name="Bob", id="7"),),
        ]
        assert intake.notices == (
            "Different students with the identifier 7, graded apart; look up whose it is: Ada and Bob.",
        )

    def test_an_identifier_stays_with_the_student_to_whom_a_platform_gave_it(self, read):
        intake = read({"ada_12345_100_x.py": "", "bob_2_101_x.py": "", "12345.py": ""})
        keys = {handin.path: handin.students[0].key for handin in intake.handins}
        assert keys == {"ada_12345_100_x.py": "12345", "bob_2_101_x.py": "2", "12345.py": "12345 (12345)"}

    def test_keys_and_folders_of_metadata_stay_distinct(self, read):
        metadata = "".join(
            f'"{name}":\n  :submitters:\n  - :name: {who}\n    :sid: "{sid}"\n'
            for name, who, sid in (
                ("submission_8\\0", "Ada", r"k\0"),
                (r"submission_8\\x00", "Bob", r"k\\x00"),
                ("submission_7", "Eve", ""),
                ("submission_6", "Kim", "submission_7"),
            )
        )
        handins = read({"submission_metadata.yml": metadata, "submission_7/x.py": "", "submission_6/x.py": ""}).handins
        assert [handin.students[0].name for handin in handins] == ["Ada", "Bob", "Eve", "Kim"]
        assert len({handin.path for handin in handins}) == 4
        assert len({handin.students[0].key for handin in handins}) == 4

    def test_a_file_and_a_folder_of_a_submission_are_read_both(self, tmp_path):
        members = {"submission_metadata.yml": BOB, "submission_9": "x", "submission_9/hw.py": "x"}
        with read_class(make_zip(tmp_path, "hw1", members)) as intake:
            (bob,) = intake.handins
            assert [file.path for file in bob.everything] == ["submission_9/hw.py", "submission_9"]


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
        root = make_folder(tmp_path, "hw1", {"hw1/lab 1/x.py": "", "hw1/scores.csv": ""})
        intake = read_class(root)
        assert (intake.platform, list(by_name(intake))) == ("labs", ["Ada"])
        assert intake.notices == ("Not named as Labs does, and skipped: scores.csv.",)
