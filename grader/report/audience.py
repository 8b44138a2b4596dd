"""What a student may see of a report: all of it but what ``Visibility`` keeps from students."""

from __future__ import annotations

from collections.abc import Collection, Set
from dataclasses import replace
from datetime import datetime

from grader.model import (
    CheckReport,
    ExerciseReport,
    Outcome,
    Report,
    RunSummary,
    Visibility,
    counted_exercises,
    with_exercises,
)
from grader.report.report_words import NOT_GRADED, ONLY_UNSHOWN, UNREVEALED


def shown_to_students(due: datetime | None, now: datetime | None) -> Set[Visibility]:
    """Which checks of an assignment that is due then students see at the time ``now``, which has a zone; None: the time
    is not known, and the date has perhaps not passed.
    """
    is_over = due is not None and now is not None and now > due
    return {"public", "after-due"} if is_over else {"public"}


def student_view(report: Report, *, now: datetime) -> Report:
    """The report for the student, at the time ``now``, which has a zone.

    Nothing in it depends on how a check ended that it does not show, except where the course's author let a check that
    is shown need such a check first. What is said of an exercise as a whole follows from its deciding checks already
    (``judging.deciding_checks``), of which a student sees all or none.
    """
    shown = shown_to_students(report.due, now)
    report = replace(report, audience="student", exercises=tuple(map(_without_answers, report.exercises)))
    if all(_visibilities(exercise) <= shown for exercise in report.exercises):
        return report
    run = _run(report.run)
    sandbox_failed = report.run.outcome is Outcome.SANDBOX_ERROR
    exercises = tuple(_exercise(each, shown, sandbox_failed=sandbox_failed) for each in report.exercises)
    counted = {exercise.id for exercise in counted_exercises(exercises, report.basis)}
    return replace(
        with_exercises(replace(report, run=_with_provoked(run, exercises)), exercises),
        more_points=report.more_points
        or any(
            most and visibility not in shown
            for exercise in report.exercises
            if exercise.id in counted
            for visibility, most in exercise.max_scores.items()
        ),
    )


def without_answer(check: CheckReport) -> CheckReport:
    """What a student reads of a check: where it says ``reveal: no``, whether it is right and what the rubric says."""
    if check.reveal or check.status == "skipped":
        return check
    message = check.mistake or UNREVEALED[check.status]
    drawn = check.evidence
    lines = None if drawn is None else replace(drawn, curves=(), gradients=(), graph=None)
    return replace(check, message=message, expected=None, actual=None, candidates=0, evidence=lines)


def _without_answers(exercise: ExerciseReport) -> ExerciseReport:
    return replace(exercise, checks=tuple(map(without_answer, exercise.checks)))


def _visibilities(exercise: ExerciseReport) -> Set[Visibility]:
    """Those of its checks; those that a report of an earlier version does not name are taken from its checks."""
    return exercise.max_scores.keys() | {check.visibility for check in exercise.checks}


def _exercise(exercise: ExerciseReport, shown: Set[Visibility], *, sandbox_failed: bool) -> ExerciseReport:
    if _visibilities(exercise) <= shown:
        return exercise
    left = {visibility: most for visibility, most in exercise.max_scores.items() if visibility in shown}
    is_shown = bool(_visibilities(exercise) & shown)
    if not is_shown and not exercise.broken_reference:
        # It is the same for every submission: also that it was attempted shows in hidden checks alone.
        return ExerciseReport(
            id=exercise.id,
            title=exercise.title,
            status="graded",
            score=0.0,
            max_score=0.0,
            checks=(),
            message=ONLY_UNSHOWN,
            number=exercise.number,
            bonus=exercise.bonus,
        )
    checks = tuple(check for check in exercise.checks if check.visibility in shown)
    failed = exercise.status == "error" and not exercise.broken_reference and not sandbox_failed
    return replace(
        exercise,
        score=sum(check.score or 0.0 for check in checks),
        max_score=sum(check.max_score for check in checks) if checks else sum(left.values()),
        checks=checks,
        # What the grader failed with may quote the check that it failed in.
        message=NOT_GRADED if failed else exercise.message,
        # Which of the words are shown depends on all checks in words.
        words=None,
        max_scores=left,
    )


def _run(run: RunSummary) -> RunSummary:
    """The run without what happened in the further run for checks that students do not see."""
    if run.unshown is None:
        return run
    return replace(
        run,
        notices=tuple(notice for notice in run.notices if notice not in run.unshown.notices),
        not_final=run.not_final.removesuffix(run.unshown.not_final).rstrip(),
        unshown=None,
    )


def _with_provoked(run: RunSummary, exercises: Collection[ExerciseReport]) -> RunSummary:
    """The run, in which only those errors are called asked for that a check asks for which is shown."""
    asked_for = {
        check.location
        for exercise in exercises
        for check in exercise.checks
        if check.kind == "raises" and check.status == "passed"
    }
    errors = tuple(replace(error, provoked=error.provoked and error.location in asked_for) for error in run.errors)
    return replace(run, errors=errors)
