from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from grader import model
from grader.errors import UsageError
from grader.report import csv_moodle
from grader.report.base import ClassTable, FillOptions
from grader.report.report_words import MORE_POINTS
from tests.helpers.class_samples import (
    DUE,
    POLICY,
    ada,
    check,
    exercise,
    failed,
    late,
    mallory,
    on_a_sheet,
    result,
    results,
    xiaoming,
)
from tests.helpers.csv_tables import column

MOODLE = (
    "\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Online text,Last modified (grade),Feedback comments\r\n"
    'Participant 1001,Ada Lovelace,ada@example.org,Submitted,,10.00,Yes,"Friday, 2 October 2026, 5:01 PM",'
    '"<p>a, ""b""</p>",-,\r\n'
    "Participant 7,王小明,xm@example.org,Submitted,,10.00,Yes,-,,-,Nice.\r\n"
    "Participant 1004,Mallory,,Submitted,4.00,10.00,No,-,,-,\r\n"
    "Participant 6,Nobody,n@example.org,No submission,,10.00,Yes,-,,-,\r\n"
)


def fill(results: model.ClassResults, exported: str, *, replace: bool = False) -> ClassTable:
    return csv_moodle.fill(results, exported, FillOptions(replace=replace))


class TestMoodle:
    def test_grade_and_feedback_change_and_all_else_stays(self) -> None:
        filled = fill(results(ada()), MOODLE)
        said = "Forward and reverse mode: What reverse mode has to hold on to (2 / 2): Well said."
        ours = MOODLE.splitlines(keepends=True)
        ours[1] = ours[1].replace(",,10.00", ",10,10.00").replace(",-,\r\n", f",-,{said}\r\n")
        assert filled.text == "".join(ours)
        assert filled.notices == (
            "1 grade filled in.",
            "Without a result, and left as they are: 3 rows of the file.",
        )

    def test_feedback_has_a_line_for_each_failed_check(self) -> None:
        said = column(fill(results(xiaoming()), MOODLE).text, "Feedback comments")[1]
        assert said.split("<br>") == [
            "Forward and reverse mode: not attempted (0 / 3)",
            "Detach, a constant out of the graph: The gradient of sum(u * x) is u (0.67 / 2)",
            "Backward, twice: Two passes that work add their gradients up (0.3 / 2)",
        ]

    @pytest.mark.parametrize(("after", "shown"), [(None, False), (-1, False), (1, True)])
    def test_a_student_reads_nothing_of_a_check_that_is_not_shown(self, after: int | None, shown: bool) -> None:
        """Also not what a person wrote about it. The grade is that of all checks."""
        checks = [
            failed(title="SECRET", comment="SECRET", visibility="hidden"),
            failed(title="Later", visibility="after-due"),
            failed(title="The sum"),
        ]
        class_results = results(result("王小明", exercise("double-backward", *checks)), due=DUE)
        now = None if after is None else DUE + timedelta(minutes=after)
        said = column(csv_moodle.fill(class_results, MOODLE, FillOptions(now=now)).text, "Feedback comments")[1]
        assert said.split("<br>") == [
            *(["Backward, twice: Later (0 / 2)"] if shown else []),
            "Backward, twice: The sum (0 / 2)",
            MORE_POINTS,
        ]

    def test_it_does_not_tell_which_of_several_answers_a_hidden_check_takes(self) -> None:
        checks = failed(title="SECRET", visibility="hidden"), failed(title="The sum", comment="Look here.")
        asked = exercise("double-backward", *checks), exercise("detach-semantics", failed(title="The cut"))
        several = replace(result("王小明", *asked), files=("a.py", "b.py"))
        said = column(fill(results(several), MOODLE).text, "Feedback comments")[1]
        assert said.split("<br>") == [
            f"Backward, twice: Several files were handed in. {csv_moodle.NOT_SAID}",
            f"{asked[1].title}: The cut (0 / 2)",
            MORE_POINTS,
        ]

    @pytest.mark.parametrize("status", ["graded", "not_attempted"])
    def test_of_an_exercise_without_checks_that_are_shown_it_says_nothing(self, status: model.ExerciseStatus) -> None:
        hidden = replace(exercise("double-backward", failed(visibility="hidden")), status=status)
        said = column(fill(results(result("王小明", hidden)), MOODLE).text, "Feedback comments")[1]
        assert said == MORE_POINTS

    def test_a_check_that_was_skipped_cost_points_too(self) -> None:
        skipped = check(title="The sum", status="skipped", score=0.0, max_score=2.0)
        said = column(
            fill(results(result("王小明", exercise("double-backward", skipped))), MOODLE).text, "Feedback comments"
        )
        assert said[1] == (
            "Backward, twice: The sum (0 / 2): Not looked at, because a part that comes before it is not right."
        )

    def test_it_gives_the_rubrics_sentence_and_is_no_html_of_ours(self) -> None:
        wrong = result("王小明", exercise("double-backward", failed(mistake="x < 3 & <b>not</b>")))
        said = column(fill(results(wrong), MOODLE).text, "Feedback comments")[1]
        assert said == (
            "Backward, twice: A second backward over the same graph raises an error (0 / 2): x &lt; 3 &amp; "
            "&lt;b&gt;not&lt;/b&gt;"
        )

    def test_feedback_that_is_replaced_is_counted(self) -> None:
        notices = fill(results(xiaoming()), MOODLE).notices
        assert notices[1] == "1 feedback comment of the worksheet replaced by this grading's."

    def test_grades_are_scaled_to_moodles_maximum(self) -> None:
        filled = fill(results(ada(), xiaoming()), MOODLE.replace("10.00", "100.00"))
        assert column(filled.text, "Grade")[:2] == ["100", "39.67"]
        assert filled.notices[1] == "Scaled: 10 points here are 100 in Moodle."

    @pytest.mark.parametrize("there", ["5.00", "5,00", "9.99", "A-", "10.00 / 10.00"])
    def test_another_grade_is_left_with_its_feedback_unless_it_is_to_be_replaced(self, there: str) -> None:
        exported = MOODLE.replace(',,10.00,Yes,"Friday', f',"{there}",10.00,Yes,"Friday')
        spared = fill(results(ada()), exported)
        assert spared.text == exported
        assert spared.notices[:2] == (
            "0 grades filled in.",
            f"1 would replace another grade: Lovelace, Ada (1001; {there}, here {'10'}). Left as they are; --replace "
            "replaces them.",
        )
        replaced = fill(results(ada()), exported, replace=True)
        assert column(replaced.text, "Grade")[0] == "10"
        assert replaced.notices[1] == f"1 replaced another grade: Lovelace, Ada (1001; {there}, here 10)."

    @pytest.mark.parametrize("there", ["10", "10.00", "10,00", " 10.0 ", "-", "\u2013"])
    def test_an_equal_grade_or_none_is_no_other_grade(self, there: str) -> None:
        filled = fill(results(ada()), MOODLE.replace(',,10.00,Yes,"Friday', f',"{there}",10.00,Yes,"Friday'))
        assert column(filled.text, "Grade")[0] == "10"
        assert not [notice for notice in filled.notices if "another grade" in notice]

    def test_decimal_commas_stay(self) -> None:
        filled = fill(results(xiaoming()), MOODLE.replace("10.00", '"10,00"'))
        assert column(filled.text, "Grade")[1] == "3,97"

    def test_a_grade_that_cannot_be_changed_is_left_alone(self) -> None:
        filled = fill(results(mallory()), MOODLE)
        assert filled.text == MOODLE
        assert filled.notices[1] == (
            "Left as they are, because Moodle says that their grades cannot be changed: "
            r"\x1b[31mMallory\x1b[0m [bold]M[/] (1004)."
        )

    def test_without_a_feedback_column_there_is_only_the_grade(self) -> None:
        file = "Identifier,Full name,Grade\nParticipant 1001,Ada,\n"
        filled = fill(results(ada()), file)
        assert filled.text == "Identifier,Full name,Grade\nParticipant 1001,Ada,10\n"
        assert filled.notices[1] == "The worksheet has no column `Feedback comments`, so no feedback is filled in."

    def test_a_scale_of_words_is_refused(self) -> None:
        with pytest.raises(UsageError, match="a scale of words"):
            fill(results(ada()), 'Identifier,Grade,Scale\nParticipant 1,,"Bad,Good"\n')

    def test_another_file_is_refused(self) -> None:
        with pytest.raises(UsageError, match=r"no grading worksheet of Moodle.* It has `Bewertung`\."):
            fill(results(ada()), "Bewertung\n1\n")


def test_a_bonus_fills_up_to_the_maximum_and_lateness_is_in_the_feedback() -> None:
    of = on_a_sheet(late(ada(), score_before=10.0, penalty=2.0), due=DUE, late=POLICY)
    filled = fill(of, MOODLE)
    assert column(filled.text, "Grade")[0] == "10"
    assert column(filled.text, "Feedback comments")[0].startswith("1 day 2 h late: 10 before, 2 taken away<br>")
    assert filled.notices[1:4] == (
        "Scaled: 6 points here are 10 in Moodle.",
        "1 total with a bonus above the maximum, which is as much as Moodle takes.",
        "1 total is less a penalty for lateness: Lovelace, Ada (1001).",
    )
