from __future__ import annotations

import dataclasses
import re
from zoneinfo import ZoneInfo

from grader.report import class_checks, class_statistics, class_student, class_table
from tests.helpers.class_samples import (
    ADDS,
    ASKED,
    DUE,
    POLICY,
    ada,
    alan,
    check,
    exercise,
    grace,
    late,
    mallory,
    on_a_sheet,
    result,
    results,
    sample,
    xiaoming,
)
from tests.helpers.class_views import everything, row, shown


class TestTheTable:
    def test_the_header_says_which_assignment_and_when_it_was_graded(self) -> None:
        assert shown(class_table.render_class, sample()).startswith("Homework 2  graded 2026-10-03 14:05 UTC\n")

    def test_everybody_has_name_id_points_and_total(self) -> None:
        text = shown(class_table.render_class, sample(), width=120)
        assert row(text, "Lovelace") == "Lovelace, Ada 1001 3 3 4 10 / 10"
        assert row(text, "王") == "王小明 – 1.67 2.3 3.97 / 10"

    def test_the_symbols_for_points_that_are_not_final_are_explained(self) -> None:
        text = shown(class_table.render_class, sample(), width=120)
        assert row(text, "Turing") == "Turing, Alan 1002 1? 0 2.5 3.5 / 10 provisional, late"
        assert row(text, "=cmd") == "=cmd|' /C calc'!A0 – 0! – 0 / 10 provisional"
        assert "\n– not attempted   ? waits for a person   ! could not be graded\n" in text

    def test_symbols_that_do_not_appear_are_not_explained(self) -> None:
        assert "not attempted" not in shown(class_table.render_class, results(ada()), width=120)

    def test_who_was_not_graded_has_no_zeros(self) -> None:
        text = shown(class_table.render_class, sample(), width=120)
        assert row(text, "Hopper").startswith("Hopper, Grace 1003 ! / 10 broken: homework.pdf is a PDF.")
        assert row(text, "Clarke") == "Clarke, Joan pending"

    def test_a_run_that_was_stopped_is_said(self) -> None:
        assert "2 / 10  stopped: timeout" in shown(class_table.render_class, results(mallory()), width=120)

    def test_a_broken_file_beside_a_good_one_is_said(self) -> None:
        half = dataclasses.replace(ada(), complete=False, why="b.ipynb: this is no notebook.")
        text = shown(class_table.render_class, results(half), width=120)
        assert "provisional: b.ipynb: this is no notebook." in text
        assert "1 provisional: 1 student also handed in a file that is broken." in text

    def test_ids_have_no_column_where_nobody_has_one(self) -> None:
        assert "ID" not in shown(class_table.render_class, results(xiaoming()), width=120)

    def test_an_exercise_that_a_student_says_nothing_about_was_not_attempted(self) -> None:
        one = result("Ada", exercise("double-backward", check(), check(**ADDS)))
        assert row(shown(class_table.render_class, results(one)), "Ada ") == "Ada – – 4 4 / 10"

    def test_headers_are_the_exercises_ids_word_below_word(self) -> None:
        lines = shown(class_table.render_class, results(ada(), alan()), width=80).splitlines()
        assert lines[2].split() == ["autodiff", "detach", "double"]
        assert lines[3].split() == ["Student", "ID", "modes", "semantics", "backward", "Total"]

    def test_headers_get_shorter_before_columns_go(self) -> None:
        text = shown(class_table.render_class, results(ada(), alan()), width=72)
        assert text.splitlines()[2:4] == [
            "                     autodi  detach  double",
            "Student        ID     modes  semant  backwa     Total",
        ]

    def test_where_the_exercises_do_not_fit_the_totals_stand_alone(self) -> None:
        text = shown(class_table.render_class, sample(), width=60)
        assert row(text, "Lovelace") == "Lovelace, Ada 1001 10 / 10"
        needed = re.search(r"The points of each exercise need a terminal of (\d+) columns\.", text)
        assert needed
        assert "semant" not in text
        wider = shown(class_table.render_class, sample(), width=int(needed[1]))
        assert row(wider, "Lovelace") == "Lovelace, Ada 1001 3 3 4 10 / 10"


