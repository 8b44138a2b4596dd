"""One report of what was handed in together: Gradescope shows one result, and a student may hand in several files."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from grader.model import ExerciseReport, ExerciseStatus, Report, Visibility, with_exercises
from grader.text import clean_line

BEST_FIRST: tuple[ExerciseStatus, ...] = ("graded", "error", "not_attempted")
_FROM_FEW_TO_ALL: tuple[Set[Visibility], ...] = ({"public"}, {"public", "after-due"}, {"public", "after-due", "hidden"})
"""What is shown to students at once, after the due date, and never."""


def one_report(reports: Sequence[Report], folder: str) -> Report:
    """The report of a single file as it is; of several, with the best answer to each exercise (``_best``).

    ``folder``: where they lie, which stands in the place of the file.
    """
    read = [report for report in reports if report.error is None]
    if len(reports) == 1 or not read:
        return reports[0]
    first = read[0]
    exercises = tuple(_best([_exercise(report, exercise.id) for report in read]) for exercise in first.exercises)
    notices = (
        f"{len(read)} files were graded, and of each exercise the best answer counts: "
        f"{', '.join(clean_line(report.submission.path) for report in read)}.",
        *(f"{clean_line(report.submission.path)}: {report.error}" for report in reports if report.error is not None),
    )
    return replace(
        with_exercises(first, exercises),
        submission=replace(first.submission, path=folder),
        # Errors and notices of a run name lines, which mean nothing without their file.
        run=replace(
            first.run, errors=(), detail="", notices=notices, duration_s=sum(each.run.duration_s for each in read)
        ),
        complete=all(report.complete for report in read),
    )


def _exercise(report: Report, identity: str) -> ExerciseReport:
    """Of one assignment all reports have all exercises."""
    return next(exercise for exercise in report.exercises if exercise.id == identity)


def _best(answers: Sequence[ExerciseReport]) -> ExerciseReport:
    """The answer with the most points in the public checks; of those that look like it to students, the one with the
    most points in all checks that are shown after the due date, and so on. Of equal answers the first.

    Students see at once which answer counts. If hidden checks decided it, two guesses in two files would tell which of
    them is right.
    """
    left = list(answers)
    for shown in _FROM_FEW_TO_ALL:
        best = min(left, key=lambda answer: _rank(answer, shown))
        left = [answer for answer in left if _seen(answer, shown) == _seen(best, shown)]
    return left[0]


def _rank(answer: ExerciseReport, shown: Set[Visibility]) -> tuple[int, float]:
    return BEST_FIRST.index(answer.status), -sum(
        check.score or 0.0 for check in answer.checks if check.visibility in shown
    )


def _seen(answer: ExerciseReport, shown: Set[Visibility]) -> object:
    checks = tuple(replace(check, evidence=None) for check in answer.checks if check.visibility in shown)
    return answer.status, answer.message, checks
