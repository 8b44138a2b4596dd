"""The templates of the built-in assignments: graded as they are, and with the reference solutions in their cells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader import submission
from grader.course.named_courses import builtin_course
from grader.model import Cell, Report
from grader.pipeline.grader import Grader
from grader.pipeline.options import GradingOptions
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import settings_of
from grader.sandbox.sandbox import Sandbox
from grader.workbench.templates.notebook_file import as_notebook
from grader.workbench.templates.script_file import as_script
from grader.workbench.templates.template import Template, TemplateCell, template_of
from tests.helpers.builtin import loaded_course

COURSE = loaded_course()
ASSIGNMENTS = tuple(assignment.id for assignment in COURSE.assignments)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
class TestBuiltInAssignments:
    @pytest.mark.parametrize("suffix", ["ipynb", "py"])
    def test_an_untouched_template_is_no_attempt(
        self, assignment: str, suffix: str, sandbox: Sandbox, store: ReferenceStore
    ) -> None:
        made = builtin_template(assignment)
        report = grade(as_notebook(made) if suffix == "ipynb" else as_script(made), assignment, sandbox, store)
        assert report.score == 0
        assert {exercise.status for exercise in report.exercises} == {"not_attempted"}
        assert not [check for exercise in report.exercises for check in exercise.checks if check.status == "passed"]

    def test_the_reference_solutions_in_their_cells_get_full_marks(
        self, assignment: str, sandbox: Sandbox, store: ReferenceStore
    ) -> None:
        filled = with_references(builtin_template(assignment))
        report = grade(as_notebook(filled), assignment, sandbox, store)
        failed = [
            f"{exercise.id}: {check.id}: {check.status}"
            for exercise in report.exercises
            for check in exercise.checks
            if check.status != "passed" and not (check.kind == "answer" and check.status == "manual")
        ]
        assert not failed
        assert {exercise.status for exercise in report.exercises} == {"graded"}


def builtin_template(assignment: str) -> Template:
    asked = COURSE.assignment(assignment)
    return template_of(asked, COURSE.select((), asked))


def with_references(template: Template) -> Template:
    """The template with a solution in each cell: the code in the cell for code, and what is text in that for words."""
    solutions = {item.exercise.id: submission.load(str(item.solution)) for item in COURSE.exercises}

    def filled(cell: TemplateCell) -> TemplateCell:
        if not cell.exercise:
            return cell
        solution = solutions[cell.exercise]
        parts = solution.cells if cell.kind == "code" else solution.prose
        return replace(cell, source="\n\n".join(part.source if isinstance(part, Cell) else part.text for part in parts))

    return replace(template, cells=tuple(map(filled, template.cells)))


def grade(content: bytes, assignment: str, sandbox: Sandbox, store: ReferenceStore) -> Report:
    """Grade the content of a file, whose format is told from it, for the assignment."""
    settings = settings_of(COURSE, GradingOptions(course=builtin_course(), assignment=assignment))
    return Grader(sandbox, settings, store).grade(submission.read(content, "handed-out"))
