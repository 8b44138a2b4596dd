from __future__ import annotations

from grader.report.csv_otter import render
from tests.helpers.class_samples import DUE, FORMULA, POLICY, ada, grace, joan, late, on_a_sheet, results, sample
from tests.helpers.csv_tables import column, table


class TestOtter:
    def test_the_columns_are_otters(self) -> None:
        assert render(sample()).text.splitlines()[:2] == [
            "file,autodiff-modes,detach-semantics,double-backward,total_points_earned,percent_correct,grading_status",
            "points-per-question,3,3,4,10,1,--",
        ]

    def test_everybody_is_a_row(self) -> None:
        rows = {row["file"]: tuple(row.values())[1:] for row in table(render(sample()).text)}
        assert rows["Lovelace, Ada.ipynb"] == ("3", "3", "4", "10", "1", "Completed")
        assert rows["王小明.ipynb"] == ("0", "1.67", "2.3", "3.97", "0.4", "Completed")
        assert rows["Turing, Alan.ipynb"][-1] == "Provisional: 1 answer waits for a person (grade mark)"

    def test_who_was_not_graded_has_no_zeros(self) -> None:
        rows = {row["file"]: tuple(row.values())[1:] for row in table(render(results(grace(), joan())).text)}
        assert rows["Hopper, Grace.ipynb"][:5] == ("", "", "", "", "")
        assert rows["Hopper, Grace.ipynb"][5].startswith("Broken: homework.pdf is a PDF.")
        assert rows["Clarke, Joan.ipynb"] == ("", "", "", "", "", "Pending")

    def test_no_file_name_is_a_formula(self) -> None:
        assert f"'{FORMULA}.ipynb" in column(render(sample()).text, "file")


def test_a_bonus_is_no_part_of_the_maximum_and_a_penalty_is_said() -> None:
    of = on_a_sheet(late(ada()), due=DUE, late=POLICY)
    first, row = table(render(of).text)
    assert (first["double-backward"], first["total_points_earned"]) == ("4", "6")
    assert (row["total_points_earned"], row["percent_correct"]) == ("8", "1.33")
    assert row["grading_status"] == "Completed; 1 day 2 h late: 10 before, 2 taken away"
