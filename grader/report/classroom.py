"""The step output ``result`` for GitHub Classroom, as its autograding reporter reads it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Any

from grader import model
from grader.report.base import ReportFormat
from grader.report.json_bounds import cut, fitting
from grader.report.report_words import (
    ONLY_UNSHOWN,
    RUNS,
    check_name,
    details_of,
    exercise_name,
    is_decided_unseen,
    is_fault_of_grader,
    message_of,
    run_in_words,
    shown_exercises,
    status_of,
    why_unreadable,
)
from grader.text import clean, clean_line, count, rounded

VERSION = 3
MAX_BYTES = 90_000
"""Of the JSON. The reporter gets it in base64 as a variable of its environment, which Linux bounds at 128 KiB."""
NAME_LENGTH = 40
MAX_TESTS = 150
"""More tests are counted as one, with the sum of their points."""

Json = dict[str, Any]


def render(reports: Sequence[model.Report], *, many: bool) -> str:
    tests = [test for report in reports for test in _tests(report, many)]
    if len(tests) > MAX_TESTS:
        tests = [*tests[: MAX_TESTS - 1], _summed(tests[MAX_TESTS - 1 :])]
    result = {
        "version": VERSION,
        "status": _status(reports),
        "message": "",
        "max_score": rounded(sum(report.max_score for report in reports)),
    }

    def document(length: int) -> str:
        shortened = [_shortened(test, length) for test in tests]
        return json.dumps(result | {"tests": shortened}, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    encoded = base64.b64encode(fitting(document, MAX_BYTES).encode()).decode("ascii")
    return f"result={encoded}\n"


def _shortened(test: Json, length: int) -> Json:
    """The test with texts of at most ``length`` characters. Its name says which test it is."""
    texts = {name: cut(test[name], length) for name in ("message", "output")}
    names = {name: cut(test[name], max(length, NAME_LENGTH)) for name in ("name", "filename")}
    return test | texts | names


def _status(reports: Sequence[model.Report]) -> str:
    if any(
        report.error is not None or is_fault_of_grader(report) or (report.run.not_final and not report.passed)
        for report in reports
    ):
        return "error"
    return "pass" if all(report.passed for report in reports) else "fail"


def _tests(report: model.Report, many: bool) -> Iterator[Json]:
    """At least one test, since the reporter divides by their number."""
    prefix = f"{clean_line(report.submission.path)}: " if many else ""
    path = clean_line(report.submission.path)
    checks = [(each, check) for each in shown_exercises(report) for check in each.checks]
    broken = [each for each in shown_exercises(report) if each.status == "error" and not each.checks]
    run = run_in_words(report.run)
    if report.error is not None:
        yield _test(prefix + RUNS, "error", why_unreadable(report), path=path)
    elif (run and not report.passed) or not (checks or broken):
        status = "fail" if run or not report.passed else "pass"
        said = [run, ONLY_UNSHOWN if is_decided_unseen(report) else ""]
        message = "\n".join(filter(None, said))
        yield _test(prefix + RUNS, status, message, path=path, duration=report.run.duration_s)
    for exercise in broken:
        yield _test(prefix + exercise_name(exercise), "error", clean(exercise.message), path=path)
    for exercise, check in checks:
        yield _test(
            prefix + check_name(exercise, check),
            _status_of(check),
            "" if check.status == "passed" else message_of(check),
            path=path,
            score=check.score or 0.0,
            line=0 if check.location is None else check.location.file_line or 0,
            output="" if check.status == "passed" else "\n".join(details_of(check)),
        )


def _status_of(check: model.CheckReport) -> str:
    """There is no status for what a person has to mark: it passes as far as a program can tell."""
    status = status_of(check)
    if status == "error":
        return "error"
    return "pass" if status == "passed" or (status == "manual" and not check.withheld) else "fail"


def _test(
    name: str,
    status: str,
    message: str,
    *,
    path: str,
    score: float = 0.0,
    line: int = 0,
    output: str = "",
    duration: float = 0.0,
) -> Json:
    return {
        "name": name,
        "status": status,
        "message": message,
        "test_code": "",
        "task_id": 0,
        "filename": path,
        "line_no": line,
        "duration": round(duration, 3),
        "score": rounded(score),
        "output": output,
    }


def _summed(tests: Sequence[Json]) -> Json:
    passed = all(test["status"] == "pass" for test in tests)
    return {
        **_test(count(len(tests), "further test"), "pass" if passed else "fail", "", path=""),
        "score": rounded(sum(test["score"] for test in tests)),
    }


FORMAT = ReportFormat(name="classroom", render=render, appends=True, tells_failure=False)
