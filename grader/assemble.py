"""Verdicts and marks to a Report: status of each exercise, totals, places as a student counts them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import grader
from grader.attempt import Attempt
from grader.course import CourseExercise
from grader.model import (
    CheckReport,
    ExerciseReport,
    Format,
    Isolation,
    Level,
    Location,
    Observation,
    Outcome,
    Place,
    Report,
    RunError,
    RunReport,
    Submission,
    UncaughtError,
    Verdict,
)
from grader.notices import notices
from grader.score import Mark

MAX_ERRORS = 20


def exercise_report(
    item: CourseExercise,
    submission: Submission,
    observation: Observation,
    verdicts: Sequence[Verdict],
    marks: Sequence[Mark],
    attempt: Attempt,
) -> ExerciseReport:
    """One exercise, with a status that says whether there was anything to grade."""
    exercise = item.exercise
    total = sum(mark.max_score for mark in marks)
    if observation.outcome is Outcome.SANDBOX_ERROR:
        return failed_report(item, observation.detail)
    if attempt is Attempt.WORDS:
        kinds = [check.kind for check in exercise.checks]
        marks = [mark if kind == "answer" else _for_a_person(mark) for kind, mark in zip(kinds, marks, strict=True)]
    checks = tuple(
        _check_report(check.id, check.kind, check.title, verdict, mark, submission)
        for check, verdict, mark in zip(exercise.checks, verdicts, marks, strict=True)
    )
    if attempt is Attempt.NONE:
        message = "Nothing was found that looks like an attempt at this exercise."
        return ExerciseReport(id=exercise.id, title=exercise.title, status="not_attempted", score=0.0, max_score=total,
                              checks=checks, message=message)  # fmt: skip
    score = round(sum(mark.score or 0.0 for mark in marks), 6)
    waits = attempt is Attempt.WORDS and any(mark.status == "manual" for mark in marks)
    message = "It is answered in words only; a person has to read it." if waits else ""
    return ExerciseReport(
        id=exercise.id,
        title=exercise.title,
        status="graded",
        score=score,
        max_score=total,
        checks=checks,
        message=message,
    )


def failed_report(item: CourseExercise, why: str) -> ExerciseReport:
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


def _for_a_person(mark: Mark) -> Mark:
    """What code did not show, words may: where there are only words, nothing has failed yet."""
    if mark.status not in ("failed", "skipped"):
        return mark
    return Mark(status="manual", score=None, max_score=mark.max_score, say="A person has to read what was written.")


def _check_report(
    identity: str, kind: str, title: str, verdict: Verdict, mark: Mark, submission: Submission
) -> CheckReport:
    message = mark.say if mark.say else verdict.message
    place = None if mark.status == "skipped" else verdict.place
    where = None if place is None else location_of(place, submission)
    failed = mark.status == "failed"
    return CheckReport(
        id=identity,
        kind=kind,
        title=title,
        status=mark.status,
        score=mark.score,
        max_score=mark.max_score,
        message=message,
        expected=verdict.expected if failed else None,
        actual=verdict.actual if failed else None,
        hint=mark.hint,
        location=where,
        source=None if where is None else submission.source_line(where),
        candidates=verdict.candidates,
    )


def location_of(place: Place, submission: Submission) -> Location | None:
    """A place of a run as a student would count: cells from 1, lines as in the file. None for one that is not there."""
    if not 0 <= place.cell < len(submission.cells) or place.line < 1:
        return None
    return Location(cell=submission.cells[place.cell].number, line=place.line)


def assemble(
    submission: Submission,
    observation: Observation,
    exercises: Sequence[ExerciseReport],
    *,
    isolation: Isolation,
    seed: int,
    explicit: bool,
) -> Report:
    """The whole report. Exercises that nobody asked for and that were not attempted count for nothing."""
    exercises = _in_the_submissions_order(exercises, submission)
    counted = [exercise for exercise in exercises if explicit or exercise.status != "not_attempted"]
    checks = [check for exercise in counted for check in exercise.checks]
    return Report(
        version=grader.__version__,
        seed=seed,
        submission=submission,
        isolation=isolation,
        run=_run_report(submission, observation),
        score=round(sum(exercise.score for exercise in counted), 6),
        max_score=round(sum(exercise.max_score for exercise in counted), 6),
        complete=all(exercise.status != "error" for exercise in counted)
        and all(check.status not in ("manual", "error") for check in checks),
        exercises=tuple(exercises),
        passed=bool(counted)
        and all(exercise.status == "graded" for exercise in counted)
        and all(check.status in ("passed", "manual") for check in checks),
    )


def _in_the_submissions_order(exercises: Sequence[ExerciseReport], submission: Submission) -> list[ExerciseReport]:
    """Those with something in the submission by where it first stands there, the others after them as in the course."""
    numbers = [cell.number for cell in submission.cells]

    def first(exercise: ExerciseReport) -> tuple[int, int]:
        places = [check.location for check in exercise.checks if check.location is not None]
        if exercise.status == "not_attempted" or not places:
            return len(numbers), 0
        return min((numbers.index(place.cell), place.line) for place in places)

    return sorted(exercises, key=first)


def _run_report(submission: Submission, observation: Observation) -> RunReport:
    errors: list[RunError] = []
    for event in observation.events:
        if isinstance(event, UncaughtError) and len(errors) < MAX_ERRORS:
            where = location_of(event.place, submission)
            source = None if where is None else submission.source_line(where)
            errors.append(RunError(location=where, type=event.error.type, text=event.error.text, source=source))
    notes = [note for cell in submission.cells for note in cell.notes]
    notes += notices(observation, errors, partial(location_of, submission=submission))
    flaws = _flaws(submission)
    # What could not be read at all did not run, even where everything else did.
    failed = bool(flaws) and observation.outcome is Outcome.COMPLETED
    return RunReport(
        outcome=Outcome.FAILED if failed else observation.outcome,
        duration_s=observation.duration_s,
        detail=observation.detail,
        errors=(*flaws, *errors),
        notices=tuple(dict.fromkeys(notes)),
    )


def _flaws(submission: Submission) -> list[RunError]:
    """The statements that were left out because Python cannot read them."""
    errors: list[RunError] = []
    for cell in submission.cells:
        for flaw in cell.flaws[: MAX_ERRORS - len(errors)]:
            where = Location(cell=cell.number, line=flaw.line)
            source = submission.source_line(where)
            errors.append(RunError(location=where, type="SyntaxError", text=flaw.text, source=source))
    return errors


def unreadable(path: str, why: str, *, seed: int) -> Report:
    """The report of one submission among several that could not be read: none is lost from the list."""
    kind: Format = "ipynb" if path.endswith(".ipynb") else "py"
    return Report(
        version=grader.__version__,
        seed=seed,
        submission=Submission(path=path, format=kind, sha256="", cells=()),
        isolation=Isolation(level=Level.NONE, mechanisms=(), missing=("Nothing was run.",)),
        run=RunReport(outcome=Outcome.FAILED, duration_s=0.0, detail=why),
        score=0.0,
        max_score=0.0,
        complete=False,
        exercises=(),
        passed=False,
        error=why,
    )
