"""Canvas's exports."""

from __future__ import annotations

import pytest

from grader.model import Student
from tests.classroom.intake.classes import by_name, names


class TestCanvas:
    def test_one_user_is_one_student_with_all_files(self, read):
        intake = read(
            {
                "lovelaceada_12345_67890_homework.ipynb": "{}",
                "lovelaceada_12345_67891_my_points_2_3_x.csv": "",
                "babbagecharles_LATE_12346_67892_homework.py": "",
            }
        )
        charles, ada = intake.handins
        assert (intake.platform, intake.notices) == ("canvas", ())
        assert ada.students == (Student(key="12345", name="lovelaceada", id="12345"),)
        assert (names(ada.files), names(ada.others)) == (["homework.ipynb"], ["my_points_2_3_x.csv"])
        assert (ada.path, ada.late) == ("lovelaceada_12345_67890_homework.ipynb", False)
        assert (charles.students[0].name, names(charles.files), charles.late) == (
            "babbagecharles",
            ["homework.py"],
            True,
        )

    def test_two_students_of_one_name_are_two(self, read):
        intake = read({"kimminji_11_100_x.py": "", "kimminji_12_101_x.py": ""})
        assert [handin.students[0].key for handin in intake.handins] == ["11", "12"]

    def test_the_number_of_a_second_upload_is_taken_off_where_others_have_the_name_without_it(self, read):
        intake = read(
            {
                "ada_1_100_points.csv": "",
                "ada_1_101_hw.ipynb": "",
                "bob_2_102_points-1.csv": "",
                "bob_2_103_hw-12.ipynb": "",
                "eve_3_104_lab-1.ipynb": "",
                "eve_3_105_points.csv": "",
                "eve_3_106_points-2.csv": "",
            }
        )
        _, bob, eve = intake.handins
        assert (names(bob.files), names(bob.others)) == (["hw.ipynb"], ["points.csv"])
        assert (names(eve.files), names(eve.others)) == (["lab-1.ipynb"], ["points-2.csv", "points.csv"])

    def test_anonymous_students_have_letters_for_an_id(self, read):
        intake = read({"anon_Xy3z9_100_x.py": "", "LATE_anon_B7uQ1_101_x.py": ""})
        assert [(handin.students[0], handin.late) for handin in intake.handins] == [
            (Student(key="B7uQ1", name="anon_B7uQ1", id="B7uQ1"), True),
            (Student(key="Xy3z9", name="anon_Xy3z9", id="Xy3z9"), False),
        ]

    def test_texts_and_links_that_were_entered_online_are_the_students(self, read):
        intake = read({"ada_1_text.html": "", "ada_1_100_x.py": "", "bob_2_link.html": ""})
        assert names(by_name(intake)["ada"].others) == ["text.html"]
        assert by_name(intake)["bob"].files == ()

    def test_a_students_archive_that_was_unpacked_is_still_the_students(self, read):
        (ada,) = read({"ada_1_100_work.zip": "PK", "ada_1_100_work/src/x.py": "", "ada_1_101_y.py": ""}).handins
        assert (names(ada.files), names(ada.others)) == (["src/x.py", "y.py"], ["work.zip"])

    def test_unrecognized_names_are_graded_or_skipped_with_a_notice(self, read):
        intake = read({"ada_1_100_x.py": "", "bob_2_101_x.py": "", "extra.ipynb": "", "grades.csv": ""})
        assert list(by_name(intake)) == ["ada", "bob", "extra"]
        assert intake.notices == (
            "Not named as Canvas does, and graded as students of these names: extra.ipynb.",
            "Not named as Canvas does, and skipped: grades.csv.",
        )

    @pytest.mark.parametrize(
        "ordinary",
        [
            ("hw_2024_1_ada.py", "hw_2024_1_bob.py"),
            ("ada_2024_1_hw.py", "bob_2024_2_hw.py"),
            ("Team_3_1_hw.py", "Team_3_2_hw.py"),
            ("ada_1_2.py", "bob_1_3.py"),
            ("hw_2024_01_02_ada.py", "hw_2024_01_03_bob.py"),
            ("ada_1_100_x.py", "bob.py", "eve.py"),
        ],
    )
    def test_names_that_only_look_like_canvas_are_plain(self, read, ordinary):
        intake = read(dict.fromkeys(ordinary, ""))
        assert (intake.platform, len(intake.handins)) == ("plain", len(ordinary))


class TestWhoseItIs:
    """A student chooses what a file is called, often the own name as well."""

    def test_a_name_with_anothers_id_in_it_is_no_claim_to_it(self, read):
        intake = read({"bob_5_100_hw.py": "", "eve_5_12345_101_hw.py": "", "zoe_7_102_hw.py": ""})
        assert (intake.platform, [handin.students[0].key for handin in intake.handins]) == (
            "canvas",
            ["5", "12345", "7"],
        )
        assert names(intake.handins[1].files) == ["hw.py"]
        assert intake.notices == (
            "Names that can be read as different students' work; look up whose it is: "
            "eve_5_12345_101_hw.py (eve_5, 12345).",
        )

    def test_a_name_with_the_id_of_anothers_file_in_it_harms_nobody(self, read):
        intake = read({"bob_5_100_hw.py": "", "eve_6_100_12345_101_hw.py": "", "zoe_7_102_hw.py": ""})
        assert [handin.students[0].key for handin in intake.handins] == ["5", "100", "7"]

    def test_where_nothing_decides_both_are_graded_apart(self, read):
        intake = read(
            {"bob_5_100_2_hw.py": "", "eve_5_12345_101_hw.py": "", "kim_8_104_x.py": "", "zoe_7_102_x.py": ""}
        )
        assert [handin.students[0].key for handin in intake.handins] == ["5 (bob)", "5 (eve)", "8", "7"]
        assert any(notice.startswith("Different students with the identifier 5") for notice in intake.notices)

    def test_a_handout_with_a_number_in_its_name_needs_no_notice(self, read):
        intake = read({"bob_5_100_2_hw.py": "", "eve_6_101_2_hw.py": ""})
        assert ([names(handin.files) for handin in intake.handins], intake.notices) == ([["2_hw.py"], ["2_hw.py"]], ())
