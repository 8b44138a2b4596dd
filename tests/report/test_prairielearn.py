"""``results.json`` of PrairieLearn, read as its element for results of external graders does."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from grader import model
from grader.report import prairielearn
from grader.report.audience import student_view
from grader.report.report_words import MORE_POINTS
from tests.helpers.report_samples import check, exercise, failed_check, hostile_report, report, run


def read(given: model.Report) -> Any:
    text = prairielearn.render([given], many=False)
    assert len(text.encode()) <= 1_000_000
    results = json.loads(text)
    if results["gradable"]:
        assert 0 <= results["score"] <= 1
    for test in results["tests"]:  # one without points would hide the points of all
        assert isinstance(test["points"], int | float)
        assert isinstance(test["max_points"], int | float)
        assert isinstance(test["name"] + test["message"] + test["output"], str)
    return results


def test_the_score_is_a_share_and_the_tests_have_points() -> None:
    results = read(report(exercise(check(title="a"), failed_check(title="b"), check(status="manual", score=None))))
    assert results["score"] == pytest.approx(2.5 / 6)
    assert [(test["points"], test["max_points"]) for test in results["tests"]] == [(2, 2), (0.5, 2), (0, 2)]
    assert results["tests"][1]["name"] == "Backward, twice: b"
    assert "actual: [0, 3, 12, 27]" in results["tests"][1]["output"]
    assert results["message"] == "Not final yet: 1 answer for a person to read."


def test_a_bonus_brings_no_more_than_all() -> None:
    results = read(report(exercise(check()), exercise(check(), bonus=True), score=4.0, max_score=2.0))
    assert (results["score"], results["tests"][1]["max_points"]) == (1, 0)


def test_points_are_rounded() -> None:
    (test,) = read(report(exercise(check(score=1 / 3, max_score=4.000000001))))["tests"]
    assert (test["points"], test["max_points"]) == (0.33, 4)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (model.Report.of_unreadable("a.ipynb", "a.ipynb: the notebook is empty", seed=0), "The notebook is empty."),
        (report(exercise(status="error", max_score=2.0)), prairielearn.NOT_GRADED),
        (report(exercise(check(status="error", score=None))), prairielearn.NOT_GRADED),
        (report(run=run(model.Outcome.SANDBOX_ERROR)), prairielearn.NOT_GRADED),
        (report(exercise(failed_check()), run=run(model.Outcome.TIMEOUT, not_final="Busy."), complete=False), "Busy."),
    ],
)
def test_no_attempt_is_lost_where_nothing_was_graded(given: model.Report, why: str) -> None:
    results = read(given)
    assert not results["gradable"]
    assert "score" not in results
    assert results["format_errors"] == [why]


@pytest.mark.parametrize("points", [2.0, 0.0])
def test_where_all_is_decided_by_checks_that_are_not_shown_there_is_no_score(points: float) -> None:
    hidden = check(visibility="hidden", score=0.0, max_score=points, status="failed")
    results = read(student_view(report(exercise(hidden)), now=datetime.now(UTC)))
    assert (results["gradable"], results["format_errors"]) == (False, [prairielearn.ONLY_UNSHOWN])


def test_a_time_out_is_graded() -> None:
    results = read(report(exercise(failed_check()), run=run(model.Outcome.TIMEOUT, detail="it ran for 15 s")))
    assert results["gradable"]
    assert results["output"] == "It ran for 15 s."


def test_a_broken_reference_does_not_count() -> None:
    broken = exercise(status="error", broken_reference=True, max_score=4.0)
    results = read(report(exercise(check()), broken, max_score=2.0))
    assert (results["gradable"], results["score"], len(results["tests"])) == (True, 1, 1)


def test_it_is_never_too_long() -> None:
    long = exercise(*(failed_check(message="é" * 2000, expected="…" * 600) for _ in range(150)))
    results = read(report(long))
    assert len(results["tests"]) == 150
    assert len(results["tests"][0]["message"]) == 300


def test_further_points_are_named_and_hostile_text_is_clean() -> None:
    assert read(report(exercise(check()), more_points=True))["message"] == MORE_POINTS
    assert "\\u001b" not in prairielearn.render([hostile_report()], many=False)