class TestTheSummary:
    def test_it_counts_students_and_says_how_they_did(self) -> None:
        text = shown(class_table.render_class, sample(), width=120)
        assert "\n7 students.\n" in text
        assert "\nTotals of 5 graded, of 10 points: mean 3.89, median 3.5, lowest 0, highest 10.\n" in text

    def test_it_says_why_totals_are_provisional(self) -> None:
        text = shown(class_table.render_class, sample(), width=120)
        assert "\n2 provisional: 1 answer waits for a person (grade mark), 1 part could not be graded.\n" in text

    def test_it_counts_who_was_not_graded(self) -> None:
        text = shown(class_table.render_class, sample(), width=120)
        assert "\n1 broken: nothing of them could be graded. This is not a zero.\n" in text
        assert "\n1 pending: handed in, and not graded yet.\n" in text

    def test_files_that_could_not_be_graded_beside_others_are_a_note(self) -> None:
        beside = dataclasses.replace(ada(), why="It is a PDF.")
        text = shown(class_table.render_class, results(beside), width=120)
        assert (
            "\nNot all files could be graded, and those that could count: Lovelace, Ada (--student says why).\n" in text
        )
        assert "provisional" not in text
        one = shown(class_student.render_student, beside, results(beside))
        assert "\nBeside what was graded: It is a PDF.\n" in one

    def test_a_class_that_is_done_needs_no_more_words(self) -> None:
        text = shown(class_table.render_class, results(ada()))
        assert text.endswith(
            "1 student.\nTotals of 1 graded, of 10 points: mean 10, median 10, lowest 10, highest 10.\n"
        )

    def test_an_empty_class_is_one_line(self) -> None:
        assert shown(class_table.render_class, results(graded_at=None)) == "Homework 2\n\n0 students.\n"

    def test_where_nobody_was_graded_there_are_no_totals(self) -> None:
        assert "Totals" not in shown(class_table.render_class, results(grace()))


def test_exercises_stand_in_the_order_in_which_they_were_asked() -> None:
    turned = results(ada(), exercises=ASKED[::-1])
    assert row(shown(class_table.render_class, turned, width=120), "Lovelace").startswith("Lovelace, Ada 1001 4 3 3")
    assert [each.exercise.id for each in class_statistics.rates(turned)] == [each.id for each in ASKED[::-1]]


class TestAnAssignment:
    def test_its_title_terms_numbers_and_bonus_are_shown(self) -> None:
        of = on_a_sheet(ada(), title="Homework 2: autograd", due=DUE.astimezone(ZoneInfo("Europe/Berlin")), late=POLICY)
        text = shown(class_table.render_class, of, width=120)
        assert text.startswith("hw2  Homework 2: autograd  graded 2026-10-03 14:05 UTC\n")
        assert (
            "Due 2026-10-01 10:00 Europe/Berlin; late costs 10 % of the points for each begun day, and nothing is "
            in text
        )
        assert [line.split() for line in text.splitlines()[3:5]] == [["3."], ["1.", "2.", "bonus"]]
        assert row(text, "Lovelace").endswith(" 3 3 4 10 / 6")
        assert "of 6 points without bonus:" in text
        assert "3. Backward, twice  bonus  double-backward" in shown(class_checks.render_checks, of)
        assert "3. Backward, twice  bonus  double-backward" in shown(class_student.render_student, of.students[0], of)

    def test_lateness_is_shown_with_the_total_before_and_after(self) -> None:
        of = results(late(ada()), due=DUE, late=POLICY)
        assert row(shown(class_table.render_class, of, width=120), "Lovelace").endswith(
            "8 / 10 late 1 day 2 h: 10 before"
        )
        assert shown(class_student.render_student, of.students[0], of).splitlines()[-3:] == [
            f"Points{'10 / 10':>74}",
            f"Late by 1 day 2 h, at 2026-10-02 12:00: 20 % of 10 points{'−2':>23}",
            f"Total{'8 / 10':>75}",
        ]

    def test_after_the_last_time_nothing_is_given(self) -> None:
        of = results(late(ada(), ended=True, penalty=10.0), due=DUE, late=POLICY)
        assert "too late for any points" in shown(class_student.render_student, of.students[0], of)

    def test_late_by_an_unknown_time_is_said_once(self) -> None:
        of = results(alan(), due=DUE, late=POLICY)
        text = shown(class_table.render_class, of)
        assert text.count("Late, by how much is not known, and nothing was taken away: Turing, Alan.") == 1
        free = shown(class_table.render_class, results(alan(), due=DUE))
        assert "Late, by how much is not known: Turing, Alan." in free

    def test_where_nobodys_time_is_known_that_is_said(self) -> None:
        text = " ".join(shown(class_table.render_class, results(ada(), due=DUE, late=POLICY)).split())
        assert "not known of anybody, so nobody counts as late, and nothing was taken away." in text

    def test_files_that_were_left_out_make_it_provisional_with_the_reason(self) -> None:
        of = results(dataclasses.replace(ada(), left_out=("z.py",), complete=False))
        assert "1 provisional: 1 student handed in more files than are graded." in shown(class_table.render_class, of)
        assert "provisional: 1 file not graded" in shown(class_table.render_class, of, width=120)
        student = shown(class_student.render_student, of.students[0], of)
        assert "more files than the assignment takes: z.py." in " ".join(student.split())

    def test_what_was_found_is_called_so(self) -> None:
        text = " ".join(shown(class_table.render_class, results(ada(), basis="found")).split())
        assert "What was found: the exercises that at least one student attempted count." in text
        assert "What was found" not in everything()
