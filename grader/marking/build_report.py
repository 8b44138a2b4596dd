"""Builds the report of a judged submission: status and points of every exercise, totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.course.course import CourseExercise
from grader.judging.checks.base import Check
from grader.judging.deciding_checks import find_deciding_checks
from grader.marking.attempt import Attempt, find_attempt
from grader.marking.check_evidence import with_evidence
from grader.marking.check_scores import CheckScore, score_checks
from grader.model import (
    Assignment,
    Basis,
    CheckReport,
    ExerciseReport,
    JudgedExercise,
    JudgedSubmission,
    JudgingCourse,
    Outcome,
    QuotedLocation,
    Report,
    RunSummary,
    Verdict,
    Visibility,
    Words,
    find_totals,
)
from grader.submission.broken_code import NOT_PYTHON
from grader.text import as_sentence, capitalized, count, shorten


def build_report(
    judged: JudgedSubmission,
    exercises: Sequence[CourseExercise],
    assignment: Assignment | None = None,
    basis: Basis | None = None,
    course: JudgingCourse | None = None,
) -> Report:
    """The report of a submission. Of the exercises that were not attempted, only those that were asked for count.

    ``exercises`` are those of ``judged``, in the same order, with the rubrics to mark by; ``assignment`` is that which
    they are exercises of, if any. ``basis``: what the total is of; None: as the submission was judged, of all exercises
    of the assignment. ``course``: the one that judged, which the report names.
    """
    asked: Basis = "exercises" if assignment is None else "assignment"
    basis = basis or (asked if judged.explicit else "found")
    reports = [
        _exercise_report(item, exercise, judged) for item, exercise in zip(exercises, judged.exercises, strict=True)
    ]
    # Exercises that are found in the submission come first, in its order. The sort keeps the others in the course's.
    positions = {
        exercise.exercise: _first_position(item, exercise)
        for item, exercise in zip(exercises, judged.exercises, strict=True)
    }
    if basis != "assignment":
        reports.sort(
            key=lambda report: (
                positions[report.id] if report.status != "not_attempted" and report.checks else _AT_THE_END
            )
        )
    totals = find_totals(reports, basis, not_final=judged.run.not_final)
    return Report(
        version=judged.version,
        seed=judged.seed,
        submission=judged.submission,
        isolation=judged.isolation,
        run=_with_notice(_with_provoked(judged.run, reports), course),
        score=totals.score,
        max_score=totals.max_score,
        complete=totals.complete,
        exercises=tuple(reports),
        passed=totals.passed,
        basis=basis,
        assignment="" if assignment is None else assignment.id,
        assignment_title="" if assignment is None else assignment.title,
        course=course,
        due=None if assignment is None else assignment.due,
        more_points=course is not None and course.is_partial,
    )


def _with_notice(run: RunSummary, course: JudgingCourse | None) -> RunSummary:
    if course is None or not course.notice:
        return run
    return replace(run, notices=(course.notice, *run.notices))


def _with_provoked(run: RunSummary, reports: Sequence[ExerciseReport]) -> RunSummary:
    """The run, in which errors are known that a check asks for."""
    wanted = {
        check.location
        for report in reports
        for check in report.checks
        if check.kind == "raises" and check.status == "passed" and check.location is not None
    }
    if not wanted:
        return run
    return replace(run, errors=tuple(replace(error, provoked=error.location in wanted) for error in run.errors))


MAX_REASON = 300
"""Characters of an error's text."""
_AT_THE_END = (1, 0, 0)


def _first_position(item: CourseExercise, judged: JudgedExercise) -> tuple[int, int, int]:
    """A key to sort by: where the first verdict of a deciding check with a location is."""
    deciding = find_deciding_checks(item.exercise.checks) if judged.locations else ()
    found = [judged.locations[index] for index in deciding]
    positions = [(0, place.cell, place.location.line) for place in found if place is not None]
    return min(positions, default=_AT_THE_END)


def _exercise_report(item: CourseExercise, judged: JudgedExercise, submission: JudgedSubmission) -> ExerciseReport:
    number = item.numbers[0] if len(item.numbers) == 1 else ""
    return replace(
        _status_and_points(item, judged, submission), number=number, bonus=item.bonus, max_scores=_max_scores(item)
    )


