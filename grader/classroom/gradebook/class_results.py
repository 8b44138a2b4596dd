"""The results of an assignment: a row for every student, with the same exercises for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from grader.classroom.gradebook import report_format
from grader.classroom.gradebook.best_answers import FileResult
from grader.classroom.gradebook.handin_results import HandinResult, handin_results
from grader.classroom.gradebook.lateness import lateness_of
from grader.classroom.gradebook.plan_format import decode_plan
from grader.classroom.gradebook.tables import AssignmentRow, GradingRow
from grader.classroom.gradebook.whole_handins import exercises_by_hand, why_broken
from grader.model import (
    AskedExercise,
    ClassExercise,
    ClassResults,
    Outcome,
    Plan,
    PlannedExercise,
    Student,
    StudentResult,
    StudentStatus,
    Visibility,
)

_WORST_LAST = tuple(Outcome)


def results(connection: Connection, assignment: int) -> ClassResults:
    """The results of all students. A group's result is the result of each of its students."""
    return results_of(connection, assignment, handin_results(connection, assignment))


def results_of(connection: Connection, assignment: int, handins: Sequence[HandinResult]) -> ClassResults:
    """As ``results``, of the handins of the assignment."""
    columns = (AssignmentRow.name, AssignmentRow.plan, AssignmentRow.graded_at)
    row = connection.execute(select(*columns).where(AssignmentRow.id == assignment)).one()
    plan = decode_plan(row.plan)
    asked = tuple(
        replace(exercise, ungraded=_why_ungraded(connection, exercise, handins))
        for exercise in asked_exercises(plan, handins)
    )
    students = [
        _with_lateness(_student_result(handin, student, asked, plan.visibility), plan)
        for handin in handins
        for student in handin.students
    ]
    return ClassResults(
        assignment=row.name,
        title=plan.title,
        basis=plan.basis,
        course=plan.course,
        due=plan.due,
        late=plan.late,
        exercises=asked,
        students=tuple(sorted(students, key=lambda result: (result.student.name.casefold(), result.student.key))),
        graded_at=row.graded_at,
    )


def asked_exercises(plan: Plan, handins: Sequence[HandinResult]) -> tuple[AskedExercise, ...]:
    """The exercises that count for every student: those of the plan, or all that any student attempted."""
    if plan.basis != "found":
        return tuple(_planned(exercise, handins) for exercise in plan.exercises)
    attempted = {
        identity
        for handin in handins
        for identity, answer in handin.answers.items()
        if answer.exercise.status != "not_attempted"
    }
    return tuple(_planned(PlannedExercise(id=identity, title=identity), handins) for identity in sorted(attempted))


def _planned(exercise: PlannedExercise, handins: Sequence[HandinResult]) -> AskedExercise:
    """An exercise of the plan; what the plan does not say of it is taken from the answers."""
    answers = [handin.answers[exercise.id].exercise for handin in handins if exercise.id in handin.answers]
    if exercise.max_score is not None:
        title, max_score = exercise.title, exercise.max_score
    else:
        title = answers[0].title if answers else exercise.title
        max_score = max((answer.max_score for answer in answers), default=0.0)
    return AskedExercise(id=exercise.id, title=title, max_score=max_score, number=exercise.number, bonus=exercise.bonus)


def _why_ungraded(connection: Connection, asked: AskedExercise, handins: Sequence[HandinResult]) -> str:
    """Why an exercise could be graded for nobody, as a report says it; empty unless its reference is broken."""
    answers = [handin.answers[asked.id] for handin in handins if asked.id in handin.answers]
    if not answers or any(answer.exercise.status != "error" for answer in answers):
        return ""
    result = select(GradingRow.result).where(GradingRow.key == answers[0].file.key)
    exercises = report_format.unpack(connection.execute(result).scalar_one())["exercises"]
    broken = [exercise for exercise in exercises if exercise["id"] == asked.id and exercise.get("broken_reference")]
    return str(broken[0]["message"]) if broken else ""


