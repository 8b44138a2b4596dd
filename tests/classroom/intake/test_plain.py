"""Classes without a platform: each file or folder at the top is a student's."""

from __future__ import annotations

import pytest

from grader.model import Student
from tests.classroom.intake.classes import by_name, names


class TestPlain:
    def test_each_file_and_each_folder_is_a_student(self, read):
        intake = read({"bob.py": "x = 1", "ada/homework.ipynb": "{}", "ada/data/points.csv": "1,2"})
        ada, bob = intake.handins
        assert (intake.name, intake.platform, intake.notices) == ("hw1", "plain", ())
        assert ada.students == (Student(key="ada", name="ada"),)
        assert (ada.path, names(ada.files), names(ada.others)) == ("ada", ["homework.ipynb"], ["data/points.csv"])
        assert (bob.path, names(bob.files), bob.late) == ("bob.py", ["bob.py"], False)
        assert bob.files[0].read() == b"x = 1"

    def test_a_submitted_folder_of_nbgrader_is_read(self, read):
        intake = read({f"submitted/{student}/ps1/ps1.ipynb": "{}" for student in ("ada", "bob")}, name="submitted")
        assert [(handin.path, names(handin.files)) for handin in intake.handins] == [
            ("submitted/ada", ["ps1/ps1.ipynb"]),
            ("submitted/bob", ["ps1/ps1.ipynb"]),
        ]

    def test_nbgrader_says_when_it_was_handed_in(self, read):
        intake = read(
            {
                "ada/ps1/ps1.ipynb": "{}",
                "ada/ps1/timestamp.txt": "2026-12-04 23:10:00.123456 Europe/Berlin\n",
                "bob/ps1/ps1.ipynb": "{}",
                "bob/ps1/timestamp.txt": "2026-12-04 22:10:00",
                "eve/ps1/ps1.ipynb": "{}",
                "eve/ps1/timestamp.txt": "soon",
                "kim/ps1/ps1.ipynb": "{}",
                "kim/ps1/data/timestamp.txt": "2020-01-01 00:00:00 UTC",
                "max/timestamp.txt": "2020-01-01 00:00:00 UTC",
                "max/ps1.ipynb": "{}",
            }
        )
        times = [handin.handed_in_at and str(handin.handed_in_at) for handin in intake.handins]
        assert times == ["2026-12-04 23:10:00+01:00", "2026-12-04 22:10:00+00:00", None, None, None]

    def test_of_several_files_with_times_of_their_own_the_latest_counts(self, read):
        ada, _ = read(
            {
                "submitted/bob/b.py": "",
                "submitted/ada/a/a.py": "",
                "submitted/ada/a/timestamp.txt": "2026-12-04 10:00:00 UTC",
                "submitted/ada/b/b.py": "",
                "submitted/ada/b/timestamp.txt": "2026-12-05 10:00:00 UTC",
                "submitted/ada/c/plot.pdf": "",
                "submitted/ada/c/timestamp.txt": "2026-12-06 10:00:00 UTC",
            },
            name="submitted",
        ).handins
        assert str(ada.handed_in_at) == "2026-12-05 10:00:00+00:00"

    @pytest.mark.parametrize("path", ["ada.pdf", "ada/notes.docx", "ada/", "ada/.ipynb_checkpoints/x-checkpoint.ipynb"])
    def test_a_student_without_anything_to_grade_is_not_lost(self, read, path):
        intake = read({path: "", "bob.py": ""})
        assert list(by_name(intake)) == ["ada", "bob"]
        assert by_name(intake)["ada"].files == ()

    def test_several_files_of_a_student_are_one_handin_and_a_notice(self, read):
        intake = read({"ada/b.py": "", "ada/a.ipynb": "", "ada/notes.md": "", "bob.py": ""})
        assert names(by_name(intake)["ada"].files) == ["a.ipynb", "b.py", "notes.md"]
        assert intake.notices == ("Several files that can be graded came from ada (3).",)

    def test_one_name_is_one_student_whatever_its_suffix_and_case(self, read):
        intake = read({"ada.ipynb": "", "ada.py": "", "ADA/homework.py": "", "bob.py": ""})
        ada, _ = intake.handins
        assert names(ada.files) == ["ada.ipynb", "ada.py", "homework.py"]
        assert intake.notices[0] == "Read as work of one student: ADA/, ada.ipynb and ada.py."

    def test_students_come_in_the_order_of_their_names_whatever_the_case(self, read):
        assert list(by_name(read({"Zoe.py": "", "ada.py": "", "Bob.py": ""}))) == ["ada", "Bob", "Zoe"]

    @pytest.mark.parametrize("name", ["README.md", "readme.txt", "LICENSE"])
    def test_a_readme_at_the_top_is_skipped_with_a_notice(self, read, name):
        intake = read({name: "", "ada/README.md": "mine", "bob.py": ""})
        assert list(by_name(intake)) == ["ada", "bob"]
        assert f"Skipped, not a student's work: {name}." in intake.notices

    def test_archives_that_are_damaged_are_not_opened(self, read):
        (ada,) = read({"ada/all.zip": "PK"}).handins
        assert (ada.files, names(ada.others)) == ((), ["all.zip"])


class TestWrappingFolder:
    def test_a_folder_around_everybody_is_stepped_into(self, read):
        intake = read({"hw1/ada.py": "", "hw1/bob/x.py": ""})
        assert list(by_name(intake)) == ["ada", "bob"]
        assert intake.notices == ()

    def test_a_wrapping_folder_of_another_name_is_named_in_a_notice(self, read):
        intake = read({"repository-main/ada.py": "", "repository-main/bob.py": ""})
        assert list(by_name(intake)) == ["ada", "bob"]
        assert intake.notices == (
            "Everything lies in repository-main, so every file and folder in it was read as a student's.",
        )

    def test_the_only_students_folder_is_no_wrapping_folder(self, read):
        intake = read({"ada/homework.py": "", "ada/points.csv": ""})
        assert [(name, names(handin.files)) for name, handin in by_name(intake).items()] == [("ada", ["homework.py"])]

    def test_a_folder_named_as_the_archive_wraps_a_single_student(self, read):
        assert list(by_name(read({"hw1/ada/ps1/x.py": ""}, name="hw1 (1)"))) == ["ada"]

    def test_a_platforms_export_is_found_in_the_wrapping_folder(self, read):
        intake = read({"hw1/submissions/lovelaceada_1_22_x.py": "", "__MACOSX/hw1/._submissions": ""})
        assert (intake.platform, list(by_name(intake))) == ("canvas", ["lovelaceada"])

    def test_the_clone_of_the_only_student_is_not_taken_for_the_class(self, read):
        paths = ("README.md", "setup.py", "tests/test_a.py", "data/x.csv", "homework.ipynb", ".git/config")
        (handin,) = read({f"hw1-ada/{path}": "x" for path in paths}).handins
        assert (handin.students[0].name, names(handin.files)) == ("hw1-ada", ["homework.ipynb"])

    def test_students_without_work_are_students_too(self, read):
        assert list(by_name(read({"all/ada/hw.pdf": "x", "all/bob/hw.py": "x"}))) == ["ada", "bob"]
