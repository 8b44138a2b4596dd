"""The results of a class: who handed in, and with what result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from grader.model.assignment import Basis, LatePolicy
from grader.model.judging_course import JudgingCourse
from grader.model.observation import Level, Outcome
from grader.model.report import CheckStatus, ExerciseStatus, Report, Visibility
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
    chosen: Mapping[str, str] = field(default_factory=dict)
    withheld: str = ""
    """Why it was withheld, and the lines of code, for the person who marks it; empty if it was not."""


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
    """The reason for ``broken``; of ``graded``, why the result is not final, so that the next batch grades it again."""
    not_final: bool = False
    """It has to be graded again; see ``RunSummary``."""
    kept_waiting: float = 0.0
    """For what share of its time it was kept waiting, if it ran out of time."""
    unreadable: bool = False
    """The content itself is the reason for ``broken``: it is no notebook, script or notes, and never will be."""
    judged: bytes = b""
    """The JudgedSubmission, packed, so that changed rubrics can mark it without a run; empty if nothing was judged."""
    report: StoredReport | None = None
    """None if nothing was judged."""
    evidence: bytes | None = b""
    """What the report's pictures are drawn from, packed; None if it was only marked again: what is stored stays."""
    words: Mapping[str, str] = field(default_factory=dict)
    """By exercise id, what a person has to read to mark it; only for exercises with a check that a person marks."""
    other_assignment: str = ""
    """The id of another assignment of the course, which the file names; empty if it names none."""


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
    given: tuple[float, float] | None = None
    """The points that this person gave, and of how many, if these were other points than ``score`` of ``max_score``."""
    withheld: bool = False
    """It would have passed, but a person has to look at it first."""
    visibility: Visibility = "public"

    @property
    def is_right(self) -> bool:
        """Whether it passed. What a person marks counts as passed, but what was withheld only with full points."""
        if self.withheld:
            return self.score is not None and self.score >= self.max_score
        return self.status in ("passed", "manual")


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
    bonus: bool = False
    """Its points are added to the score and not to the maximum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """By how much a student was late, and what it cost."""

    handed_in_at: datetime
    """In the zone of the time when it was due."""
    by: timedelta
    """How long after it was due."""
    periods: int = 0
    """How many periods of the policy (such as days) had begun; 0 where lateness costs nothing."""
    share: float = 0.0
    """The share of the assignment's points that this costs: at most 1."""
    score_before: float
    """The points without the penalty."""
    penalty: float = 0.0
    """The points that were taken away; never more than there were."""
    ended: bool = False
    """It was handed in after the time until which late work is taken: nothing is given."""


