from __future__ import annotations

import csv
import dataclasses
import io

import pytest

from grader import model
from grader.errors import UsageError
from grader.report.class_csv import fill_canvas, fill_moodle, nbgrader, otter
from grader.report.student_matching import Row, paired
from tests.helpers.class_samples import (
    ADDS,
    FORMULA,
    ada,
    alan,
    bobby,
    check,
    exercise,
    failed,
    grace,
    joan,
    mallory,
    result,
    results,
    sample,
    xiaoming,
)


def table(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))


def column(text: str, name: str) -> list[str]:
    return [row[name] for row in table(text)]


class TestOtter:
    def test_the_columns_are_otters(self) -> None:
        assert otter(sample()).text.splitlines()[:2] == [
            "file,autodiff-modes,detach-semantics,double-backward,total_points_earned,percent_correct,grading_status",
            "points-per-question,3,3,4,10,1,--",
        ]

    def test_everybody_is_a_row(self) -> None:
        rows = {row["file"]: tuple(row.values())[1:] for row in table(otter(sample()).text)}
        assert rows["Lovelace, Ada.ipynb"] == ("3", "3", "4", "10", "1", "Completed")
        assert rows["王小明.ipynb"] == ("0", "1.6667", "2.3", "3.9667", "0.3967", "Completed")
        assert rows["Turing, Alan.ipynb"][-1] == "Provisional: 1 answer waits for a person (grade mark)"

    def test_who_was_not_graded_has_no_zeros(self) -> None:
        rows = {row["file"]: tuple(row.values())[1:] for row in table(otter(results(grace(), joan())).text)}
        assert rows["Hopper, Grace.ipynb"][:5] == ("", "", "", "", "")
        assert rows["Hopper, Grace.ipynb"][5].startswith("Broken: homework.pdf is a PDF.")
        assert rows["Clarke, Joan.ipynb"] == ("", "", "", "", "", "Pending")

    def test_no_file_name_is_a_formula(self) -> None:
        assert f"'{FORMULA}.ipynb" in column(otter(sample()).text, "file")


class TestNbgrader:
    def test_the_columns_are_nbgraders(self) -> None:
        assert nbgrader(results(ada())).text.splitlines() == [
            "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,"
            "max_score",
            "Homework 2,,,1001,Lovelace,Ada,ada@example.org,10,0,10,10",
        ]

    def test_who_was_not_graded_has_no_score_and_is_told_of(self) -> None:
        written = nbgrader(sample())
        assert [row["score"] for row in table(written.text)] == ["", "", "10", "3.5", "0", "2", "3.9667"]
        assert written.notices == (
            "2 scores provisional: something waits for a person, or was not graded.",
            "2 students without a score: broken, or not graded yet.",
        )

    @pytest.mark.parametrize(
        ("name", "last", "first"),
        [
            ("Lovelace, Ada", "Lovelace", "Ada"),
            ("Ada King Lovelace", "Lovelace", "Ada King"),
            ("lovelaceada", "lovelaceada", ""),
            ("王小明", "王小明", ""),
            (FORMULA, "calc'!A0", "'=cmd|' /C"),
        ],
    )
    def test_names_are_parted_where_they_can_be(self, name: str, last: str, first: str) -> None:
        (row,) = table(nbgrader(results(result(name))).text)
        assert (row["last_name"], row["first_name"]) == (last, first)

    def test_no_key_is_a_formula(self) -> None:
        assert column(nbgrader(results(bobby())).text, "student_id") == [f"'{FORMULA}"]


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Notes,Homework 1 (98764),Homework 2 (98765),Final Score\r\n"
    ",,,,,,,Manual Posting,\r\n"
    "    Points Possible,,,,,,10.00,10.00,(read only)\r\n"
    '"Hopper, Grace",1003,s3,ghopper,Sec 1,,9.00,1.00,2\r\n'
    '"Lovelace, Ada",1001,s1,alovelace,"Sec 1, Mon",likes "x",10.00,,1\r\n'
    '"=""=evil""",9,s9,evil,Sec 1,=1+1,,8.00,1\r\n'
    '"Student, Test",55,,abcdef,Sec 1,,,,0\r\n'
)


