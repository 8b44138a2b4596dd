"""``results.json`` of Gradescope: its fields, who sees what, and that the sum of the tests is the score."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from grader import model
from grader.report import gradescope
from grader.report.audience import student_view
from tests.helpers.report_samples import HOSTILE, check, exercise, failed_check, hostile_report, report, run

SECRET = "canary"
# From https://gradescope-autograders.readthedocs.io/en/latest/specs/
TOP = {
    "score": (int, float),
    "execution_time": (int, float),
    "output": str,
    "output_format": str,
    "test_output_format": str,
    "test_name_format": str,
    "visibility": str,
    "stdout_visibility": str,
    "extra_data": dict,
    "tests": list,
    "leaderboard": list,
}
TEST = {
    "score": (int, float),
    "max_score": (int, float),
    "status": str,
    "name": str,
    "name_format": str,
    "number": str,
    "output": str,
    "output_format": str,
    "tags": list,
    "visibility": str,
    "extra_data": dict,
}
ONE_OF = {
    "status": {"passed", "failed"},
    "visibility": {"hidden", "after_due_date", "after_published", "visible"},
    "stdout_visibility": {"hidden", "after_due_date", "after_published", "visible"},
} | {name: {"text"} for name in ("output_format", "name_format", "test_output_format", "test_name_format")}


def read(given: model.Report) -> Any:
    document = json.loads(gradescope.render([given], many=False))
    for value, fields in [(document, TOP), *((test, TEST) for test in document["tests"])]:
        for name, content in value.items():
            assert isinstance(content, fields[name]), name  # type: ignore[arg-type]
            assert name not in ONE_OF or content in ONE_OF[name]
    assert document["tests"] or "score" in document
    return document


def hidden(**fields: Any) -> model.CheckReport:
    """A failed check whose every text is a secret."""
    texts = dict.fromkeys(("id", "title", "message", "expected", "actual", "hint"), SECRET)
    return failed_check(**({"visibility": "hidden"} | texts | fields))


def with_maxima(*checks: model.CheckReport, **fields: Any) -> model.ExerciseReport:
    maxima: dict[model.Visibility, float] = {}
    for each in checks:
        maxima[each.visibility] = maxima.get(each.visibility, 0.0) + each.max_score
    return exercise(*checks, max_scores=maxima, **fields)


def test_each_check_is_a_test_with_the_visibility_of_the_exercise() -> None:
    graded = with_maxima(
        check(title="a"), failed_check(title="b", visibility="after-due"), hidden(), check(status="manual", score=None)
    )
    document = read(report(graded, assignment="hw2", assignment_title="Second sheet"))
    assert [
        (test["visibility"], test.get("status"), test["score"], test["max_score"]) for test in document["tests"]
    ] == [
        ("visible", "passed", 2, 2),
        ("after_due_date", "failed", 0.5, 2),
        ("hidden", "failed", 0.5, 2),
        ("visible", None, 0, 2),
    ]
    assert document["tests"][1]["name"] == "Backward, twice: b"
    assert "expected: [0, 1, 4, 9]" in document["tests"][1]["output"]
    assert document["output"].splitlines()[:2] == ["homework.ipynb", "Assignment: Second sheet"]
    assert document["stdout_visibility"] == "hidden"
    assert document["execution_time"] == 0.1


def test_points_of_a_person_come_with_the_comment() -> None:
    (test,) = read(report(exercise(check(status="manual", score=2.0, comment="Well said."))))["tests"]
    assert (test["status"], test["score"]) == ("passed", 2)
    assert test["output"] == "A person gave 2 of 2 points.\ncomment: Well said."


def test_nothing_that_every_student_sees_depends_on_a_hidden_check() -> None:
    place = model.Location(cell=1, line=1)
    error = model.RunError(location=place, type="RuntimeError", text="x", provoked=True)
    seen = []
    for own in (hidden(), hidden(status="passed", score=2.0, kind="raises", location=place), hidden(status="manual")):
        errors = (replace(error, provoked=own.status == "passed"),)
        graded = with_maxima(check(title="a"), own)
        document = read(report(graded, run=run(model.Outcome.FAILED, errors=errors)))
        hidden_tests = [test for test in document["tests"] if test["visibility"] == "hidden"]
        assert SECRET in hidden_tests[0]["output"] or own.status == "manual"
        document["tests"] = [test for test in document["tests"] if test["visibility"] == "visible"]
        assert SECRET not in json.dumps(document)
        seen.append(document)
    assert seen[0] == seen[1] == seen[2]
    assert "cell 1, line 1" in seen[0]["output"]


def test_an_exercise_that_failed_shows_no_reason_that_may_quote_a_hidden_check() -> None:
    failed = exercise(
        status="error", message=f"{SECRET} failed", max_score=5.0, max_scores={"public": 2.0, "hidden": 3.0}
    )
    public, secret = read(report(failed))["tests"]
    assert (public["visibility"], public["output"], public["max_score"]) == ("visible", gradescope.NOT_GRADED, 2)
    assert (secret["visibility"], secret["output"], secret["max_score"]) == ("hidden", "canary failed", 3)


@pytest.mark.parametrize("bonus", [False, True])
def test_the_tests_sum_up_to_score_and_maximum(bonus: bool) -> None:
    exercises = [exercise(check(score=1 / 3, max_score=4.000000001)), exercise(failed_check(), bonus=bonus)]
    most = 4 if bonus else 6
    document = read(report(*exercises, max_score=most))
    assert "score" not in document  # it would count in place of the sum, and show the points of hidden tests
    assert sum(test["score"] for test in document["tests"]) == pytest.approx(0.83)
    assert sum(test["max_score"] for test in document["tests"]) == most
    assert (document["tests"][1]["status"], document["tests"][1]["tags"][1:]) == ("failed", ["bonus"] if bonus else [])


def test_a_broken_reference_counts_for_nothing() -> None:
    broken = exercise(status="error", broken_reference=True, message="The reference fails.", max_score=4.0)
    (test,) = read(report(broken, max_score=0.0))["tests"]
    assert (test["score"], test["max_score"], test["output"]) == (0, 0, "The reference fails.")


def test_what_cannot_be_read_still_has_a_score() -> None:
    document = read(model.Report.of_unreadable("a.ipynb", "a.ipynb: the notebook is empty", seed=0))
    (test,) = document["tests"]
    assert (test["score"], test["status"], test["output"]) == (0, "failed", "The notebook is empty.")


def test_a_time_out_and_what_is_not_final_are_said_above_the_tests() -> None:
    stopped = run(model.Outcome.TIMEOUT, detail="it ran for 15 s", notices=("`!pip` does nothing here",))
    graded = with_maxima(check(status="manual", score=None), hidden(status="manual", score=None))
    assert read(report(graded, run=stopped))["output"].splitlines()[1:] == [
        "It ran for 15 s. What was observed is graded.",
        "Note: `!pip` does nothing here",
        "Not final yet: 1 answer for a person to read.",
        "Further points are decided by checks that are not shown.",
    ]


def test_hostile_text_stays_text() -> None:
    text = json.dumps(read(hostile_report()))
    assert "\x1b" not in json.loads(text)["output"]
    assert "##[" not in gradescope.render([report(exercise(failed_check(message=f"##[error]{HOSTILE}")))], many=False)


def test_where_a_student_sees_no_check_there_is_a_score_all_the_same() -> None:
    """Gradescope takes no results without."""
    seen = student_view(report(with_maxima(hidden())), now=datetime(2026, 1, 1, tzinfo=UTC))
    assert (read(seen)["score"], read(seen)["tests"]) == (0, [])
