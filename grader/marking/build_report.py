"""Judged to Report: rubrics laid on, the status of each exercise, totals. Nothing of a submission is run for it."""

from __future__ import annotations

from collections.abc import Sequence

from grader.course.course import CourseExercise
from grader.marking.attempt import Attempt, find_attempt
from grader.marking.check_scores import CheckScore, score_checks
from grader.model import (
    CheckReport,
    ExerciseReport,
    JudgedExercise,
    JudgedSubmission,
    Outcome,
    QuotedLocation,
    Report,
    Verdict,
)


def build_report(judged: JudgedSubmission, exercises: Sequence[CourseExercise]) -> Report:
    """The whole report. Exercises that nobody asked for and that were not attempted count for nothing.

    ``exercises`` are those of ``judged``, in the same order, with the rubrics to mark by.
    """
    places = {one.exercise: _first_place(one) for one in judged.exercises}
    reports = [_exercise_report(item, one, judged) for item, one in zip(exercises, judged.exercises, strict=True)]
    # Those with something in the submission by where it first stands there, the others after them as in the course.
    last = (1, 0, 0)
    reports.sort(key=lambda one: places[one.id] if one.status != "not_attempted" and one.checks else last)
    counted = [one for one in reports if judged.explicit or one.status != "not_attempted"]
    checks = [check for one in counted for check in one.checks]
    return Report(
        version=judged.version,
        seed=judged.seed,
        submission=judged.submission,
        isolation=judged.isolation,
        run=judged.run,
        score=round(sum(one.score for one in counted), 6),
        max_score=round(sum(one.max_score for one in counted), 6),
        complete=all(one.status != "error" for one in counted)
        and all(check.status not in ("manual", "error") for check in checks),
        exercises=tuple(reports),
        passed=bool(counted)
        and all(one.status == "graded" for one in counted)
        and all(check.status in ("passed", "manual") for check in checks),
    )


def _exercise_report(item: CourseExercise, judgement: JudgedExercise, judged: JudgedSubmission) -> ExerciseReport:
    """One exercise, with a status that says whether there was anything to grade."""
    exercise, run = item.exercise, judged.run
    failure = run.detail if run.outcome is Outcome.SANDBOX_ERROR else judgement.failure
    if failure:
        return _failed_report(item, failure)
    attempt = find_attempt(exercise, item.rubric, judgement, explicit=judged.explicit)
    # What nobody tried and nobody asked for has no mistakes to be named; to look for them takes long.
    looked_at = attempt is not Attempt.NONE or judged.explicit
    marks = score_checks(exercise, item.rubric, judgement.verdicts, mistakes=looked_at)
    total = sum(mark.max_score for mark in marks)
    if attempt is Attempt.WORDS:
        marks = tuple(
            one if check.ANSWERED_IN_WORDS else _for_a_person(one)
            for check, one in zip(exercise.checks, marks, strict=True)
        )
    checks = tuple(
        _check_report(check.id, check.kind, check.title, verdict, one, spot)
        for check, verdict, one, spot in zip(
            exercise.checks, judgement.verdicts, marks, judgement.locations, strict=True
        )
    )
    if attempt is Attempt.NONE:
        message = "Nothing was found that looks like an attempt at this exercise."
        return ExerciseReport(id=exercise.id, title=exercise.title, status="not_attempted", score=0.0, max_score=total,
                              checks=checks, message=message)  # fmt: skip
    # Of an exercise that asks for code; one that asks for words says so check by check.
    waits = attempt is Attempt.WORDS and any(
        one.status == "manual" and not check.ANSWERED_IN_WORDS
        for check, one in zip(exercise.checks, marks, strict=True)
    )
    return ExerciseReport(
        id=exercise.id,
        title=exercise.title,
        status="graded",
        score=round(sum(mark.score or 0.0 for mark in marks), 6),
        max_score=total,
        checks=checks,
        message="It is answered in words only; a person has to read it." if waits else "",
    )


def _failed_report(item: CourseExercise, why: str) -> ExerciseReport:
    """An exercise that could not be graded: an error of the grader's, which is never a student's zero."""
    return ExerciseReport(
        id=item.exercise.id,
        title=item.exercise.title,
        status="error",
        score=0.0,
        max_score=sum(rules.points for rules in item.rubric.checks.values()),
        checks=(),
        message=f"It could not be graded: {why}. This is an error of the grader, not of the submission.",
    )


def _for_a_person(mark: CheckScore) -> CheckScore:
    """What code did not show, words may: where there are only words, nothing has failed yet."""
    if mark.status not in ("failed", "skipped"):
        return mark
    return CheckScore(
        status="manual", score=None, max_score=mark.max_score, say="A person has to read what was written."
    )


def _check_report(
    identity: str, kind: str, title: str, verdict: Verdict, mark: CheckScore, spot: QuotedLocation | None
) -> CheckReport:
    shown = None if mark.status == "skipped" else spot
    failed = mark.status == "failed"
    return CheckReport(
        id=identity,
        kind=kind,
        title=title,
        status=mark.status,
        score=mark.score,
        max_score=mark.max_score,
        message=mark.say if mark.say else verdict.message,
        expected=verdict.expected if failed else None,
        actual=verdict.actual if failed else None,
        hint=mark.hint,
        location=None if shown is None else shown.location,
        source=None if shown is None else shown.source,
        candidates=verdict.candidates,
        mistake=mark.mistake,
    )


def _first_place(judgement: JudgedExercise) -> tuple[int, int, int]:
    locations = [(0, spot.cell, spot.location.line) for spot in judgement.locations if spot is not None]
    return min(locations, default=(1, 0, 0))
