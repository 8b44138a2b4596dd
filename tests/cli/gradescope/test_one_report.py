from __future__ import annotations

from dataclasses import replace

from grader import model
from grader.cli.gradescope.one_report import one_report
from tests.helpers.report_samples import check, exercise, failed_check, report


def hidden(points: float) -> model.CheckReport:
    return check(id="secret", visibility="hidden", score=points, max_score=5.0)


def joined(*answers: model.ExerciseReport) -> model.ExerciseReport:
    reports = [report(answer, path=f"{number}.py") for number, answer in enumerate(answers)]
    (only,) = one_report(reports, "submission").exercises
    return only


WRONG, RIGHT = failed_check(id="shown"), check(id="shown")


def test_what_students_see_does_not_depend_on_which_answer_a_hidden_check_takes() -> None:
    """Also where it is worth more than all that they see."""
    other = replace(WRONG, message="Something else is wrong.")
    for shown in (RIGHT, WRONG, other):
        for first, second in ((0.0, 5.0), (5.0, 0.0)):
            best = joined(exercise(WRONG, hidden(first)), exercise(shown, hidden(second)))
            assert best.checks[0] == (RIGHT if shown == RIGHT else WRONG)


def test_of_answers_that_look_alike_the_best_counts() -> None:
    assert joined(exercise(RIGHT, hidden(0.0)), exercise(RIGHT, hidden(5.0))).score == 7.0
    due = check(id="due", visibility="after-due")
    late = replace(due, score=0.0, status="failed")
    best = joined(exercise(RIGHT, late, hidden(5.0)), exercise(RIGHT, due, hidden(0.0)))
    assert best.checks[1] == due


def test_an_answer_counts_before_none() -> None:
    none = exercise(replace(WRONG, score=0.0), status="not_attempted")
    assert joined(none, exercise(replace(WRONG, score=0.0))).status == "graded"