StudentStatus = Literal["graded", "broken", "pending"]
"""``broken``: nothing could be read or run. ``pending``: handed in, but not graded yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentResult:
    """How one student did in one assignment."""

    student: Student
    status: StudentStatus
    score: float
    """Sum over ``ClassResults.exercises``, less the penalty for lateness. An exercise that the student did not attempt
    counts as 0.
    """
    max_score: float
    """Sum over ``ClassResults.exercises`` but a bonus, and what could be graded for nobody: equal for all students."""
    complete: bool
    """False while a check waits for a person, or if something could not be graded: the score is provisional."""
    passed: bool
    """Every exercise that is no bonus was graded, and each of its checks passed or waits for a person."""
    exercises: tuple[ClassExercise, ...]
    path: str
    """Where the hand-in is in the folder or archive of the class."""
    group: tuple[Student, ...] = ()
    """All students of the group that handed in together; empty if the student did alone."""
    files: tuple[str, ...] = ()
    """The paths of the files that were read."""
    left_out: tuple[str, ...] = ()
    """The paths of the files that were not graded, because the assignment limits their number."""
    late: bool = False
    """The platform says that it was late, or it was handed in after it was due."""
    handed_in_at: datetime | None = None
    """UTC; None if not known."""
    lateness: Lateness | None = None
    """None if it was in time, or if it is not known by how much it was late."""
    other_assignments: tuple[str, ...] = ()
    """The ids of other assignments of the course that the files name."""
    outcome: Outcome | None = None
    """The worst outcome of the student's runs; None if nothing was run."""
    why: str = ""
    """The reason for ``broken``, in whole or in part, or why the result is not final."""
    not_final: bool = False
    """A file ran out of time while the machine was busy, and the next batch grades it again."""
    graded_at: datetime | None = None
    """UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentReports:
    """One student's result with the reports of the files that it is of, for staff."""

    result: StudentResult
    reports: tuple[Report, ...]
    """One for each file that could be run, in the order of ``result.files``; their paths are those of the files. Marks
    by hand are in them, and where another file has the answer that counts, the exercise's message says so.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedExercise:
    """An exercise that counts for every student of an assignment."""

    id: str
    title: str
    max_score: float
    number: str = ""
    """The number that the assignment's sheet gives it; empty without an assignment, or if editions differ."""
    bonus: bool = False
    """Its points are added to the score and not to the maximum."""
    ungraded: str = ""
    """Why it could be graded for nobody (its reference solution is broken), in sentences: it counts in no total then.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassResults:
    """The results of one assignment."""

    assignment: str
    """Its id; without an assignment, the name of the class's work."""
    exercises: tuple[AskedExercise, ...]
    """Those of the assignment or those that the instructor named, or else all that at least one student attempted."""
    students: tuple[StudentResult, ...]
    """In the order of their names."""
    graded_at: datetime | None = None
    """UTC."""
    title: str = ""
    """The assignment's title; empty without one."""
    basis: Basis = "exercises"
    """What the totals are of."""
    course: JudgingCourse | None = None
    """The course that judged last; None in a gradebook that does not know it."""
    due: datetime | None = None
    """With its zone; None if it is not due, or without an assignment."""
    late: LatePolicy | None = None
    """What lateness costs; None: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenMark:
    """The points that a person gave for an answer."""

    version: int
    """Tells the marks of one answer apart; more than 0."""
    points: float
    max_score: float
    comment: str
    marked_by: str
    marked_at: datetime | None
    """UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerToMark:
    """An answer that a person marks. It is one hand-in's: a mark counts for all students of a group."""

    id: str
    """Identifies the answer in the gradebook."""
    students: tuple[Student, ...]
    file: str
    exercise: str
    """The exercise's id."""
    exercise_title: str
    number: str = ""
    """The exercise's number on the assignment's sheet, or empty."""
    statement: str
    """The exercise's statement, as Markdown; may be empty."""
    check: str
    """The check's id."""
    check_title: str
    max_score: float
    answer: str
    """What the student wrote, unabridged; of a check that was withheld, why it was, and the lines of code."""
    location: Location | None
    place: str = ""
    """``location`` in words, with the cell's first line; empty in a gradebook of before."""
    source: str = ""
    """The student's line at ``location``; empty if it is not known."""
    points: float | None = None
    """The mark; None while the answer waits for it. The other fields of the mark are empty then."""
    comment: str = ""
    marked_by: str = ""
    marked_at: datetime | None = None
    """UTC."""
    version: int = 0
    """That of the mark; 0 while the answer waits. A mark is only kept by somebody who has seen the latest version."""
    alike: frozenset[str] = frozenset()
    """Digests of what was handed in: of the file, and of the words to read. See ``is_alike``."""
    offered: GivenMark | None = None
    """Of an answer that waits: the latest mark of an identical answer. It counts here only if a person says so."""

    def is_alike(self, other: AnswerToMark) -> bool:
        """Whether both answers are to one check of equal worth, and in identical files or in identical words."""
        same_check = (self.exercise, self.check, self.max_score) == (other.exercise, other.check, other.max_score)
        return same_check and not self.alike.isdisjoint(other.alike)
