"""``results.json`` of an external grader of PrairieLearn, with a test for each check."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from grader import model
from grader.report.base import ReportFormat
from grader.report.json_bounds import cut, fitting
from grader.report.report_words import (
    NOT_GRADED,
    ONLY_UNSHOWN,
    check_name,
    details_of,
    is_decided_unseen,
    is_fault_of_grader,
    message_of,
    more_points_in_words,
    run_in_words,
    shown_exercises,
    status_of,
    why_not_final,
    why_unreadable,
)
from grader.text import clean_line, rounded, without_commands

MAX_BYTES = 1_000_000
"""PrairieLearn takes 1 MB."""

Json = dict[str, Any]


def render(reports: Sequence[model.Report], *, many: bool) -> str:
    (report,) = reports
    return fitting(lambda length: _document(report, length), MAX_BYTES)


def _document(report: model.Report, length: int) -> str:
    """``length``: at most so many characters of each text."""
    document: Json = {"gradable": True, "score": _share(report)}
    if why := _why_not_gradable(report):
        # No attempt is lost by it, as it would be by a score of 0.
        document = {"gradable": False, "format_errors": [why]}
    said = [*map(clean_line, report.run.notices), why_not_final(report) if report.error is None else ""]
    said.append(more_points_in_words(report))
    document["message"] = cut("\n".join(filter(None, said)), length)
    document["output"] = cut(run_in_words(report.run), length) if report.error is None else ""
    document["tests"] = [
        _test(exercise, check, length)
        for exercise in shown_exercises(report)
        if not exercise.broken_reference
        for check in exercise.checks
    ]
    return without_commands(json.dumps(document, indent=1, allow_nan=False)) + "\n"


def _share(report: model.Report) -> float:
    """The points from 0 to 1. A bonus brings no more than all of them."""
    if not report.max_score:
        return 1.0 if report.passed else 0.0
    return round(min(max(report.score / report.max_score, 0.0), 1.0), 6)


def _why_not_gradable(report: model.Report) -> str:
    """Why nobody should lose an attempt for this submission; empty where it was graded."""
    if report.error is not None:
        return why_unreadable(report)
    if is_fault_of_grader(report):
        return NOT_GRADED
    if report.run.not_final:
        return clean_line(report.run.not_final)
    # A share of no points would be all of them or none, whatever was handed in.
    return ONLY_UNSHOWN if is_decided_unseen(report) else ""


def _test(exercise: model.ExerciseReport, check: model.CheckReport, length: int) -> Json:
    return {
        "name": check_name(exercise, check),
        # PrairieLearn adds both up over the tests. A bonus is in the points, and not in what can be won.
        "points": rounded(check.score or 0.0),
        "max_points": 0 if exercise.bonus else rounded(check.max_score),
        "message": cut(message_of(check), length),
        "output": cut("\n".join(details_of(check)), length) if status_of(check) != "passed" else "",
    }


FORMAT = ReportFormat(name="prairielearn", render=render, suffix="json", tells_failure=False, single=True)