class TestCanvas:
    def test_one_cell_changes_and_all_others_stay(self) -> None:
        filled = fill_canvas(results(ada()), CANVAS)
        assert filled.text == CANVAS.replace(",10.00,,1", ",10.00,10,1")
        assert filled.notices == (
            "1 total filled in, in the column `Homework 2 (98765)`.",
            "Without a result, and left as they are: 3 rows of the file.",
        )

    def test_broken_and_pending_students_keep_what_is_there(self) -> None:
        filled = fill_canvas(results(grace(), dataclasses.replace(joan(), student=ada().student)), CANVAS)
        assert filled.text == CANVAS
        assert filled.notices[1:3] == (
            "Left as they are, because nothing of them could be graded: Hopper, Grace (1003).",
            "Left as they are, because they are not graded yet: Lovelace, Ada (1001).",
        )

    def test_provisional_totals_are_filled_in_where_that_is_asked_for(self) -> None:
        one = dataclasses.replace(alan(), student=ada().student)
        kept, filled = (fill_canvas(results(one), CANVAS, provisional=asked) for asked in (False, True))
        assert kept.text == CANVAS
        assert kept.notices[1] == (
            "1 provisional total left out; --provisional fills it in: 1 answer waits for a person (grade mark)."
        )
        assert column(filled.text, "Homework 2 (98765)")[3] == "3.5"
        assert filled.notices[1] == (
            "1 provisional total filled in as far as it is known: 1 answer waits for a person (grade mark)."
        )

    def test_results_that_the_file_does_not_have_are_named(self) -> None:
        notices = fill_canvas(results(ada(), mallory(), xiaoming()), CANVAS).notices
        assert notices[1] == (
            r"Not in the file, or not clearly one of its rows: \x1b[31mMallory\x1b[0m [bold]M[/] (1004); "
            "王小明 (xm@example.org)."
        )

    def test_points_that_do_not_match_are_said(self) -> None:
        filled = fill_canvas(results(ada()), CANVAS.replace("10.00,10.00,", "10.00,20.00,"))
        assert filled.notices[1] == (
            "`Homework 2 (98765)` has 20 points in Canvas, and 10 can be won here: totals are filled in as they are."
        )
        assert "10.00,10,1\r\n" in filled.text

    @pytest.mark.parametrize("exempt", ["EX", "N/A"])
    def test_who_is_excused_stays_so(self, exempt: str) -> None:
        file = CANVAS.replace(",10.00,,1", f",10.00,{exempt},1")
        filled = fill_canvas(results(ada()), file)
        assert filled.text == file
        assert filled.notices[1] == "Left as they are, because Canvas has EX or N/A there: Lovelace, Ada (1001)."

    @pytest.mark.parametrize("wanted", ["homework 1", "Homework 1 (98764)", "98764", "homework-1"])
    def test_the_column_may_be_named(self, wanted: str) -> None:
        assert column(fill_canvas(results(ada()), CANVAS, wanted).text, "Homework 1 (98764)")[3] == "10"

    def test_it_is_found_by_the_assignments_name(self) -> None:
        named = results(ada(), assignment="homework_2")
        assert column(fill_canvas(named, CANVAS).text, "Homework 2 (98765)")[3] == "10"

    def test_an_unknown_column_is_an_error_that_lists_them(self) -> None:
        with pytest.raises(UsageError) as error:
            fill_canvas(results(ada(), assignment="hw2"), CANVAS)
        assert str(error.value) == (
            "The gradebook has no column for `hw2`. It has `Notes`, `Homework 1 (98764)`, `Homework 2 (98765)`. Say "
            "which with --column."
        )

    def test_two_columns_of_one_name_are_not_guessed_between(self) -> None:
        twice = CANVAS.replace("Homework 1 (98764)", "HOMEWORK 2 (1)")
        with pytest.raises(UsageError, match=r"Several columns .* `HOMEWORK 2 \(1\)`, `Homework 2 \(98765\)`"):
            fill_canvas(results(ada()), twice)

    def test_another_file_is_refused(self) -> None:
        with pytest.raises(UsageError, match=r"no gradebook that Canvas exported.* It has `name`, `grade`\."):
            fill_canvas(results(ada()), "name,grade\nAda,1\n")

    def test_an_assignment_without_points_is_refused(self) -> None:
        with pytest.raises(UsageError, match=r"Nothing can be won in `Homework 2`"):
            fill_canvas(results(exercises=()), CANVAS)

    def test_semicolons_and_decimal_commas_stay(self) -> None:
        file = "\ufeffStudent;ID;SIS Login ID;Section;Homework 2 (98765)\n    Points Possible;;;;10,00\nX;1004;;;\n"
        half = result("X", exercise("double-backward", check(), failed(**ADDS, score=0.1 + 0.2)), id="1004")
        filled = fill_canvas(results(half), file)
        assert filled.text == file.removesuffix("\n") + "2,3\n"
        assert len(filled.notices) == 1

    def test_first_and_last_names_may_have_columns_of_their_own(self) -> None:
        header = "LastName,FirstName,ID,SIS Login ID,Section,Homework 2 (5)\n"
        file = f"{header}    Points Possible,,,,,10\nLovelace,Ada,8,,,\n"
        assert fill_canvas(results(ada()), file).text.endswith("Lovelace,Ada,8,,,10\n")


