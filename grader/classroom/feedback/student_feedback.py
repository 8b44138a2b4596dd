"""What a student gets to read: the reports of the files, with what counts in the gradebook and what lateness cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from grader.classroom.gradebook.student_reports import other_counts
from grader.classroom.gradebook.whole_handins import CHECK
from grader.model import (
    AskedExercise,
    Audience,
    Basis,
    CheckReport,
    ClassCheck,
    ClassExercise,
    ClassResults,
    ExerciseReport,
    Isolation,
    Lateness,
    Level,
    Outcome,
    Report,
    RunSummary,
    StudentReports,
    StudentResult,
    Submission,
    with_exercises,
)
from grader.report.audience import student_view
from grader.report.class_statistics import duration
from grader.text import as_sentence, clean_line, count, points

BY_HAND = "Nothing of it could be run. A person has looked at what was handed in."
NOTHING_GRADED = "nothing of what was handed in could be graded"


def student_feedback(
    found: StudentReports, results: ClassResults, *, audience: Audience, now: datetime
) -> tuple[Report, ...]:
    """The reports for a student or, with the ``audience`` staff, about the student; none while nothing is graded.

    They have the exercises that count in the class, in its order. A single report has the student's total, lateness
    included, unless further points are decided by checks that the reader does not see.
    """
    result = found.result
    if result.status == "pending":
        return ()
    if _is_marked_as_whole(result):
        reports: tuple[Report, ...] = (_report_by_hand(result, results),)
    elif found.reports and result.status != "broken":
        reports = _of_class(found.reports, result, results)
    else:
        return (Report.of_unreadable(result.path, result.why or NOTHING_GRADED, seed=0),)
    if audience == "student":
        whole, reports = reports, tuple(seen_by_student(report, result, now) for report in reports)
        is_whole = _number_of_checks(whole) == _number_of_checks(reports)
    else:
        is_whole = True
    if len(reports) == 1:
        reports = (_with_total(reports[0], result, is_whole=is_whole),)
    first = reports[0]
    notices = (*_notices(reports, result), *first.run.notices)
    return replace(first, run=replace(first.run, notices=notices)), *reports[1:]


def _is_marked_as_whole(result: StudentResult) -> bool:
    return any(check.id == CHECK for exercise in result.exercises for check in exercise.checks)


def _of_class(reports: Sequence[Report], result: StudentResult, results: ClassResults) -> tuple[Report, ...]:
    """The reports with the exercises that count in the class. What none of them has is added to the first."""
    known = {exercise.id for report in reports for exercise in report.exercises}
    asked = {exercise.id: exercise for exercise in results.exercises}
    basis: Basis = "assignment" if results.basis == "assignment" else "exercises"
    found = []
    for report in reports:
        own = {exercise.id: exercise for exercise in report.exercises}
        exercises = tuple(
            own[answer.id] if answer.id in own else _exercise(answer, asked[answer.id])
            for answer in result.exercises
            if answer.id in own or (answer.id not in known and report is reports[0])
        )
        found.append(replace(with_exercises(report, exercises, basis=basis), due=results.due))
    return tuple(found)


def seen_by_student(report: Report, result: StudentResult, now: datetime) -> Report:
    """The report for a student. It does not say which of several answers counts where hidden checks decide that."""
    seen = student_view(report, now=now)
    better = {answer.id: other_counts(answer.file) for answer in result.exercises if answer.file}
    exercises = tuple(
        replace(exercise, message=exercise.message.removesuffix(better.get(exercise.id, "")).rstrip())
        if exercise.max_scores != whole.max_scores
        else exercise
        for exercise, whole in zip(seen.exercises, report.exercises, strict=True)
    )
    return replace(seen, exercises=exercises)


def _number_of_checks(reports: Sequence[Report]) -> int:
    return sum(len(exercise.checks) for report in reports for exercise in report.exercises)


def _with_total(report: Report, result: StudentResult, *, is_whole: bool) -> Report:
    """The only report of a student with the total of the gradebook. ``is_whole``: the reader sees all checks."""
    if not is_whole or report.more_points:
        # The gradebook's total is of hidden checks, too. Nothing at all is given to who came too late.
        return replace(report, score=0.0) if result.lateness is not None and result.lateness.ended else report
    return replace(
        report, score=result.score, max_score=result.max_score, complete=result.complete, passed=result.passed
    )


def _notices(reports: Sequence[Report], result: StudentResult) -> Iterator[str]:
    """What has to be said of the total."""
    is_partial = any(report.more_points for report in reports)
    if len(reports) > 1:
        total = "" if is_partial else f": together {_sum_of_best(reports, result)}"
        yield f"{count(len(reports), 'file')} were graded. The best answer to each exercise counts{total}."
    if result.lateness is not None:
        yield _lateness(result.lateness, result.max_score, is_partial=is_partial)
    elif result.late:
        yield "It was handed in late."
    if result.left_out:
        names = ", ".join(map(clean_line, result.left_out))
        yield f"Not graded, since there are more files than the assignment takes: {names}."
    if result.why and not result.not_final:
        yield f"Not all could be graded: {as_sentence(clean_line(result.why))}"


def _sum_of_best(reports: Sequence[Report], result: StudentResult) -> str:
    """The points of the answers that count, as far as the reader sees them: ``2.5 of 4 points``."""
    counts = {answer.id: answer.file for answer in result.exercises}
    best = {
        exercise.id: exercise
        for report in reversed(reports)
        for exercise in report.exercises
        if counts[exercise.id] in ("", report.submission.path) and not exercise.broken_reference
    }
    won = sum(exercise.score for exercise in best.values())
    return f"{points(won)} of {points(sum(each.max_score for each in best.values() if not each.bonus))} points"


def _lateness(lateness: Lateness, max_score: float, *, is_partial: bool) -> str:
    """By how much it was late and what that cost; without points where these would tell of what is not shown."""
    at = f"Handed in at {lateness.handed_in_at:%Y-%m-%d %H:%M}, {duration(lateness.by)} after it was due."
    if lateness.ended:
        return f"{at} That is too late for any points."
    if not lateness.share:
        return at
    share = f"{points(lateness.share * 100)} %"
    if is_partial:
        return f"{at} {share} of all points are taken away; the points here are without that."
    return (
        f"{at} {share} of {points(max_score)} points are taken away: of {points(lateness.score_before)} points, "
        f"{points(lateness.score_before - lateness.penalty)} are left."
    )


def _report_by_hand(result: StudentResult, results: ClassResults) -> Report:
    """The report of a hand-in of which nothing could be graded, and which a person has marked as a whole."""
    asked = {exercise.id: exercise for exercise in results.exercises}
    return Report(
        version="",
        seed=0,
        submission=Submission(path=result.path, format="md", sha256="", cells=()),
        isolation=Isolation(level=Level.STRICT, mechanisms=()),
        run=RunSummary(outcome=Outcome.NOT_RUN, duration_s=0.0, detail=BY_HAND),
        score=result.score,
        max_score=result.max_score,
        complete=result.complete,
        exercises=tuple(_exercise(answer, asked[answer.id]) for answer in result.exercises),
        passed=result.passed,
        basis="assignment" if results.basis == "assignment" else "exercises",
        assignment=results.assignment if results.basis == "assignment" else "",
        assignment_title=results.title,
        course=results.course,
        due=results.due,
    )


def _exercise(answer: ClassExercise, asked: AskedExercise) -> ExerciseReport:
    """An exercise of which no report is stored."""
    return ExerciseReport(
        id=answer.id,
        title=answer.title,
        status=answer.status,
        score=answer.score,
        max_score=answer.max_score,
        checks=tuple(map(_check, answer.checks)),
        number=asked.number,
        bonus=asked.bonus,
    )


def _check(check: ClassCheck) -> CheckReport:
    return CheckReport(
        id=check.id,
        kind=check.kind,
        title=check.title,
        status=check.status,
        score=check.score,
        max_score=check.max_score,
        message="",
        visibility=check.visibility,
        comment=check.comment,
    )
