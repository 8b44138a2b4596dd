"""``results.json`` for Gradescope: a test for each check, seen by whom the exercise says.

Gradescope hides tests by their ``visibility``, and shows everything else to students at once. So what stands above the
tests is made of what every student may see at any time, and there is no score but those of the tests: a total would
give away the points of hidden ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from grader import model
from grader.report.audience import student_view, without_answer
from grader.report.base import ReportFormat
from grader.report.error_groups import group_errors
from grader.report.report_words import (
    NOT_GRADED,
    RUNS,
    check_name,
    ending_of,
    error_lines,
    exercise_name,
    more_points_in_words,
    shown_exercises,
    status_of,
    text_of,
    why_not_final,
    why_unreadable,
)
from grader.text import clean, clean_line, rounded, without_commands

VISIBILITIES: Mapping[model.Visibility, str] = {
    "public": "visible",
    "after-due": "after_due_date",
    "hidden": "hidden",
}
TEXT = "text"
"""The format of every text: Gradescope shows it as it is."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

Json = dict[str, Any]


def render(reports: Sequence[model.Report], *, many: bool) -> str:
    (report,) = reports
    tests = [_unreadable(report)] if report.error is not None else list(_tests(report))
    document: Json = {
        "output": "\n".join(_output(report)),
        "output_format": TEXT,
        "test_output_format": TEXT,
        "test_name_format": TEXT,
        "stdout_visibility": "hidden",
        "execution_time": round(report.run.duration_s, 3),
        "extra_data": {
            "grader": report.version,
            "seed": report.seed,
            "assignment": report.assignment,
            "sha256": report.submission.sha256,
            "isolation": report.isolation.level.value,
        },
        "tests": tests,
    }
    if not tests:  # as in a report for a student, all of whose checks are hidden
        document["score"] = 0
    return without_commands(json.dumps(document, indent=2, allow_nan=False)) + "\n"


def _output(report: model.Report) -> Iterator[str]:
    """What is said of the submission as a whole, by the report that every student sees, whenever they look.

    That an error is one that a check asks for is not said, since the check may be hidden.
    """
    seen = student_view(report, now=report.due or _LONG_AGO)
    yield clean_line(report.submission.path)
    if report.assignment:
        yield f"Assignment: {clean_line(report.assignment_title or report.assignment)}"
    if report.error is not None:
        yield f"It could not be read, so nothing was graded. {why_unreadable(report)}"
        return
    if ending := ending_of(seen.run):
        yield f"{ending} What was observed is graded."
    groups = group_errors([replace(error, provoked=False) for error in seen.run.errors]).groups
    if groups:
        yield "Uncaught errors, some of which an exercise may ask for:"
        yield from (f"  {line}" for group in groups for line in error_lines(group))
    yield from (f"Note: {clean_line(notice)}" for notice in seen.run.notices)
    for exercise in shown_exercises(seen):
        if exercise.message and exercise.checks:
            yield f"{exercise_name(exercise)}: {clean_line(exercise.message)}"
    if not seen.complete:
        yield why_not_final(seen)
    if seen.more_points:
        yield more_points_in_words(seen)


def _tests(report: model.Report) -> Iterator[Json]:
    for exercise in shown_exercises(report):
        for check in exercise.checks:
            yield _test(
                exercise,
                name=check_name(exercise, check),
                score=check.score or 0.0,
                most=check.max_score,
                status=_status(check),
                # Students read what Gradescope shows them, whomever the result is for.
                output=text_of(check if check.visibility == "hidden" else without_answer(check)),
                visibility=check.visibility,
            )
        if exercise.status == "error" and not exercise.checks:
            # Its reason may quote a check that is hidden.
            hides = set(exercise.max_scores) - {"public"}
            for visibility, most in (exercise.max_scores or {"public": exercise.max_score}).items():
                reason = NOT_GRADED if hides and visibility == "public" else clean(exercise.message) or NOT_GRADED
                yield _test(
                    exercise,
                    name=exercise_name(exercise),
                    score=0.0,
                    most=0.0 if exercise.broken_reference else most,
                    status=None,
                    output=reason,
                    visibility=visibility,
                )


def _test(
    exercise: model.ExerciseReport,
    *,
    name: str,
    score: float,
    most: float,
    status: str | None,
    output: str,
    visibility: model.Visibility,
) -> Json:
    """``status``: None where nobody has decided yet, so that Gradescope makes one of the points."""
    test: Json = {
        "name": name,
        "name_format": TEXT,
        # Gradescope adds the maxima of the tests up. A bonus is in the points, and not in what can be won.
        "score": rounded(score),
        "max_score": 0 if exercise.bonus else rounded(most),
        "output": output,
        "output_format": TEXT,
        "tags": [clean_line(exercise.id), *(["bonus"] if exercise.bonus else [])],
        "visibility": VISIBILITIES[visibility],
    }
    if status is not None:
        test["status"] = status
    return test


def _status(check: model.CheckReport) -> str | None:
    return {"passed": "passed", "failed": "failed", "skipped": "failed"}.get(status_of(check))


def _unreadable(report: model.Report) -> Json:
    """A test, since Gradescope takes no results without a score."""
    return {
        "name": RUNS,
        "name_format": TEXT,
        "score": 0,
        "max_score": 0,
        "status": "failed",
        "output": why_unreadable(report),
        "output_format": TEXT,
        "visibility": "visible",
    }


FORMAT = ReportFormat(name="gradescope", render=render, suffix="json", hides=True, tells_failure=False, single=True)
