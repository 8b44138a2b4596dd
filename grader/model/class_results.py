"""The results of a class: who handed in, and with what result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from grader.model.observation import Level, Outcome
from grader.model.report import CheckStatus, ExerciseStatus
from grader.model.submission import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """A student, as far as the names of the files that were handed in tell."""

    key: str
    """Identifies the student within a gradebook: the learning platform's id if there is one, else the email address,
    else the name as it is written in the file's or folder's name.
    """
    name: str
    id: str = ""
    """The learning platform's id; empty if not known."""
    email: str = ""
    """Empty if not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCheck:
    """The fields of a CheckReport that the gradebook keeps in columns of their own."""

    id: str
    kind: str
    title: str
    status: CheckStatus
    score: float | None
    max_score: float
    mistake: str = ""
    cell: int | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredExercise:
    """The fields of an ExerciseReport that the gradebook keeps in columns of their own."""

    id: str
    title: str
    status: ExerciseStatus
    score: float
    max_score: float
    checks: tuple[StoredCheck, ...] = ()
    """Empty if the exercise was not attempted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReport:
    """A Report as the gradebook keeps it.

    The processes that grade make the document, in parallel. The only process that writes the gradebook stores it as it
    is; if it got the Report instead, it would have to serialise all reports itself.
    """

    document: bytes
    """The JSON document ``grader.result/1``, compressed. See ``gradebook.report_format``."""
    outcome: Outcome
    level: Level
    passed: bool
    complete: bool
    exercises: tuple[StoredExercise, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """The result of one file's content, as the gradebook keeps it. Students who hand in the same content share it."""

    key: str
    """The cache key of the content; see ``grader.pipeline.cache_keys``."""
    status: Literal["graded", "broken"]
    """``broken``: the content could not be read, run or judged."""
    rubrics: str
    """The digest of the rubrics by which it was marked."""
    why: str = ""
    """The reason for ``broken``."""
    judged: bytes = b""
    """The JudgedSubmission, packed, so that changed rubrics can mark it without a run; empty if nothing was judged."""
    report: StoredReport | None = None
    """None if nothing was judged."""
    words: Mapping[str, str] = field(default_factory=dict)
    """By exercise id, what a person has to read to mark it; only for exercises with a check that a person marks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCheck:
    """One check of one student's answer, with manual marks included."""

    id: str
    kind: str
    title: str
    status: CheckStatus
    score: float | None
    """Points; None until a person has marked it."""
    max_score: float
    mistake: str = ""
    """What the rubric says about the known mistake that was made, or empty."""
    marked_by: str = ""
    """Who marked it by hand, or empty."""
    comment: str = ""
    """What that person wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassExercise:
    """One student's answer to one exercise. If the student handed in several files, the best answer counts."""

    id: str
    title: str
    status: ExerciseStatus
    score: float
    max_score: float
    checks: tuple[ClassCheck, ...]
    file: str = ""
    """The file with this answer."""


StudentStatus = Literal["graded", "broken", "pending"]
"""``broken``: nothing could be read or run. ``pending``: handed in, but not graded yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentResult:
    """How one student did in one assignment."""

    student: Student
    status: StudentStatus
    score: float
    """Sum over ``ClassResults.exercises``; an exercise that the student did not attempt counts as 0."""
    max_score: float
    """Sum over ``ClassResults.exercises`` but those that could be graded for nobody, so that it is equal for all."""
    complete: bool
    """False while a check waits for a person, or if something could not be graded: the score is provisional."""
    passed: bool
    """Every exercise was graded, and each of its checks passed or waits for a person."""
    exercises: tuple[ClassExercise, ...]
    path: str
    """Where the hand-in is in the folder or archive of the class."""
    files: tuple[str, ...] = ()
    """The paths of the files that were read."""
    late: bool = False
    outcome: Outcome | None = None
    """The worst outcome of the student's runs; None if nothing was run."""
    why: str = ""
    """The reason for ``broken``."""
    graded_at: datetime | None = None
    """UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedExercise:
    """An exercise that counts for every student of an assignment."""

    id: str
    title: str
    max_score: float
    ungraded: str = ""
    """Why it could be graded for nobody (its reference solution is broken), in sentences: it counts in no total then.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassResults:
    """The results of one assignment."""

    assignment: str
    exercises: tuple[AskedExercise, ...]
    """Those that the instructor named, or else all that at least one student attempted."""
    students: tuple[StudentResult, ...]
    """In the order of their names."""
    graded_at: datetime | None = None
    """UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerToMark:
    """An answer that a person marks. A mark counts for all students who handed in the same file."""

    id: str
    """Identifies the answer in the gradebook."""
    students: tuple[Student, ...]
    file: str
    exercise: str
    """The exercise's id."""
    exercise_title: str
    statement: str
    """The exercise's statement, as Markdown; may be empty."""
    check: str
    """The check's id."""
    check_title: str
    max_score: float
    answer: str
    """What the student wrote, unabridged."""
    location: Location | None
    points: float | None = None
    """The mark; None while the answer waits for it. The other fields of the mark are empty then."""
    comment: str = ""
    marked_by: str = ""
    marked_at: datetime | None = None
    """UTC."""
