"""What the exercise language can say: a course of exercises for it, with known submissions."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.course import CourseExercise, load_course
from grader.pipeline.references import ReferenceStore
from grader.sandbox.sandbox import Sandbox
from tests.helpers.known_submissions import (
    Known,
    assert_gets_its_verdicts,
    assert_reference_gets_full_marks,
    known_submissions,
    known_submissions_of,
)

COURSE = load_course(Path(__file__).parents[1] / "language_course")


@pytest.mark.parametrize("item", COURSE.exercises, ids=lambda item: item.exercise.id)
def test_a_reference_solution_gets_full_marks(sandbox: Sandbox, store: ReferenceStore, item: CourseExercise) -> None:
    assert_reference_gets_full_marks(sandbox, store, item)


@pytest.mark.parametrize("known", list(known_submissions(COURSE)), ids=lambda known: known.id)
def test_a_known_submission_gets_its_verdicts(sandbox: Sandbox, store: ReferenceStore, known: Known) -> None:
    assert_gets_its_verdicts(sandbox, store, known)


def test_every_file_beside_the_verdicts_is_listed_there() -> None:
    for item in COURSE.exercises:
        folder = item.solution.parent / "mistakes" / item.exercise.id
        listed = {known.path for known in known_submissions_of(item)}
        assert {path for path in folder.iterdir() if path.suffix in (".py", ".ipynb")} == listed