def _max_scores(item: CourseExercise) -> dict[Visibility, float]:
    found: dict[Visibility, float] = {}
    for check in item.exercise.checks:
        found[check.visibility] = found.get(check.visibility, 0.0) + item.rubric.checks[check.id].points
    return found


def _status_and_points(item: CourseExercise, judged: JudgedExercise, submission: JudgedSubmission) -> ExerciseReport:
    exercise, run = item.exercise, submission.run
    failure = run.detail if run.outcome is Outcome.SANDBOX_ERROR else judged.failure
    if judged.broken_reference:
        return _error_report(item, judged.broken_reference, broken_reference=True, named=judged.signals.named)
    if failure:
        message = (
            f"It could not be graded: {as_sentence(failure)} This is an error of the grader, not of the submission."
        )
        return _error_report(item, message)
    deciding = find_deciding_checks(exercise.checks)
    attempt = find_attempt(exercise, item.rubric, judged, explicit=submission.explicit)
    # To look for known mistakes takes time, so they are not looked for in an exercise that will not count.
    counts = attempt is not Attempt.NONE or submission.explicit
    scores = score_checks(exercise, item.rubric, judged.verdicts, mistakes=counts)
    max_score = sum(score.max_score for score in scores)
    if attempt is Attempt.WORDS and not all(exercise.checks[index].ANSWERED_IN_WORDS for index in deciding):
        scores = tuple(
            score if check.ANSWERED_IN_WORDS else _to_be_marked_by_hand(score)
            for check, score in zip(exercise.checks, scores, strict=True)
        )
    if attempt is Attempt.NONE:
        unmeant = any(scores[index].score for index in deciding)
        scores = tuple(map(_without_points, scores))
    raised = _what_was_raised(judged)
    # Records of earlier versions have no locations of variables.
    of_variables = judged.variable_locations or ((),) * len(scores)
    places = [
        place or _where_shown(score, shown)
        for place, score, shown in zip(judged.locations, scores, of_variables, strict=True)
    ]
    evidence = None if attempt is Attempt.NONE else submission.evidence
    checks = tuple(
        with_evidence(_check_report(check, verdict, score, place, raised), exercise.id, place, evidence)
        for check, verdict, score, place in zip(exercise.checks, judged.verdicts, scores, places, strict=True)
    )
    if attempt is Attempt.NONE:
        return ExerciseReport(
            id=exercise.id,
            title=exercise.title,
            status="not_attempted",
            score=0.0,
            max_score=max_score,
            checks=checks,
            message=_why_none(exercise.title, [checks[index] for index in deciding], unmeant=unmeant),
        )
    # The verdict of a check in words says that a person has to read the answer. That of a check of code does not.
    words_instead_of_code = attempt is Attempt.WORDS and any(
        scores[index].status == "manual" and not exercise.checks[index].ANSWERED_IN_WORDS for index in deciding
    )
    return ExerciseReport(
        id=exercise.id,
        title=exercise.title,
        status="graded",
        score=sum(score.score or 0.0 for score in scores),
        max_score=max_score,
        checks=checks,
        message=_WORDS_ONLY if words_instead_of_code else _reason(judged, [scores[index] for index in deciding]),
        words=Words(text=judged.words, place=judged.words_place) if judged.words else None,
    )


_NO_ATTEMPT = "Nothing was found that looks like an attempt at this exercise."
_ALIKE = (
    "Some code looks like a part of this exercise, but nothing shows that it was meant for it. A title such as "
    '"{title}" above the code says so.'
)
_NOT_MEANT = (
    "Some code fits this exercise, but nothing shows that it was meant for it, so it earns no points. A title such as "
    '"{title}" above the code says so.'
)
_WORDS_ONLY = "It is answered in words only; a person has to read it."


def _why_none(title: str, checks: Sequence[CheckReport], *, unmeant: bool) -> str:
    """Why an exercise counts as not attempted. ``unmeant``: something in it is right."""
    if unmeant:
        return _NOT_MEANT.format(title=title)
    return _ALIKE.format(title=title) if any(check.location for check in checks) else _NO_ATTEMPT


