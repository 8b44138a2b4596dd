from __future__ import annotations

import dataclasses

import pytest

from grader.report.csv_nbgrader import render
from tests.helpers.class_samples import DUE, FORMULA, POLICY, ada, bobby, late, on_a_sheet, result, results, sample
from tests.helpers.csv_tables import column, table


class TestNbgrader:
    def test_the_columns_are_nbgraders(self) -> None:
        assert render(results(ada())).text.splitlines() == [
            "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,"
            "max_score",
            "Homework 2,,,1001,Lovelace,Ada,ada@example.org,10,0,10,10",
        ]

    def test_who_was_not_graded_has_no_score_and_is_told_of(self) -> None:
        written = render(sample())
        assert [row["score"] for row in table(written.text)] == ["", "", "10", "3.5", "0", "2", "3.97"]
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
        (row,) = table(render(results(result(name))).text)
        assert (row["last_name"], row["first_name"]) == (last, first)

    def test_no_key_is_a_formula(self) -> None:
        assert column(render(results(bobby())).text, "student_id") == [f"'{FORMULA}"]


def test_late_by_an_unknown_time_costs_nothing_and_is_said() -> None:
    written = render(results(dataclasses.replace(ada(), late=True), due=DUE, late=POLICY))
    assert written.notices == ("Late, by how much is not known, and nothing was taken away: Lovelace, Ada.",)
    assert table(written.text)[0]["late_submission_penalty"] == "0"


def test_lateness_has_the_columns_that_nbgrader_has_for_it() -> None:
    (row,) = table(render(on_a_sheet(late(ada()), due=DUE, late=POLICY)).text)
    assert (row["duedate"], row["timestamp"]) == ("2026-10-01 08:00:00", "2026-10-02 10:00:00")
    assert (row["raw_score"], row["late_submission_penalty"], row["score"], row["max_score"]) == ("10", "2", "8", "6")
