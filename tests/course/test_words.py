"""Answers in words, graded as a student's: what stays for a person, and what is judged beside it."""

from __future__ import annotations

import json

import pytest

from grader.course.named_courses import builtin_course
from grader.model import ExerciseReport, Report
from grader.pipeline.grader import Grader
from grader.pipeline.options import GradingOptions
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import settings_of
from grader.sandbox.sandbox import Sandbox
from grader.submission import read
from tests.helpers.builtin import loaded_course
from tests.helpers.submission_files import code, markdown, notebook

COURSE = loaded_course()
NOTEBOOK = notebook(
    code("import torch\nx = torch.arange(4.0, requires_grad=True)"),
    code("y = 2 * torch.dot(x, x)\ny.backward()"),
    markdown(
        "2. Run backward once more directly after the first time and look at what happens.\n\n"
        "An error, for nothing is left of the graph; with retain_graph=True it works, and the gradients add up."
    ),
)
SCRIPT = """\
# 1. Why are second derivatives more expensive than first derivatives?
# Whatever is done for the first one has to be done again, on a graph that is larger.
import torch

x = torch.arange(4.0, requires_grad=True)
y = x @ x
y.backward()
y.backward()
"""


def grade(sandbox: Sandbox, store: ReferenceStore, content: str, name: str, **options: object) -> Report:
    settings = settings_of(COURSE, GradingOptions(course=builtin_course(), **options))  # type: ignore[arg-type]
    return Grader(sandbox, settings, store).grade(read(content.encode(), name))


def of(report: Report, identity: str) -> ExerciseReport:
    return next(exercise for exercise in report.exercises if exercise.id == identity)


@pytest.mark.parametrize("options", [{}, {"exercises": ("double-backward",)}, {"assignment": "autograd-basics"}])
def test_an_answer_below_the_question_waits_for_a_person(
    sandbox: Sandbox, store: ReferenceStore, options: dict[str, object]
) -> None:
    report = grade(sandbox, store, json.dumps(NOTEBOOK), "homework.ipynb", **options)
    twice = of(report, "double-backward")
    assert twice.status == "graded"
    assert {check.status for check in twice.checks} == {"manual"}
    assert not report.complete
    assert twice.words is not None
    assert twice.words.text.startswith("An error, for nothing is left of the graph")
    assert twice.words.place == "text below cell 2 (`y = 2 * torch.dot(x, x)`)"


def test_a_comment_names_what_stands_below_it_and_not_the_whole_script(sandbox: Sandbox, store: ReferenceStore) -> None:
    report = grade(sandbox, store, SCRIPT, "homework.py")
    second = of(report, "second-derivative")
    assert {check.status for check in second.checks} == {"manual"}
    assert second.words is not None
    assert second.words.place == "line 2"
    twice = of(report, "double-backward")
    assert [check.status for check in twice.checks] == ["passed", "failed"]


def test_words_beside_code_that_failed_are_kept(sandbox: Sandbox, store: ReferenceStore) -> None:
    script = "import torch\nx = torch.ones(3)\n\n# Backward, twice\n# I think that the graph is gone.\nx.backwards()\n"
    twice = of(grade(sandbox, store, script, "homework.py"), "double-backward")
    assert {check.status for check in twice.checks} <= {"failed", "skipped"}
    assert twice.words is not None
    assert "I think that the graph is gone" in twice.words.text
