"""The course ``from-scratch``: its exercises, its sheets, and that nothing in it is taken for the built-in course's.

``make test`` grades every reference and known submission by its own exercise, and every reference by all exercises of
both courses; ``make test-all`` also every known submission by all of them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import cast

import nbformat
import pytest

from grader import submission
from grader.course.course import Course, CourseExercise, load_course
from grader.course.named_courses import named_course
from grader.model import Assignment
from grader.pipeline.grader import Grader
from grader.pipeline.open_grader import OpenGrader
from grader.pipeline.options import GradingOptions
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import settings_of
from grader.sandbox.sandbox import Sandbox
from grader.workbench.proofs.cross_talk import is_right
from grader.workbench.templates.proven_template import prove_template
from grader.workbench.templates.template import template_of
from tests.helpers.builtin import loaded_course
from tests.helpers.known_submissions import (
    Known,
    assert_gets_its_verdicts,
    assert_reference_gets_full_marks,
    attempted,
    known_submissions,
)
from tests.helpers.once_sandbox import once_for
from tests.helpers.packs import OnSandbox, graded, make, write

ROOT = cast(Path, named_course("from-scratch"))
COURSE = load_course(ROOT)
BUILT_IN = loaded_course()
KNOWN = list(known_submissions(COURSE))
SHEETS = ("regression-and-losses", "own-backwards", "layers", "training", "derivatives-at-work")


def name_of(item: CourseExercise) -> str:
    return item.exercise.id


@pytest.mark.parametrize("item", COURSE.exercises, ids=name_of)
def test_a_reference_solution_gets_full_marks(sandbox: Sandbox, store: ReferenceStore, item: CourseExercise) -> None:
    assert_reference_gets_full_marks(sandbox, store, item)


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.id)
def test_a_known_submission_gets_its_verdicts(sandbox: Sandbox, store: ReferenceStore, known: Known) -> None:
    assert_gets_its_verdicts(sandbox, store, known)


@pytest.mark.parametrize("item", COURSE.exercises, ids=name_of)
def test_an_exercise_has_wrong_and_unusual_right_submissions_and_names_mistakes(item: CourseExercise) -> None:
    known = [each for each in KNOWN if each.item is item]
    right = sum(is_right(each.expected) for each in known)
    assert right >= 2
    assert len(known) - right >= 4
    listed = {each.path for each in known}
    folder = ROOT / "solutions" / "mistakes" / item.exercise.id
    assert {path for path in folder.iterdir() if path.suffix in (".py", ".ipynb")} == listed
    assert all(check.hint for check in item.rubric.checks.values())
    assert any(check.mistakes for check in item.rubric.checks.values())


class TestSheets:
    def test_five_of_them_ask_for_each_exercise_once(self) -> None:
        assert {sheet.id for sheet in COURSE.assignments} == set(SHEETS)
        asked = [each.id for sheet in COURSE.assignments for each in sheet.exercises]
        assert sorted(asked) == [item.exercise.id for item in COURSE.exercises]
        assert len(asked) == 24

    def test_their_exercises_stand_in_the_docs_in_this_order(self, root: Path) -> None:
        page = (root / "docs" / "from-scratch.md").read_text("utf-8")
        named = re.findall(r"^\| \*{0,2}`([a-z-]+)`", page, re.MULTILINE)
        sheets = {sheet.id: sheet for sheet in COURSE.assignments}
        assert named == [name for sheet in SHEETS for name in (sheet, *(each.id for each in sheets[sheet].exercises))]

    @pytest.mark.parametrize("sheet", COURSE.assignments, ids=lambda sheet: sheet.id)
    def test_a_template_is_worth_nothing_as_it_is(
        self, sandbox: Sandbox, store: ReferenceStore, sheet: Assignment
    ) -> None:
        class Opened(OnSandbox):
            def preload(self, modules: object) -> None:
                """The worker of the tests has everything."""

        opened = cast(OpenGrader, Opened(sandbox, store))
        template = template_of(sheet, COURSE.select((), sheet))
        proven = prove_template(template, COURSE, ("ipynb", "py"), opened)
        assert proven.exercises == len(sheet.exercises)

    @pytest.mark.parametrize("sheet", COURSE.assignments, ids=lambda sheet: sheet.id)
    def test_a_pack_grades_all_references_of_its_sheet(
        self, sandbox: Sandbox, store: ReferenceStore, tmp_path: Path, sheet: Assignment
    ) -> None:
        on = OnSandbox(sandbox, store)
        pack = write(make(COURSE, sheet.id, on).files, tmp_path / "pack")
        path = notebook_of(COURSE.select((), sheet), tmp_path / f"{sheet.id}.ipynb")
        report = graded(path, pack, sheet.id, on)
        assert {each.id: each.status for each in report.exercises} == {each.id: "graded" for each in sheet.exercises}
        assert report.passed


def test_all_references_in_one_notebook_get_full_marks(sandbox: Sandbox, store: ReferenceStore, tmp_path: Path) -> None:
    settings = settings_of(COURSE, GradingOptions(course=ROOT))
    path = notebook_of(COURSE.exercises, tmp_path / "everything.ipynb")
    report = Grader(sandbox, settings, store).grade(submission.load(str(path)))
    assert {each.id: each.score for each in report.exercises} == {
        item.exercise.id: item.rubric.total for item in COURSE.exercises
    }


def notebook_of(exercises: tuple[CourseExercise, ...], path: Path) -> Path:
    """The reference solutions, each below the title of its exercise."""
    made = nbformat.v4.new_notebook()
    for item in exercises:
        made.cells += [
            nbformat.v4.new_markdown_cell(f"## {item.exercise.title}"),
            nbformat.v4.new_code_cell(item.solution.read_text("utf-8")),
        ]
    nbformat.write(made, path)
    return path


@pytest.fixture(scope="module")
def finder(sandbox: Sandbox, store: ReferenceStore) -> Grader:
    """Looks for all exercises of both courses."""
    exercises = (*BUILT_IN.exercises, *COURSE.exercises)
    settings = settings_of(BUILT_IN, GradingOptions(course=BUILT_IN.root))
    both = replace(settings, exercises=exercises, others=(), handout=settings.handout.joined(COURSE.handout))
    return Grader(once_for(sandbox, exercises), both, store)


class TestBothCourses:
    """Where nothing says what a file answers."""

    @pytest.mark.parametrize("item", [*BUILT_IN.exercises, *COURSE.exercises], ids=name_of)
    def test_a_reference_is_an_attempt_at_its_own_exercise_only(self, finder: Grader, item: CourseExercise) -> None:
        assert attempted(finder, item.solution) <= {item.exercise.id}

    @pytest.mark.exhaustive
    @pytest.mark.parametrize("known", [*known_submissions(BUILT_IN), *KNOWN], ids=lambda known: known.id)
    def test_so_is_a_known_submission(self, finder: Grader, known: Known) -> None:
        assert attempted(finder, known.path) <= {known.item.exercise.id, *known.expected.besides}


def test_the_course_is_the_one_that_is_listed() -> None:
    assert isinstance(COURSE, Course)
    assert COURSE.settings.title == "Deep learning from scratch"
