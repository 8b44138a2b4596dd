"""The reports of each student's files, with the marks that a person gave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Connection, null, select

from grader.classroom.gradebook import evidence_format, report_format
from grader.classroom.gradebook.best_answers import FileResult
from grader.classroom.gradebook.class_results import results_of
from grader.classroom.gradebook.handin_results import handin_results
from grader.classroom.gradebook.report_reader import read_report
from grader.classroom.gradebook.tables import GradingRow
from grader.errors import GradebookError
from grader.model import (
    CheckReport,
    ClassCheck,
    ClassExercise,
    ExerciseReport,
    Report,
    RunSummary,
    StudentReports,
    StudentResult,
    with_exercises,
)
from grader.text import clean_line

_MARKED = "A person has marked it."
_DISPUTED = "The files of the hand-in choose differently here. A person has to look."


def student_reports(
    connection: Connection, assignment: int, *, only: str | None = None, has_evidence: bool = True
) -> Iterator[StudentReports]:
    """For every student, in the order of the results, or for the one with the key ``only``. The documents of one
    student are read at a time. ``has_evidence``: with what pictures are drawn from.
    """
    handins = handin_results(connection, assignment)
    files = {student.key: handin.files for handin in handins for student in handin.students}
    for result in results_of(connection, assignment, handins).students:
        if only not in (None, result.student.key):
            continue
        found = (_stored_report(connection, file, has_evidence=has_evidence) for file in files[result.student.key])
        reports = tuple(_with_marks(report, result) for report in found if report is not None)
        yield StudentReports(result=result, reports=reports)


def _stored_report(connection: Connection, file: FileResult, *, has_evidence: bool) -> Report | None:
    """The report of a file; None if it was not run."""
    columns = select(GradingRow.result, GradingRow.evidence if has_evidence else null())
    packed, evidence = connection.execute(columns.where(GradingRow.key == file.key)).one_or_none() or (b"", None)
    if not packed:
        return None
    try:
        report = read_report(report_format.unpack(packed))
        report = evidence_format.with_evidence(report, evidence_format.unpack(evidence or b""))
    except ValueError as error:
        raise GradebookError(f"The report of {file.path} in the gradebook cannot be read: {error}") from error
    # Students who handed in the same content share a grading, which has the path of the first.
    of_first = report.submission.path
    return replace(
        report,
        submission=replace(report.submission, path=file.path),
        run=_with_path(report.run, of_first, file.path) if of_first else report.run,
    )


def _with_path(run: RunSummary, of_first: str, path: str) -> RunSummary:
    return replace(
        run,
        detail=run.detail.replace(of_first, path),
        notices=tuple(notice.replace(of_first, path) for notice in run.notices),
    )


def _with_marks(report: Report, result: StudentResult) -> Report:
    answers = {exercise.id: exercise for exercise in result.exercises}
    exercises = tuple(
        _exercise(exercise, answers[exercise.id], report.submission.path) if exercise.id in answers else exercise
        for exercise in report.exercises
    )
    return with_exercises(report, exercises)


def other_counts(file: str) -> str:
    """What is said of an answer beside a better one in ``file``."""
    return f"The answer in {clean_line(file)} counts, not this one."


def _exercise(exercise: ExerciseReport, answer: ClassExercise, path: str) -> ExerciseReport:
    """``answer`` is the student's best one, which may be in another file."""
    if answer.file and answer.file != path:
        if exercise.status == "not_attempted":
            return exercise
        return replace(exercise, message=f"{exercise.message} {other_counts(answer.file)}".lstrip())
    checks = _marked_checks(exercise.checks, answer.checks)
    return replace(exercise, checks=checks, score=sum(check.score or 0.0 for check in checks)) if checks else exercise


def _marked_checks(checks: Sequence[CheckReport], marked: Sequence[ClassCheck]) -> tuple[CheckReport, ...]:
    by_id = {check.id: check for check in marked}
    return tuple(_marked_check(check, by_id[check.id]) if check.id in by_id else check for check in checks)


def _marked_check(check: CheckReport, marked: ClassCheck) -> CheckReport:
    """The check with the mark that counts now. What a person marked stays ``manual``, and has points."""
    if (marked.status, marked.score, marked.comment) == (check.status, check.score, ""):
        return check
    # What was said of it was true before a person looked at it.
    return replace(
        check,
        status=marked.status,
        score=marked.score,
        comment=marked.comment,
        message=_DISPUTED if marked.score is None else _MARKED,
        expected=None,
        actual=None,
        hint=None,
        mistake=None,
        remark=None,
        code="",
    )
