"""The known submissions of a course, each with the verdicts that its ``verdicts.yaml`` asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from grader import submission
from grader.course.course import Course, CourseExercise
from grader.course.known_submissions import Expected, load_known_submissions
from grader.model import ExerciseReport, Limits, Report, Submission
from grader.pipeline.grader import Grader
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings
from grader.sandbox.sandbox import Sandbox
from grader.workbench.bench import given_with
from grader.workbench.grade_file import graded_exercise
from grader.workbench.known_verdicts import differences


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A submission, and what its ``verdicts.yaml`` says of it."""

    item: CourseExercise
    path: Path
    expected: Expected

    @property
    def id(self) -> str:
        return f"{self.item.exercise.id}/{self.path.name}"


def known_submissions(course: Course) -> Iterator[Known]:
    for item in course.exercises:
        yield from known_submissions_of(item)


def known_submissions_of(item: CourseExercise) -> Iterator[Known]:
    for known in load_known_submissions(item.known, item.exercise):
        yield Known(item=item, path=known.path, expected=known.expected)


def grade_alone(sandbox: Sandbox, store: ReferenceStore, item: CourseExercise, path: Path) -> Report:
    """Grade a file for one exercise, as ``grade validate`` does."""
    settings = Settings(
        exercises=(item,), basis="exercises", seed=0, limits=Limits(), handout=given_with(item), skip_broken=True
    )
    return Grader(sandbox, settings, store).grade(submission.load(str(path)))


def attempted(finder: Grader, path: Path) -> set[str]:
    """The exercises that a file is an attempt at, where its name says nothing."""
    report = finder.grade(nameless(path))
    return {exercise.id for exercise in report.exercises if exercise.status != "not_attempted"}


def nameless(path: Path) -> Submission:
    """A submission whose file name says nothing."""
    return replace(submission.load(str(path)), path=f"homework{path.suffix}")


def assert_gets_its_verdicts(sandbox: Sandbox, store: ReferenceStore, known: Known) -> None:
    (exercise,) = grade_alone(sandbox, store, known.item, known.path).exercises
    assert_as_expected(exercise, known.expected)


def assert_as_expected(exercise: ExerciseReport, expected: Expected) -> None:
    """As ``grade validate`` compares them."""
    found = list(differences(expected, graded_exercise(exercise)))
    assert not found, "\n".join(f"{each.text}\n  {each.said}" for each in found)


def assert_reference_gets_full_marks(sandbox: Sandbox, store: ReferenceStore, item: CourseExercise) -> None:
    report = grade_alone(sandbox, store, item, item.solution)
    (exercise,) = report.exercises
    assert report.passed, [check.message for check in exercise.checks]
    assert exercise.score == exercise.max_score
