from __future__ import annotations

import dataclasses

import pytest

from grader import model
from grader.errors import UsageError
from grader.report import csv_canvas
from grader.report.base import ClassTable, FillOptions
from tests.helpers.class_samples import (
    ADDS,
    DUE,
    POLICY,
    ada,
    alan,
    check,
    exercise,
    failed,
    grace,
    joan,
    late,
    mallory,
    on_a_sheet,
    result,
    results,
    xiaoming,
)
from tests.helpers.csv_tables import column

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Notes,Homework 1 (98764),Homework 2 (98765),Final Score\r\n"
    ",,,,,,,Manual Posting,\r\n"
    "    Points Possible,,,,,,10.00,10.00,(read only)\r\n"
    '"Hopper, Grace",1003,s3,ghopper,Sec 1,,9.00,1.00,2\r\n'
    '"Lovelace, Ada",1001,s1,alovelace,"Sec 1, Mon",likes "x",10.00,,1\r\n'
    '"=""=evil""",9,s9,evil,Sec 1,=1+1,,8.00,1\r\n'
    '"Student, Test",55,,abcdef,Sec 1,,,,0\r\n'
)


def fill_canvas(
    results: model.ClassResults, exported: str, column: str | None = None, *, provisional: bool = False
) -> ClassTable:
    return csv_canvas.fill(results, exported, FillOptions(column=column, provisional=provisional))


class TestCanvas:
    def test_one_cell_changes_and_all_others_stay(self) -> None:
        filled = fill_canvas(results(ada()), CANVAS)
        assert filled.text == CANVAS.replace(",10.00,,1", ",10.00,10,1")
        assert filled.notices == (
            "1 total filled in, in the column `Homework 2 (98765)`.",
            "Without a result, and left as they are: 3 rows of the file.",
        )

    def test_another_grade_is_left_unless_it_is_to_be_replaced(self) -> None:
        exported = CANVAS.replace(",10.00,,1", ",10.00,19,1")
        spared = fill_canvas(results(ada()), exported)
        assert spared.text == exported
        assert spared.notices[:2] == (
            "0 totals filled in, in the column `Homework 2 (98765)`.",
            "1 would replace another grade: Lovelace, Ada (1001; 19, here 10). Left as they are; --replace replaces "
            "them.",
        )
        replaced = csv_canvas.fill(results(ada()), exported, FillOptions(replace=True))
        assert replaced.text == CANVAS.replace(",10.00,,1", ",10.00,10,1")
        assert replaced.notices[1] == "1 replaced another grade: Lovelace, Ada (1001; 19, here 10)."

    @pytest.mark.parametrize("there", ["10", "10.00", " 10.0"])
    def test_an_equal_grade_is_no_other_grade(self, there: str) -> None:
        filled = fill_canvas(results(ada()), CANVAS.replace(",10.00,,1", f",10.00,{there},1"))
        assert filled.text == CANVAS.replace(",10.00,,1", ",10.00,10,1")
        assert not [notice for notice in filled.notices if "another grade" in notice]

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


class TestAnAssignment:
    def test_its_column_is_called_like_its_id_or_else_its_title(self) -> None:
        assert fill_canvas(on_a_sheet(ada()), CANVAS).text == CANVAS.replace(",10.00,,1", ",10.00,10,1")
        by_id = CANVAS.replace("Homework 1 (98764)", "hw2 (98764)")
        assert column(fill_canvas(on_a_sheet(ada()), by_id).text, "hw2 (98764)")[3] == "10"

    def test_without_such_a_column_both_names_are_said(self) -> None:
        with pytest.raises(UsageError, match=r"no column for `hw2` or `Second`\. It has "):
            fill_canvas(on_a_sheet(ada(), title="Second"), CANVAS)

    def test_totals_are_less_the_penalty_and_that_is_said(self) -> None:
        filled = fill_canvas(on_a_sheet(late(ada()), due=DUE, late=POLICY), CANVAS)
        assert filled.text == CANVAS.replace(",10.00,,1", ",10.00,8,1")
        assert "1 total is less a penalty for lateness: Lovelace, Ada (1001)." in filled.notices

    def test_late_by_an_unknown_time_is_said(self) -> None:
        of = on_a_sheet(dataclasses.replace(ada(), late=True), due=DUE, late=POLICY)
        assert (
            "Late, by how much is not known, and nothing was taken away: Lovelace, Ada."
            in fill_canvas(of, CANVAS).notices
        )