def _student_result(
    handin: HandinResult,
    student: Student,
    asked: Sequence[AskedExercise],
    visibility: Mapping[str, Mapping[str, Visibility]],
) -> StudentResult:
    by_hand = exercises_by_hand(handin, asked)
    exercises = by_hand or tuple(
        _with_visibility(_exercise(handin, exercise), visibility.get(exercise.id, {})) for exercise in asked
    )
    ungraded = {exercise.id for exercise in asked if exercise.ungraded}
    required = [exercise for exercise in exercises if not exercise.bonus and exercise.id not in ungraded]
    checks = [check for exercise in exercises for check in exercise.checks]
    graded = _files_with_status(handin, "graded")
    broken = _files_with_status(handin, "broken")
    late = [file.why for file in graded if file.why]
    attempted = any(exercise.status == "graded" for exercise in exercises)
    status = "graded" if by_hand else _status(handin, attempted=attempted)
    # A file that nobody could grade, such as a PDF that is called a notebook, is no reason to wait for anything.
    to_come = [file for file in handin.files if file.status != "graded" and not file.unreadable]
    all_graded = status == "graded" and bool(graded or by_hand) and not to_come
    return StudentResult(
        student=student,
        status=status,
        score=sum(exercise.score for exercise in exercises),
        max_score=sum(exercise.max_score for exercise in asked if not (exercise.bonus or exercise.ungraded)),
        complete=all_graded
        and not late
        and not handin.left_out
        and all(exercise.status != "error" for exercise in exercises)
        and all(check.score is not None and check.status != "error" for check in checks),
        passed=all_graded
        and bool(exercises)
        and not ungraded
        and all(exercise.status == "graded" for exercise in required)
        and all(check.is_right for exercise in required for check in exercise.checks),
        exercises=exercises,
        path=handin.path,
        group=handin.students if len(handin.students) > 1 else (),
        files=tuple(file.path for file in handin.files),
        left_out=handin.left_out,
        late=handin.late,
        handed_in_at=handin.handed_in_at,
        other_assignments=tuple(dict.fromkeys(file.other_assignment for file in handin.files if file.other_assignment)),
        outcome=max((Outcome(file.outcome) for file in graded if file.outcome), key=_WORST_LAST.index, default=None),
        why=why_broken(handin)
        if status == "broken" or (status == "graded" and broken and not by_hand)
        else " ".join(late),
        not_final=bool(late),
        graded_at=max((file.graded_at for file in handin.files if file.graded_at is not None), default=None),
    )


def _with_lateness(result: StudentResult, plan: Plan) -> StudentResult:
    """The result with the penalty for lateness, where the time of handing in is known."""
    if plan.due is None or result.handed_in_at is None:
        return result
    lateness = lateness_of(result.handed_in_at, plan.due, plan.late, score=result.score, max_score=result.max_score)
    if lateness is None:
        return result
    return replace(result, late=True, lateness=lateness, score=result.score - lateness.penalty)


def _exercise(handin: HandinResult, asked: AskedExercise) -> ClassExercise:
    if asked.id in handin.answers:
        exercise = handin.answers[asked.id].exercise
        return replace(exercise, bonus=True) if asked.bonus else exercise
    return ClassExercise(
        id=asked.id,
        title=asked.title,
        status="not_attempted",
        score=0.0,
        max_score=asked.max_score,
        checks=(),
        bonus=asked.bonus,
    )


def _with_visibility(exercise: ClassExercise, visibility: Mapping[str, Visibility]) -> ClassExercise:
    """``visibility`` is that of the checks that are not public, by their ids."""
    if not visibility:
        return exercise
    checks = (replace(check, visibility=visibility.get(check.id, "public")) for check in exercise.checks)
    return replace(exercise, checks=tuple(checks))


def _status(handin: HandinResult, *, attempted: bool) -> StudentStatus:
    """``attempted``: whether any exercise that counts was graded."""
    pending = _files_with_status(handin, "pending")
    if not handin.files or (_files_with_status(handin, "broken") and not attempted and not pending):
        return "broken"
    return "pending" if pending and not _files_with_status(handin, "graded") else "graded"


def _files_with_status(handin: HandinResult, status: StudentStatus) -> list[FileResult]:
    return [file for file in handin.files if file.status == status]
