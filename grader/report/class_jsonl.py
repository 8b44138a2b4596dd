"""A class as JSON Lines: each line is a ``grader.student/1`` object, documented in docs/classes.md.

The types below are the format. ``to_dict`` is checked against them by mypy, and the JSON Schema is made from them and
from the descriptions under their fields.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Literal

# Not typing.TypedDict: pydantic cannot read that before Python 3.12.
from typing_extensions import TypedDict

from grader import model
from grader.errors import SandboxError
from grader.report.json_course import CourseInfo, course_info
from grader.report.json_schema import documented, schema_of
from grader.text import rounded, without_commands

SCHEMA: Literal["grader.student/1"] = "grader.student/1"


@documented
class Student(TypedDict):
    """The student, as far as the names of the files that were handed in tell."""

    key: str
    """Tells students of a gradebook apart: the learning platform's id, else the email address, else the name."""
    name: str
    """The name as it was found. Untrusted text."""
    id: str
    """The learning platform's id; empty where it is not known. Untrusted text."""
    email: str
    """The email address; empty where it is not known. Untrusted text."""


@documented
class Given(TypedDict):
    """The points that a person gave, before the rubric's points changed."""

    score: float
    """Points given."""
    max_score: float
    """Of how many."""


@documented
class Check(TypedDict):
    """One check of one answer, marks by hand included."""

    id: str
    """The check's id in the exercise's YAML."""
    kind: str
    """Its kind, such as `backward` or `answer`. New kinds may appear."""
    title: str
    """Its title, for people."""
    status: Literal["passed", "failed", "skipped", "manual", "error"]
    """As in `grader.result/1`."""
    score: float | None
    """Points won; null while a person has to mark it."""
    max_score: float
    """Points that can be won."""
    mistake: str
    """The rubric's sentence for the named mistake that was made; empty where it names none."""
    marked_by: str
    """Who marked it by hand; empty where nobody did."""
    comment: str
    """What they wrote."""
    given: Given | None
    """What they gave, where that counts as other points now, since the rubric's points are others; else null."""
    withheld: bool
    """As in `grader.result/1`."""
    visibility: model.Visibility
    """As in `grader.result/1`. The line has all checks."""


@documented
class Exercise(TypedDict):
    """One exercise: of several files, the answer that did best."""

    id: str
    """The exercise's id: the name of its YAML file."""
    title: str
    """Its title, for people."""
    status: Literal["graded", "not_attempted", "error"]
    """As in `grader.result/1`."""
    score: float
    """Points won."""
    max_score: float
    """Points that can be won."""
    number: str
    """Its number on the assignment's sheet; empty without an assignment, or where editions of the sheet differ."""
    bonus: bool
    """Its points are added to the score and not to the maximum."""
    file: str
    """The file that the answer is in; empty where it was not attempted. Untrusted text."""
    checks: list[Check]
    """Its checks, in the order of the YAML."""


@documented
class Lateness(TypedDict):
    """By how much it was late, and what that cost."""

    seconds: int
    """How long after it was due it was handed in."""
    periods: int
    """How many periods of the policy, such as days, had begun; 0 where lateness costs nothing."""
    penalty: float
    """The points that were taken away."""
    score_before: float
    """The points without the penalty."""
    ended: bool
    """It was handed in after the time until which late work is taken, so that nothing is given."""


@documented
class Line(TypedDict):
    """How one student did in one assignment."""

    schema: Literal["grader.student/1"]
    """Name and version of this format."""
    student: Student
    group: list[Student]
    """All students of the group that handed in together, this one too; empty if the student did alone."""
    assignment: str
    """The assignment's name in the gradebook: its id, or what a class's work without an assignment is called."""
    assignment_title: str
    """The assignment's title; empty without one."""
    course: CourseInfo | None
    """The course that judged in the last batch; null in a gradebook of an older version."""
    basis: Literal["assignment", "exercises", "found"]
    """What the score is of: the exercises of the assignment, those that were named, or those that somebody attempted.
    """
    status: Literal["graded", "broken", "pending"]
    """`broken`: nothing could be read or run; this is not a zero. `pending`: handed in, and not graded yet."""
    score: float
    """Points won, the sum over the exercises that count, less the penalty for lateness; meaningless unless `status` is
    `graded`.
    """
    max_score: float
    """Points that can be won, without bonus, equal for all students."""
    complete: bool
    """False while something waits for a person or could not be graded: the score is provisional."""
    passed: bool
    """True where every check passed or is for a person to mark, a bonus apart."""
    late: bool
    """Whether it was handed in late: as the platform says, or after it was due."""
    handed_in_at: str | None
    """When it was handed in: ISO 8601, in UTC; null where the platform does not tell."""
    lateness: Lateness | None
    """Null where it was in time, or where it is not known by how much it was late."""
    path: str
    """Where the hand-in is in the folder or archive of the class. Untrusted text."""
    files: list[str]
    """The files that were read. Untrusted text."""
    left_out: list[str]
    """The files that were not graded, because the assignment limits their number. Untrusted text."""
    other_assignments: list[str]
    """The ids of other assignments of the course that the files name; they were graded for this one."""
    outcome: (
        Literal["completed", "failed", "timeout", "memory", "output", "crashed", "exited", "sandbox_error", "not_run"]
        | None
    )
    """How the run ended that ended worst, in the words of `grader.result/1`; null where nothing ran."""
    why: str
    """Why the status is `broken`, or why the result is not final; else empty."""
    not_final: bool
    """A file ran out of time while the machine was busy: the next batch grades it again."""
    graded_at: str | None
    """When it was graded: ISO 8601, in UTC, such as `2026-10-03T14:05:00Z`; null where it was not."""
    exercises: list[Exercise]
    """The exercises that something can be said about; one that counts and is not here was not attempted."""


