"""``results.json`` of a test runner of Exercism, version 3 of its interface."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from grader import model
from grader.report.base import ReportFormat
from grader.report.report_words import (
    NOT_GRADED,
    ONLY_UNSHOWN,
    RUNS,
    check_name,
    is_decided_unseen,
    is_fault_of_grader,
    run_in_words,
    shown_exercises,
    status_of,
    text_of,
    why_unreadable,
)
from grader.text import clean, clean_line, without_commands

VERSION = 3
NOTHING_FOUND = "Nothing was found that answers an exercise."

# The number of a task stands at the beginning of its heading.
_NUMBER = re.compile(r"[0-9]{1,6}")

Json = dict[str, Any]


def render(reports: Sequence[model.Report], *, many: bool) -> str:
    (report,) = reports
    error = _error(report)
    tests = list(_tests(report))
    status = "error" if error else "pass" if report.passed else "fail"
    document: Json = {"version": VERSION, "status": status, "message": error or None, "tests": tests}
    return without_commands(json.dumps(document, indent=2, allow_nan=False)) + "\n"


def _error(report: model.Report) -> str:
    """Why there are no results, which is all that Exercism shows then; empty where there are some."""
    if report.error is not None:
        return why_unreadable(report)
    if is_fault_of_grader(report):
        messages = [clean(exercise.message) for exercise in report.exercises if exercise.status == "error"]
        return "\n".join(filter(None, (NOT_GRADED, run_in_words(report.run), *messages)))
    if not report.passed and report.run.not_final:
        return clean(report.run.not_final)
    if is_decided_unseen(report):
        return ONLY_UNSHOWN  # a pass, which needs tests, would say that the exercise is solved
    if not report.passed and not any(exercise.checks for exercise in shown_exercises(report)):
        return run_in_words(report.run) or NOTHING_FOUND
    return ""


def _tests(report: model.Report) -> Iterator[Json]:
    """The tests, in the order of the exercises. Exercism shows the first that fails, so the run comes before them where
    it may be the cause of a failure.
    """
    run = run_in_words(report.run)
    if run and report.error is None and not report.passed:
        yield {"name": RUNS, "status": "fail", "message": run, "output": None, "test_code": f"# {RUNS}"}
    for position, exercise in enumerate(shown_exercises(report), 1):
        for check in exercise.checks:
            if exercise.bonus and check.status != "passed":
                continue  # a test that fails is a failure for Exercism
            yield {
                "name": check_name(exercise, check),
                "status": _status(check),
                "message": None if check.status == "passed" else text_of(check),
                "output": None,
                "test_code": f"# {clean_line(exercise.title)}\n# {clean_line(check.title)}",
                "task_id": int(exercise.number)
                if exercise.number.isascii() and exercise.number.isdigit()
                else position,
            }


def _status(check: model.CheckReport) -> str:
    """There is no status for what a person has to mark: it passes as far as a program can tell."""
    status = status_of(check)
    if status == "error":
        return "error"
    return "pass" if status == "passed" or (status == "manual" and not check.withheld) else "fail"


FORMAT = ReportFormat(name="exercism", render=render, suffix="json", tells_failure=False, single=True)
