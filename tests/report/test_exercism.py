"""``results.json`` of Exercism, by version 3 of its interface for test runners."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from grader import model
from grader.report import exercism
from grader.report.audience import student_view
from tests.helpers.report_samples import check, exercise, failed_check, hostile_report, report, run


def read(given: model.Report) -> Any:
    """As docs/building/tooling/test-runners/interface.md has it."""
    results = json.loads(exercism.render([given], many=False))
    assert results["version"] == 3
    assert results["status"] in {"pass", "fail", "error"}
    assert bool(results["message"]) == (results["status"] == "error")
    for test in results["tests"]:
        assert set(test) <= {"name", "status", "message", "output", "test_code", "task_id"}
        assert test["status"] in {"pass", "fail", "error"}
        assert test["name"]
        assert test["test_code"]
        assert len(test["output"] or "") <= 500
        assert isinstance(test.get("task_id", 1), int)
        assert results["status"] != "pass" or test["status"] == "pass"
    return results


def statuses(results: Any) -> list[str]:
    return [test["status"] for test in results["tests"]]


def test_each_check_is_a_test_of_a_task() -> None:
    first = exercise(
        check(title="a"),
        failed_check(title="b"),
        check(title="c", status="skipped", score=0.0),
        check(title="d", status="manual", score=None),
        check(title="e", status="manual", score=None, withheld=True),
        number="4",
    )
    results = read(report(first, exercise(check(), number="5b")))
    assert (results["status"], statuses(results)) == ("fail", ["pass", "fail", "fail", "pass", "fail", "pass"])
    assert [test["task_id"] for test in results["tests"]] == [4] * 5 + [2]
    assert results["tests"][0]["message"] is None
    assert results["tests"][1]["message"].splitlines()[-1] == "hint: Cut u out of the graph with detach()."


def test_what_a_person_marked_counts_as_in_the_exit_code() -> None:
    partly = check(status="manual", score=1.0)
    withheld = check(status="manual", score=1.0, withheld=True)
    assert statuses(read(report(exercise(partly), passed=True))) == ["pass"]
    assert statuses(read(report(exercise(withheld)))) == ["fail"]


def test_passing_is_passing_whatever_a_bonus_does() -> None:
    results = read(report(exercise(check()), exercise(failed_check(), bonus=True), passed=True))
    assert (results["status"], statuses(results)) == ("pass", ["pass"])


def test_what_is_decided_by_checks_that_are_not_shown_is_not_solved() -> None:
    results = read(student_view(report(exercise(check(visibility="hidden"))), now=datetime.now(UTC)))
    assert (results["status"], results["message"]) == ("error", exercism.ONLY_UNSHOWN)


def test_the_run_comes_first_where_it_may_be_the_cause() -> None:
    error = model.RunError(location=model.Location(cell=1, line=1), type="NameError", text="name 'y' is not defined")
    ran = run(model.Outcome.FAILED, errors=(error,))
    results = read(report(exercise(failed_check()), run=ran))
    assert results["tests"][0]["message"] == "cell 1, line 1\n    NameError: name 'y' is not defined"
    assert statuses(read(report(exercise(check()), run=ran))) == ["pass"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (model.Report.of_unreadable("a.py", "a.py: it is empty", seed=0), "It is empty."),
        (report(exercise(status="error", message="It failed.")), f"{exercism.NOT_GRADED}\nIt failed."),
        (report(run=run(model.Outcome.SANDBOX_ERROR)), f"{exercism.NOT_GRADED}\nThe sandbox failed. This is the"),
        (report(run=run(model.Outcome.TIMEOUT, detail="it ran for 15 s"), passed=False), "It ran for 15 s."),
        (report(passed=False, basis="found"), exercism.NOTHING_FOUND),
        (report(exercise(failed_check()), run=run(model.Outcome.TIMEOUT, not_final="Busy.")), "Busy."),
    ],
)
def test_where_there_are_no_results_the_reason_is_all(given: model.Report, message: str) -> None:
    results = read(given)
    assert results["status"] == "error"
    assert results["message"].startswith(message)


def test_hostile_text_is_clean() -> None:
    read(hostile_report())
    assert "\\u001b" not in exercism.render([hostile_report()], many=False)


def test_its_reader_takes_an_exit_code_for_a_failure_of_the_grader() -> None:
    assert not exercism.FORMAT.tells_failure