MOODLE = (
    "\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Online text,Last modified (grade),Feedback comments\r\n"
    'Participant 1001,Ada Lovelace,ada@example.org,Submitted,5.00,10.00,Yes,"Friday, 2 October 2026, 5:01 PM",'
    '"<p>a, ""b""</p>",-,\r\n'
    "Participant 7,王小明,xm@example.org,Submitted,,10.00,Yes,-,,-,Nice.\r\n"
    "Participant 1004,Mallory,,Submitted,4.00,10.00,No,-,,-,\r\n"
    "Participant 6,Nobody,n@example.org,No submission,,10.00,Yes,-,,-,\r\n"
)


class TestMoodle:
    def test_grade_and_feedback_change_and_all_else_stays(self) -> None:
        filled = fill_moodle(results(ada()), MOODLE)
        said = "Forward and reverse mode: What reverse mode has to hold on to (2 / 2): Well said."
        ours = MOODLE.splitlines(keepends=True)
        ours[1] = ours[1].replace("5.00", "10").replace(",-,\r\n", f",-,{said}\r\n")
        assert filled.text == "".join(ours)
        assert filled.notices == (
            "1 grade filled in.",
            "Without a result, and left as they are: 3 rows of the file.",
        )

    def test_feedback_has_a_line_for_each_failed_check(self) -> None:
        said = column(fill_moodle(results(xiaoming()), MOODLE).text, "Feedback comments")[1]
        assert said.split("<br>") == [
            "Forward and reverse mode: not attempted (0 / 3)",
            "Detach, a constant out of the graph: The gradient of sum(u * x) is u (0.67 / 2)",
            "Backward, twice: Two passes that work add their gradients up (0.3 / 2)",
        ]

    def test_it_gives_the_rubrics_sentence_and_is_no_html_of_ours(self) -> None:
        wrong = result("王小明", exercise("double-backward", failed(mistake="x < 3 & <b>not</b>")))
        said = column(fill_moodle(results(wrong), MOODLE).text, "Feedback comments")[1]
        assert said == (
            "Backward, twice: A second backward over the same graph raises an error (0 / 2): x &lt; 3 &amp; "
            "&lt;b&gt;not&lt;/b&gt;"
        )

    def test_feedback_that_is_replaced_is_counted(self) -> None:
        notices = fill_moodle(results(xiaoming()), MOODLE).notices
        assert notices[1] == "1 feedback comment of the worksheet replaced by this grading's."

    def test_grades_are_scaled_to_moodles_maximum(self) -> None:
        filled = fill_moodle(results(ada(), xiaoming()), MOODLE.replace("10.00", "100.00"))
        assert column(filled.text, "Grade")[:2] == ["100", "39.6667"]
        assert filled.notices[1] == "Scaled: 10 points here are 100 in Moodle."

    def test_decimal_commas_stay(self) -> None:
        filled = fill_moodle(results(xiaoming()), MOODLE.replace("10.00", '"10,00"'))
        assert column(filled.text, "Grade")[1] == "3,9667"

    def test_a_grade_that_cannot_be_changed_is_left_alone(self) -> None:
        filled = fill_moodle(results(mallory()), MOODLE)
        assert filled.text == MOODLE
        assert filled.notices[1] == (
            "Left as they are, because Moodle says that their grades cannot be changed: "
            r"\x1b[31mMallory\x1b[0m [bold]M[/] (1004)."
        )

    def test_without_a_feedback_column_there_is_only_the_grade(self) -> None:
        file = "Identifier,Full name,Grade\nParticipant 1001,Ada,\n"
        filled = fill_moodle(results(ada()), file)
        assert filled.text == "Identifier,Full name,Grade\nParticipant 1001,Ada,10\n"
        assert filled.notices[1] == "The worksheet has no column `Feedback comments`, so no feedback is filled in."

    def test_a_scale_of_words_is_refused(self) -> None:
        with pytest.raises(UsageError, match="a scale of words"):
            fill_moodle(results(ada()), 'Identifier,Grade,Scale\nParticipant 1,,"Bad,Good"\n')

    def test_another_file_is_refused(self) -> None:
        with pytest.raises(UsageError, match=r"no grading worksheet of Moodle.* It has `Bewertung`\."):
            fill_moodle(results(ada()), "Bewertung\n1\n")


