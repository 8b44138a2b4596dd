"""The exercises that the pages of the docs show work as they stand there: they are one course, whose reference
solutions get full marks, and whose known submissions get their verdicts.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.course import Course, load_course
from grader.course.known_submissions import VERDICTS
from grader.pipeline.references import ReferenceStore
from grader.sandbox.sandbox import Sandbox
from tests.helpers.docs_course import exercise_ids, known_names, shown_files, write_course
from tests.helpers.known_submissions import (
    Known,
    assert_gets_its_verdicts,
    assert_reference_gets_full_marks,
    known_submissions,
)

FILES = shown_files(Path(__file__).parents[2])


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return load_course(write_course(FILES, tmp_path_factory.mktemp("docs")))


@pytest.fixture(scope="module")
def known(course: Course) -> dict[tuple[str, str], Known]:
    """The known submissions, by their exercise and their file's name."""
    return {(one.item.exercise.id, one.path.name): one for one in known_submissions(course)}


@pytest.mark.parametrize("exercise", exercise_ids(FILES))
def test_a_reference_solution_gets_full_marks(
    sandbox: Sandbox, store: ReferenceStore, course: Course, exercise: str
) -> None:
    (item,) = course.select([exercise])
    assert_reference_gets_full_marks(sandbox, store, item)


@pytest.mark.parametrize(("exercise", "name"), known_names(FILES), ids=map("/".join, known_names(FILES)))
def test_a_known_submission_gets_its_verdicts(
    sandbox: Sandbox, store: ReferenceStore, known: dict[tuple[str, str], Known], exercise: str, name: str
) -> None:
    assert_gets_its_verdicts(sandbox, store, known[exercise, name])


def test_every_submission_that_a_page_shows_is_listed_in_its_verdicts() -> None:
    shown = {path for path in FILES if path.startswith("solutions/mistakes/") and not path.endswith(VERDICTS)}
    assert shown == {f"solutions/mistakes/{exercise}/{name}" for exercise, name in known_names(FILES)}
