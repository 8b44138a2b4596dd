"""The class: who handed in, and how everybody did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from grader.model.observation import Outcome
from grader.model.report import CheckStatus, ExerciseStatus
from grader.model.submission import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """One student, as far as what was handed in says who that is.

    ``key`` tells students apart within a gradebook: the learning platform's own id where there is one, else the email
    address, else the name as it is written in the file's or folder's name. ``id`` and ``email`` are empty where they
    are not known.
    """

    key: str
    name: str
    id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """What came of one content: what whoever graded it hands back, and the gradebook keeps.

    ``key`` names the content (see ``batch.keys``). ``status`` is ``broken``, with the reason in ``why``, where it could
    not be read, or neither run nor judged. ``rubrics`` is the digest of the rubrics that it was marked by. ``judged``
    is what marking it again takes (``records``), ``result`` the document ``grader.result/1``; both are there
    whenever it was graded. ``words`` has, for each exercise of which something waits for a person, what they have to
    read.
    """

    key: str
    status: Literal["graded", "broken"]
    rubrics: str
    why: str = ""
    judged: bytes = b""
    result: Mapping[str, Any] | None = None
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCheck:
    """One check of one student's answer, manual marks included. ``score`` is None while a person has to mark it.

    ``mistake`` is the sentence of the rubric's named mistake that was made, or empty. ``marked_by`` is who marked it
    by hand, or empty; ``comment`` is what they wrote.
    """

    id: str
    kind: str
    title: str
    status: CheckStatus
    score: float | None
    max_score: float
    mistake: str = ""
    marked_by: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassExercise:
    """One student's answer to one exercise: of several files, the one that did best. ``file`` names it."""

    id: str
    title: str
    status: ExerciseStatus
    score: float
    max_score: float
    checks: tuple[ClassCheck, ...]
    file: str = ""


StudentStatus = Literal["graded", "broken", "pending"]
"""Graded; nothing could be read or run; handed in, but the batch has not come to it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentResult:
    """How one student did in one assignment.

    ``score`` and ``max_score`` are sums over ``ClassResults.exercises``, the same ones for everybody: an exercise that
    this student did not attempt counts with 0. ``complete`` is false while something waits for a person or could not be
    graded: the total is provisional. ``path`` is where it lies in what was handed in, ``files`` the files that were
    read, ``outcome`` how the run ended that ended worst, ``why`` the reason of ``broken``. Times are UTC.
    """

    student: Student
    status: StudentStatus
    score: float
    max_score: float
    complete: bool
    passed: bool
    exercises: tuple[ClassExercise, ...]
    path: str
    files: tuple[str, ...] = ()
    late: bool = False
    outcome: Outcome | None = None
    why: str = ""
    graded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedExercise:
    """An exercise that counts for everybody in an assignment."""

    id: str
    title: str
    max_score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassResults:
    """One assignment of a gradebook: ``students`` in the order of their names.

    ``exercises`` are those that were asked for, or, where none were, those that somebody attempted.
    """

    assignment: str
    exercises: tuple[AskedExercise, ...]
    students: tuple[StudentResult, ...]
    graded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One answer that a person marks, once for all students who handed in the same file.

    ``id`` names it in the gradebook. ``statement`` is the exercise's own text and may be empty; ``answer`` is what the
    student wrote, whole. The last four are the mark that it has; ``points`` is None where it still waits.
    """

    id: str
    students: tuple[Student, ...]
    file: str
    exercise: str
    exercise_title: str
    statement: str
    check: str
    check_title: str
    max_score: float
    answer: str
    location: Location | None
    points: float | None = None
    comment: str = ""
    marked_by: str = ""
    marked_at: datetime | None = None
