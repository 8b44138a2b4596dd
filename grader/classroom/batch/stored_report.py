"""A report as it is sent from a process of the pool to the gradebook."""

from __future__ import annotations

from grader.classroom.gradebook import report_format
from grader.model import CheckReport, ExerciseReport, Report, StoredCheck, StoredExercise, StoredReport
from grader.report import json as json_report


def stored_report_of(report: Report) -> StoredReport:
    """A report as the gradebook keeps it: the packed document, and the fields that have columns of their own.

    Points in those fields are exact; those in the document are rounded.
    """
    return StoredReport(
        document=report_format.pack(json_report.to_dict(report)),
        outcome=report.run.outcome,
        level=report.isolation.level,
        passed=report.passed,
        complete=report.complete,
        exercises=tuple(_exercise(exercise) for exercise in report.exercises),
    )


def _exercise(exercise: ExerciseReport) -> StoredExercise:
    attempted = exercise.status != "not_attempted"
    return StoredExercise(
        id=exercise.id,
        title=exercise.title,
        status=exercise.status,
        score=exercise.score,
        max_score=exercise.max_score,
        checks=tuple(_check(check) for check in exercise.checks) if attempted else (),
    )


def _check(check: CheckReport) -> StoredCheck:
    location = check.location
    return StoredCheck(
        id=check.id,
        kind=check.kind,
        title=check.title,
        status=check.status,
        score=check.score,
        max_score=check.max_score,
        mistake=check.mistake or "",
        cell=None if location is None else location.cell,
        line=None if location is None else location.line,
        chosen=check.chosen,
        withheld=f"{check.message}\n\n{check.code}".rstrip() if check.withheld else "",
    )
