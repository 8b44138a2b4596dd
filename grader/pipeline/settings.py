"""What a grader grades by: the exercises of a loaded course, and how submissions are run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from grader import submission as submissions
from grader.course.course import Course, CourseExercise
from grader.course.course_folder import name_of
from grader.course.pack_file import Pack
from grader.errors import CourseError, SubmissionError
from grader.judging.sections import ExerciseNames
from grader.judging.sections.hashed_questions import HashedQuestion
from grader.model import Assignment, Audience, Basis, CourseSource, JudgingCourse, Limits
from grader.pipeline.assignment_data import data_of
from grader.pipeline.options import GradingOptions
from grader.pipeline.run_limits import run_limits
from grader.submission.fingerprints import Handout, handout_of

DEFAULT_SEED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What submissions are graded by. ``basis``: what their total is of."""

    exercises: tuple[CourseExercise, ...]
    """With an assignment: in its order, and with rubrics scaled to its points."""
    basis: Basis
    seed: int
    limits: Limits
    assignment: Assignment | None = None
    course: JudgingCourse | None = None
    """The course, as reports name it."""
    assignment_ids: tuple[str, ...] = ()
    """The ids of all assignments of the course."""
    handout: Handout = field(default_factory=Handout)
    data: Mapping[str, Path] = field(default_factory=dict)
    """The folders with data for a run, by their paths in the course; see ``Job.data``."""
    threads: Literal[1, 2] = 1
    """See ``Job.threads``. References that submissions are compared with always run with one."""
    skip_broken: bool = False
    """Grade also where the reference of an exercise that was asked for fails: that exercise is then an error."""
    audience: Audience = "staff"
    """Who reads what is said of broken references."""
    others: tuple[ExerciseNames, ...] = ()
    """The names of the course's exercises that are not graded: where one begins, the section before it ends."""
    questions: tuple[HashedQuestion, ...] = ()
    """Questions that are known by hashes, of all exercises of the course."""
    pack: Pack | None = None
    """What the course says of itself where it is a pack for students."""

    @property
    def explicit(self) -> bool:
        """Whether the exercises were asked for, by an assignment or by name, so that all of them count."""
        return self.basis != "found"


def settings_of(course: Course, options: GradingOptions, *, name: str | None = None) -> Settings:
    """What the options ask for. ``name``: what reports call the course; None: as ``name_of`` does, which may read all
    of its files.

    Raises UsageError for an assignment or exercise that the course does not have, CourseError if the assignment's
    handout cannot be read.
    """
    assignment = None if options.assignment is None else course.assignment(options.assignment)
    basis: Basis = "exercises" if options.exercises else "found" if assignment is None else "assignment"
    exercises = course.select(options.exercises, assignment)
    graded = {item.exercise.id for item in exercises}
    return Settings(
        exercises=exercises,
        basis=basis,
        assignment=assignment,
        course=JudgingCourse(
            name=name_of(course.root) if name is None else name,
            source=cast("CourseSource", options.course_source),
            holds_submission=options.holds_submission,
            covered=None if course.pack is None else course.pack.points,
            whole=None if course.pack is None else course.pack.total,
        ),
        assignment_ids=tuple(known.id for known in course.assignments),
        seed=_seed(options, assignment, course.pack),
        limits=run_limits(exercises, assignment, options.timeout_s),
        handout=course.handout if assignment is None else course.handout.joined(_handout(assignment)),
        data=data_of(course, assignment, exercises),
        skip_broken=options.skip_broken,
        audience=options.audience,
        questions=course.questions,
        others=tuple(item.exercise.names for item in course.exercises if item.exercise.id not in graded)
        + _elsewhere(course.pack),
        pack=course.pack,
    )


def _elsewhere(pack: Pack | None) -> tuple[ExerciseNames, ...]:
    """The exercises of the assignment of which a pack has no check."""
    return () if pack is None else tuple(ExerciseNames(id=one.id, title=one.title) for one in pack.elsewhere)


def _seed(options: GradingOptions, assignment: Assignment | None, pack: Pack | None) -> int:
    if options.seed is not None:
        return options.seed
    if pack is not None:
        return pack.seed
    if options.for_class and assignment is not None and assignment.seed is not None:
        return assignment.seed
    return DEFAULT_SEED


def _handout(assignment: Assignment) -> Handout:
    try:
        return handout_of(submissions.load(str(path)) for path in assignment.handout)
    except SubmissionError as error:
        raise CourseError(f"The handout of the assignment `{assignment.id}` cannot be read. {error}") from error