def _reason(judged: JudgedExercise, scores: Sequence[CheckScore]) -> str:
    """What was seen to go wrong in the exercise's section, where a check failed and no known mistake says why."""
    unexplained = any(score.status == "failed" and score.mistake is None for score in scores)
    return _what_was_raised(judged) if unexplained else ""


_ENDINGS = {"SyntaxError": "does not parse", "Stopped": "was stopped"}
"""What a statement did whose error it did not raise, by the error's type. ``Stopped`` is how a run ends a statement."""


def _what_was_raised(judged: JudgedExercise) -> str:
    """The first error in the exercise's section, in sentences; empty if there is none. Words that stand in a cell for
    code are no reason for anything.
    """
    errors = [error for error in judged.errors if not error.text.startswith(NOT_PYTHON)]
    if not errors:
        return ""
    first, *others = errors
    where = "a statement" if first.location is None else first.location.in_words()
    verb = _ENDINGS.get(first.type) or f"raised {first.type}"
    because = "" if first.cause is None else f", which follows from the error at {first.cause.in_words()}"
    more = f" {count(len(others), 'more error')} follow{'s' if len(others) == 1 else ''}." if others else ""
    text = shorten(first.text, MAX_REASON)
    return as_sentence(f"{capitalized(where)} {verb}: {text.rstrip('.') if because else text}{because}") + more


def _error_report(
    item: CourseExercise, message: str, *, broken_reference: bool = False, named: bool = False
) -> ExerciseReport:
    """The report of an exercise that could not be graded, because of an error of the grader or of the course."""
    return ExerciseReport(
        id=item.exercise.id,
        title=item.exercise.title,
        status="error",
        score=0.0,
        max_score=sum(rules.points for rules in item.rubric.checks.values()),
        checks=(),
        message=message,
        broken_reference=broken_reference,
        named=named,
    )


def _to_be_marked_by_hand(score: CheckScore) -> CheckScore:
    """For a check of code in an exercise that was answered in words only: a person decides. If it passed, that was by
    code which is no part of the answer, such as a function that was handed out.
    """
    if score.status == "error":
        return score
    return CheckScore(
        status="manual", score=None, max_score=score.max_score, message="A person has to read what was written."
    )


def _without_points(score: CheckScore) -> CheckScore:
    """For a check in an exercise that was not attempted: it earns nothing, and nobody has to read anything."""
    if score.status == "manual":
        message = "Nothing was found for a person to read."
        return CheckScore(status="failed", score=0.0, max_score=score.max_score, message=message)
    if not score.score:
        return score
    return CheckScore(
        status="skipped",
        score=0.0,
        max_score=score.max_score,
        message="Not counted, as the exercise was not attempted.",
    )


def _where_shown(score: CheckScore, of_variables: Sequence[QuotedLocation | None]) -> QuotedLocation | None:
    """Where the known mistake of a check without a candidate is; None if nothing in particular shows it."""
    number = score.shown_by
    return None if number is None or number >= len(of_variables) else of_variables[number]


def _check_report(
    check: Check, verdict: Verdict, score: CheckScore, found: QuotedLocation | None, raised: str
) -> CheckReport:
    """``found``: where the best candidate or the known mistake is. It is left out if the check was skipped. ``raised``
    is what went wrong in the exercise's section: the reason why a check of code found nothing there, unless a known
    mistake is.
    """
    shown = None if score.status == "skipped" else found
    failed = score.status == "failed"
    message = as_sentence(score.message or verdict.message)
    if failed and raised and not verdict.found and score.mistake is None and not check.ANSWERED_IN_WORDS:
        message = f"{message} {raised}"
    return CheckReport(
        id=check.id,
        kind=check.kind,
        title=check.title,
        status=score.status,
        score=score.score,
        max_score=score.max_score,
        message=message,
        expected=verdict.expected if failed else None,
        actual=verdict.actual if failed else None,
        hint=score.hint,
        location=None if shown is None else shown.location,
        source=None if shown is None else shown.source,
        candidates=verdict.candidates,
        mistake=score.mistake,
        remark=score.remark,
        chosen=verdict.chosen,
        withheld=verdict.withheld and score.status == "manual",
        visibility=check.visibility,
        reveal=check.reveal,
        code=verdict.withheld_code if verdict.withheld and score.status == "manual" else "",
    )
