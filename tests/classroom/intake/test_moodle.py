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