def person(name: str, **fields: str) -> model.Student:
    return model.Student(**({"key": name, "name": name} | fields))


def pairs(rows: list[Row], students: list[model.Student]) -> dict[int, int]:
    return paired(dict(enumerate(rows)), dict(enumerate(students)))


class TestWhoIsWho:
    def test_the_platforms_id_counts_before_all_else(self) -> None:
        rows = [Row(id="7", names=("Lovelace, Ada",)), Row(id="8", names=("Turing, Alan",))]
        assert pairs(rows, [person("Lovelace, Ada", id="8"), person("Turing, Alan", id="7")]) == {0: 1, 1: 0}

    def test_then_logins_and_addresses_in_any_case(self) -> None:
        rows = [Row(id="1", logins=("ADA@example.org",)), Row(id="2", logins=("", "aturing"))]
        assert pairs(rows, [person("A", email="ada@example.org"), person("B", key="aturing")]) == {0: 0, 1: 1}

    @pytest.mark.parametrize("ours", ["lovelaceada", "adalovelace", "Ada Lovelace", "LOVELACE Ada", "Lovelace,Ada"])
    @pytest.mark.parametrize("theirs", ["Lovelace, Ada", "Ada Lovelace"])
    def test_then_the_letters_of_names_in_both_orders(self, ours: str, theirs: str) -> None:
        assert pairs([Row(names=(theirs,))], [person(ours)]) == {0: 0}

    def test_accents_and_signs_in_names_do_not_matter(self) -> None:
        assert pairs([Row(names=("O'Brien-Núñez, José María",))], [person("obriennunezjosemaria")]) == {0: 0}

    def test_names_in_other_scripts_are_compared_by_all_their_signs(self) -> None:
        assert pairs([Row(names=("王小明",)), Row(names=("王小",))], [person("王小明")]) == {0: 0}
        assert pairs([Row(names=("राम",))], [person("रमा")]) == {}

    def test_what_fits_several_rows_is_left_out(self) -> None:
        assert pairs([Row(id="1", names=("Wang Wei",)), Row(id="2", names=("Wei Wang",))], [person("wangwei")]) == {}

    def test_what_fits_several_students_is_left_out(self) -> None:
        assert pairs([Row(names=("Wang Wei",))], [person("Wang Wei", key="1"), person("wangwei", key="2")]) == {}

    def test_who_is_known_by_id_leaves_the_name_to_the_other(self) -> None:
        rows = [Row(id="1", names=("Wang Wei",)), Row(id="2", names=("Wang Wei",))]
        assert pairs(rows, [person("Wang Wei", id="1"), person("wangwei")]) == {0: 0, 1: 1}

    def test_where_ids_fit_a_namesake_is_somebody_else(self) -> None:
        rows = [Row(id="1", names=("Lovelace, Ada",)), Row(id="2", names=("Wang Wei",))]
        gone = person("wangwei", id="3")
        assert pairs(rows, [person("adalovelace", id="1"), gone]) == {0: 0}
        assert pairs(rows, [person("adalovelace", id="A17"), gone]) == {0: 0, 1: 1}

    def test_nothing_matches_nothing(self) -> None:
        assert pairs([Row(), Row(names=("123", ", "))], [person("123"), person("", key="k")]) == {}