def to_dict(result: model.StudentResult, results: model.ClassResults) -> Line:
    """One student of a class as plain dicts, lists, strings and numbers."""
    numbers = {asked.id: asked.number for asked in results.exercises}
    return {
        "schema": SCHEMA,
        "student": _student(result.student),
        "group": [_student(student) for student in result.group],
        "assignment": results.assignment,
        "assignment_title": results.title,
        "course": course_info(results.course),
        "basis": results.basis,
        "status": result.status,
        "score": rounded(result.score),
        "max_score": rounded(result.max_score),
        "complete": result.complete,
        "passed": result.passed,
        "late": result.late,
        "handed_in_at": None if result.handed_in_at is None else _time(result.handed_in_at),
        "lateness": None if result.lateness is None else _lateness(result.lateness),
        "path": result.path,
        "files": list(result.files),
        "left_out": list(result.left_out),
        "other_assignments": list(result.other_assignments),
        "outcome": None if result.outcome is None else result.outcome.value,
        "why": result.why,
        "not_final": result.not_final,
        "graded_at": None if result.graded_at is None else _time(result.graded_at),
        "exercises": [_exercise(exercise, numbers.get(exercise.id, "")) for exercise in result.exercises],
    }


def render(results: model.ClassResults) -> str:
    """A line for each student, in ASCII.

    Raises SandboxError if a score is not finite, which only a fault of the grader can cause.
    """
    try:
        lines = [json.dumps(to_dict(result, results), allow_nan=False) for result in results.students]
    except ValueError as error:
        message = "A score in the results is not a finite number. This is a fault of the grader."
        raise SandboxError(message) from error
    return without_commands("".join(f"{line}\n" for line in lines))


def json_schema() -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) of one line."""
    return schema_of(Line, title=SCHEMA)


def _student(student: model.Student) -> Student:
    return {"key": student.key, "name": student.name, "id": student.id, "email": student.email}


def _lateness(lateness: model.Lateness) -> Lateness:
    return {
        "seconds": int(lateness.by.total_seconds()),
        "periods": lateness.periods,
        "penalty": rounded(lateness.penalty),
        "score_before": rounded(lateness.score_before),
        "ended": lateness.ended,
    }


def _exercise(exercise: model.ClassExercise, number: str) -> Exercise:
    return {
        "id": exercise.id,
        "title": exercise.title,
        "status": exercise.status,
        "score": rounded(exercise.score),
        "max_score": rounded(exercise.max_score),
        "number": number,
        "bonus": exercise.bonus,
        "file": exercise.file,
        "checks": [_check(check) for check in exercise.checks],
    }


def _check(check: model.ClassCheck) -> Check:
    return {
        "id": check.id,
        "kind": check.kind,
        "title": check.title,
        "status": check.status,
        "score": None if check.score is None else rounded(check.score),
        "max_score": rounded(check.max_score),
        "mistake": check.mistake,
        "marked_by": check.marked_by,
        "comment": check.comment,
        "given": None if check.given is None else _given(*check.given),
        "withheld": check.withheld,
        "visibility": check.visibility,
    }


def _given(score: float, max_score: float) -> Given:
    return {"score": rounded(score), "max_score": rounded(max_score)}


def _time(moment: datetime) -> str:
    """ISO 8601 in whole seconds; times without a zone are UTC."""
    utc = moment if moment.tzinfo is None else moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%SZ}"
