"""What is in a template, as a notebook and as a script."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from grader import submission
from grader.course.course import load_course
from grader.workbench.templates.notebook_file import as_notebook
from grader.workbench.templates.script_file import as_script
from grader.workbench.templates.statement_headings import below_heading
from grader.workbench.templates.template import Template, TemplateCell, template_of
from tests.workbench.templates.small_course import write_small_course


@pytest.fixture
def template(tmp_path: Path) -> Template:
    course = load_course(write_small_course(tmp_path))
    assignment = course.assignment("hw2")
    return template_of(assignment, course.select((), assignment))


def test_it_has_a_statement_and_a_cell_for_the_answer_of_each_exercise(template: Template) -> None:
    assert template.cells == (
        TemplateCell(kind="markdown", source="# Second sheet\n\nDue Wed 2030-12-04 23:59 UTC.", id="sheet"),
        TemplateCell(
            kind="markdown",
            source="## 1. The slope of a sum of squares (2 points)\n\n### What to do\n\n"
            "Differentiate the sum of the squares of `x`.",
            id="slope-statement",
        ),
        TemplateCell(kind="code", source="# Your code here", id="slope-code", exercise="slope"),
        TemplateCell(
            kind="markdown",
            source="## 2. Why a constant has no slope (1 point, bonus)\n\nSay in a sentence why.",
            id="why-statement",
        ),
        TemplateCell(kind="markdown", source="*Your answer here.*", id="why-answer", exercise="why"),
    )


def test_the_notebook_is_valid_and_always_the_same(template: Template) -> None:
    content = as_notebook(template)
    nbformat.validate(nbformat.reads(content.decode(), 4))  # type: ignore[no-untyped-call]
    assert content == as_notebook(template)


def test_the_notebook_names_assignment_and_exercises(template: Template) -> None:
    notebook = json.loads(as_notebook(template))
    assert notebook["metadata"]["grader"] == {"assignment": "hw2"}
    named = [(cell["metadata"].get("grader"), cell["metadata"].get("tags")) for cell in notebook["cells"]]
    assert named[2] == ({"exercise": "slope"}, ["slope"])
    assert named[4] == ({"exercise": "why"}, ["why"])
    assert submission.read(as_notebook(template), "a.ipynb").assignment == "hw2"


def test_the_script_reads_as_the_same_cells(template: Template) -> None:
    script, notebook = (
        submission.read(content, name)
        for content, name in ((as_script(template), "a.py"), (as_notebook(template), "a.ipynb"))
    )
    assert script.assignment == "hw2"
    assert [cell.source.partition("\n")[2].strip() for cell in script.cells] == ["# Your code here"]
    # The marker of a script's cell names the exercise; in the notebook its metadata does.
    texts = [prose.text for prose in script.prose if prose.text != "slope"]
    assert texts == [prose.text for prose in notebook.prose]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("No heading.", "No heading."),
        ("## A\n\n#### B", "### A\n\n##### B"),
        ("### A", "### A"),
        ("# A\n```\n# a comment\n```\n#no heading", "### A\n```\n# a comment\n```\n#no heading"),
        ("# A\n\n##### B", "### A\n\n###### B"),
    ],
)
def test_headings_of_a_statement_move_below_that_of_the_exercise(before: str, after: str) -> None:
    assert below_heading(before, level=2) == after
