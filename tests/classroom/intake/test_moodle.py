"""Moodle's exports."""

from __future__ import annotations

import pytest

from grader.model import Student
from tests.classroom.intake.classes import by_name, names


class TestMoodle:
    @pytest.mark.parametrize("end", ["", "_"])
    def test_a_folder_for_each_student(self, read, end):
        intake = read(
            {
                f"Ada Lovelace_123456_assignsubmission_file{end}/homework.ipynb": "{}",
                f"Ada Lovelace_123456_assignsubmission_file{end}/data/points.csv": "",
                f"Ada Lovelace_123456_assignsubmission_onlinetext{end}/onlinetext.html": "",
                f"José Núñez_123457_assignsubmission_onlinetext{end}/onlinetext.html": "",
            }
        )
        ada, jose = intake.handins
        assert (intake.platform, intake.notices) == ("moodle", ())
        assert ada.students == (Student(key="123456", name="Ada Lovelace", id="123456"),)
        assert ada.path == f"Ada Lovelace_123456_assignsubmission_file{end}"
        assert (names(ada.files), names(ada.others)) == (["homework.ipynb"], ["data/points.csv", "onlinetext.html"])
        assert (jose.students[0].name, jose.files) == ("José Núñez", ())

    def test_all_files_in_one_folder(self, read):
        (ada,) = read(
            {
                "Ada Lovelace_123456_assignsubmission_file_my_homework.ipynb": "{}",
                "Ada Lovelace_123456_assignsubmission_onlinetext_onlinetext.html": "",
            }
        ).handins
        assert ada.path == "Ada Lovelace_123456_assignsubmission_file_my_homework.ipynb"
        assert (names(ada.files), names(ada.others)) == (["my_homework.ipynb"], ["onlinetext.html"])

    @pytest.mark.parametrize("word", ["Participant", "Teilnehmerin", "参与者"])
    def test_blind_marking_shows_numbers(self, read, word):
        intake = read({f"{word}_{number}_assignsubmission_file_/x.py": "" for number in (7, 8)})
        assert list(by_name(intake)) == [f"{word} 7", f"{word} 8"]

    def test_groups_have_a_name_and_the_default_group_no_number(self, read):
        intake = read(
            {
                "Group A_42_assignsubmission_file/x.py": "",
                "Default group_assignsubmission_file/x.py": "",
            }
        )
        assert [handin.students for handin in intake.handins] == [
            (Student(key="Default group", name="Default group"),),
            (Student(key="42", name="Group A", id="42"),),
        ]

    def test_unrecognized_names_are_graded_or_skipped_with_a_notice(self, read):
        intake = read(
            {
                "Ada_1_assignsubmission_file_/x.py": "",
                "Bob/x.py": "",
                "Grades.csv": "",
                "_assignsubmission_file_": "",
            }
        )
        assert list(by_name(intake)) == ["Ada", "Bob"]
        assert intake.notices == (
            "Not named as Moodle does, and graded as students of these names: Bob.",
            "Not named as Moodle does, and skipped: Grades.csv and _assignsubmission_file_.",
        )


class TestWhoseItIs:
    """A student chooses what a file is called, on some sites the own name as well."""

    def test_of_a_folder_the_last_identifier_is_the_students(self, read):
        names = ("Eve_99_assignsubmission_file__123", "Bob_99", "Zoe_7")
        intake = read({f"{name}_assignsubmission_file_/hw.py": "" for name in names})
        assert [(handin.students[0].key, handin.path[:3]) for handin in intake.handins] == [
            ("99", "Bob"),
            ("123", "Eve"),
            ("7", "Zoe"),
        ]
        assert intake.notices == (
            "Names that can be read as different students' work; look up whose it is: "
            "Eve_99_assignsubmission_file__123_assignsubmission_file_ (Eve_99_assignsubmission_file_, 123).",
        )

    @pytest.mark.parametrize("eve", ["Eve_123_assignsubmission_file_Bob_99", "Eve_99_assignsubmission_file__123"])
    def test_of_a_file_the_first_that_is_nobody_elses(self, read, eve):
        intake = read({f"{name}_assignsubmission_file_hw.py": "" for name in (eve, "Bob_99", "Zoe_7")})
        assert {handin.path[:3]: handin.students[0].key for handin in intake.handins} == {
            "Bob": "99",
            "Eve": "123",
            "Zoe": "7",
        }
        assert len(intake.notices) == 1

    def test_a_file_of_a_student_who_is_known_needs_no_notice(self, read):
        mark = "Eve_123_assignsubmission_file_"
        intake = read({f"{mark}hw.py": "", f"{mark}Bob_99_assignsubmission_file_x.csv": ""})
        (eve,) = intake.handins
        assert (names(eve.others), intake.notices) == (["Bob_99_assignsubmission_file_x.csv"], ())
