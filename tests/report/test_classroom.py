"""The step output for GitHub Classroom, as its autograding reporter reads it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from grader import model
from grader.report import classroom
from grader.report.audience import student_view
from tests.helpers.report_samples import check, exercise, failed_check, hostile_report, report, run


def read(*reports: model.Report) -> Any:
    text = classroom.render(reports, many=len(reports) > 1)
    assert text.count("\n") == 1
    name, _, encoded = text.removesuffix("\n").partition("=")
    assert name == "result"
    assert len(encoded) < 128 * 1024, "one variable of an environment on Linux"
    result = json.loads(base64.b64decode(encoded, validate=True))
    assert result["version"] == 3
    assert result["status"] in {"pass", "fail", "error"}
    assert {test["status"] for test in result["tests"]} <= {"pass", "fail", "error"}
    assert result["tests"], "the reporter divides by their number"
    return result


def total(result: Any) -> str:
    """As the reporter writes it in its notice."""
    return f"{sum(test['score'] for test in result['tests']):g}/{result['max_score']:g}"


def test_each_check_is_a_test_with_file_and_line() -> None:
    place = model.Location(cell=3, line=2, file_line=40)
    graded = exercise(
        check(title="a"),
        failed_check(title="b", location=place),
        check(title="c", status="skipped", score=0.0),
        check(title="d", status="manual", score=None),
        check(title="e", status="manual", score=None, withheld=True),
    )
    result = read(report(graded))
    assert (result["status"], total(result)) == ("fail", "2.5/10")
    assert [test["status"] for test in result["tests"]] == ["pass", "fail", "fail", "pass", "fail"]
    failed = result["tests"][1]
    assert (failed["name"], failed["filename"], failed["line_no"]) == ("Backward, twice: b", "homework.ipynb", 40)
    assert failed["message"] == "x.grad is 3·x², the gradient of x³: `u` was still attached to the graph."
    assert "expected: [0, 1, 4, 9]" in failed["output"]


def test_a_submission_that_passed() -> None:
    result = read(report(exercise(check())))
    assert (result["status"], total(result)) == ("pass", "2/2")


def test_there_are_tests_after_a_time_out() -> None:
    stopped = run(model.Outcome.TIMEOUT, detail="it ran for 15 s")
    (test,) = read(report(run=stopped, passed=False))["tests"]
    assert (test["name"], test["status"], test["message"]) == ("The submission runs", "fail", "It ran for 15 s.")


def test_what_is_decided_by_checks_that_are_not_shown_earns_nothing_and_says_so() -> None:
    result = read(student_view(report(exercise(check(visibility="hidden"))), now=datetime.now(UTC)))
    (test,) = result["tests"]
    assert (total(result), test["message"]) == ("0/0", classroom.ONLY_UNSHOWN)


@pytest.mark.parametrize(
    ("given", "status", "message"),
    [
        (
            model.Report.of_unreadable("a.ipynb", "a.ipynb: the notebook is empty", seed=0),
            "error",
            "The notebook is empty.",
        ),
        (report(exercise(status="error", max_score=2.0, message="It failed.")), "error", "It failed."),
        (report(passed=False), "fail", ""),
        (report(passed=False, basis="found", run=run(model.Outcome.CRASHED)), "fail", "The Python process of the subm"),
    ],
)
def test_there_are_tests_where_no_check_was_decided(given: model.Report, status: str, message: str) -> None:
    result = read(given)
    assert result["status"] == status
    (test,) = result["tests"]
    assert test["message"].startswith(message)


def test_a_bonus_adds_points_to_no_maximum() -> None:
    given = report(exercise(check()), exercise(check(), bonus=True), max_score=2.0, score=4.0)
    assert total(read(given)) == "4/2"


def test_several_submissions_are_told_apart() -> None:
    result = read(report(exercise(check()), path="a.py"), report(exercise(failed_check()), path="b.py"))
    assert [test["name"].partition(":")[0] for test in result["tests"]] == ["a.py", "b.py"]
    assert (result["status"], total(result)) == ("fail", "2.5/4")


def test_a_large_class_fits_and_keeps_its_points() -> None:
    long = exercise(*(failed_check(message="é" * 2000, expected="…" * 500) for _ in range(20)))
    result = read(*(report(long, path=f"{number}/homework.ipynb") for number in range(20)))
    assert total(result) == "200/800"
    assert result["tests"][-1]["name"] == "251 further tests"


def test_hostile_text_fits_into_a_line() -> None:
    assert read(hostile_report())["status"] == "fail"
