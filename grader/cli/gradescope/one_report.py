"""One report of what was handed in together: Gradescope shows one result, and a student may hand in several files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.model import ExerciseReport, ExerciseStatus, Report
from grader.model.report_totals import find_totals
from grader.text import clean_line

BEST_FIRST: tuple[ExerciseStatus, ...] = ("graded", "error", "not_attempted")


def one_report(reports: Sequence[Report], folder: str) -> Report:
    """The report of a single file as it is; of several, with the best answer to each exercise, as for a class.

    ``folder``: where they lie, which stands in the place of the file.
    """
    read = [report for report in reports if report.error is None]
    if len(reports) == 1 or not read:
        return reports[0]
    first = read[0]
    exercises = tuple(
        min((_exercise(report, exercise.id) for report in read), key=_rank) for exercise in first.exercises
    )
    totals = find_totals(exercises, first.basis, not_final=first.run.not_final)
    notices = (
        f"{len(read)} files were graded, and of each exercise the best answer counts: "
        f"{', '.join(clean_line(report.submission.path) for report in read)}.",
        *(f"{clean_line(report.submission.path)}: {report.error}" for report in reports if report.error is not None),
    )
    return replace(
        first,
        submission=replace(first.submission, path=folder),
        # Errors and notices of a run name lines, which mean nothing without their file.
        run=replace(
            first.run, errors=(), detail="", notices=notices, duration_s=sum(each.run.duration_s for each in read)
        ),
        exercises=exercises,
        score=totals.score,
        max_score=totals.max_score,
        complete=all(report.complete for report in read),
        passed=totals.passed,
    )


def _exercise(report: Report, identity: str) -> ExerciseReport:
    """Of one assignment all reports have all exercises."""
    return next(exercise for exercise in report.exercises if exercise.id == identity)


def _rank(exercise: ExerciseReport) -> tuple[int, float]:
    return BEST_FIRST.index(exercise.status), -exercise.score
