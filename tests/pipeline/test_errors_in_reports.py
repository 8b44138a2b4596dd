"""Errors of whole submissions, from the file to the report in every format."""

from __future__ import annotations

import json

import pytest

from grader.course.named_courses import builtin_course
from grader.model import ExerciseReport, Report
from grader.pipeline.grader import Grader
from grader.pipeline.options import GradingOptions
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import settings_of
from grader.report import json as result
from grader.report.terminal import report as terminal
from grader.sandbox.sandbox import Sandbox
from grader.submission import read
from tests.helpers.builtin import loaded_course
from tests.helpers.submission_files import code, markdown, notebook

COURSE = loaded_course()


def grade(sandbox: Sandbox, store: ReferenceStore, content: str, name: str = "homework.ipynb") -> Report:
    options = GradingOptions(course=builtin_course(), exercises=("double-backward",))
    return Grader(sandbox, settings_of(COURSE, options), store).grade(read(content.encode(), name))


def twice(report: Report) -> ExerciseReport:
    (exercise,) = report.exercises
    return exercise


def test_an_import_that_fails_explains_all_that_follows(sandbox: Sandbox, store: ReferenceStore) -> None:
    cells = [
        code("import missing_module\nimport torch\n!ls", execution_count=3),
        markdown("## Backward, twice"),
        code("x = torch.arange(4.0, requires_grad=True)\ny = x @ x", execution_count=4),
        code("y.backward()\ny.backward()", execution_count=5),
    ]
    report = grade(sandbox, store, json.dumps(notebook(*cells)))
    first, *others = report.run.errors
    assert [(error.type, error.cause == first.location, error.needs) for error in others] == [
        ("NameError", True, ("torch",)),
        ("NameError", True, ("y",)),
    ]
    messages = [check.message for check in twice(report).checks if check.status == "failed"]
    reason = "In [4] (`x = torch.arange(4.0, requires_grad=Tru…`), line 1 raised NameError: name 'torch' is not defined"
    assert messages
    assert all(f"{reason}, which follows from the error at In [3]" in message for message in messages)
    page = terminal.render_page([report], many=False)
    assert "and 2 more statements failed, for lack of `torch`, `y`" in page
    assert page.count("raised NameError") == 1
    assert "In [3] (`import missing_module`), line 3: `!ls` does nothing here" in page
    document = result.to_dict(report)
    assert document["run"]["errors"][1]["cause"] == {"cell": 1, "line": 1, "file_line": 1}
    assert document["exercises"][0]["checks"][0]["message"] == messages[0]


def test_an_error_that_is_asked_for_is_fine(sandbox: Sandbox, store: ReferenceStore) -> None:
    script = """
        import torch
        x = torch.arange(4.0, requires_grad=True)
        y = x @ x
        y.backward()
        y.backward()
        x.grad = None
        y = x @ x
        y.backward(retain_graph=True)
        y.backward()
    """
    report = grade(sandbox, store, "\n".join(line.strip() for line in script.splitlines()), "homework.py")
    assert report.passed
    assert [error.provoked for error in report.run.errors] == [True]
    page = terminal.render_page([report], many=False)
    assert "An exercise asks for an error: line 6 (RuntimeError)." in page
    assert "Uncaught errors" not in page


def test_a_script_that_colab_exported_costs_only_what_is_broken(sandbox: Sandbox, store: ReferenceStore) -> None:
    script = (
        "!pip install d2l\nimport torch\nx = torch.ones(3, requires_grad=True)\ny = x @ x\ny.backward()\n"
        "get_ipython().run_line_magic('matplotlib', 'inline')\ny.backward()\nz = (\n"
    )
    report = grade(sandbox, store, script, "homework.py")
    assert [(error.type, error.provoked) for error in report.run.errors] == [
        ("RuntimeError", True),
        ("SyntaxError", False),
    ]
    assert report.run.notices == (
        "line 1: `!pip install d2l` does nothing here: packages come from the course's environment",
    )


def test_a_question_in_a_cell_for_code_is_said_to_be_text_in_every_cell(
    sandbox: Sandbox, store: ReferenceStore
) -> None:
    script = "# %%\nWhy does the second call fail\n# %%\nimport torch\nWhat do you see here\nx = torch.ones(2)\n"
    report = grade(sandbox, store, script, "036.py")
    assert [(error.location and error.location.line, error.text) for error in report.run.errors] == [
        (2, TEXT),
        (5, TEXT),
    ]


TEXT = "This is text, not Python: begin it with #, or put it into a Markdown cell. This line was left out."

TWICE = "Trying to backward through the graph a second time"
NO_GRAPH = "element 0 of tensors does not require grad and does not have a grad_fn"
RAISING = {
    "hook": "def h(g): raise RuntimeError('{text}')\ny = (x * x).sum()\nx.register_hook(h)\n",
    "hook of a module": (
        "def h(m, i, o): raise RuntimeError('{text}')\nm = torch.nn.Linear(3, 1)\nm.register_full_backward_hook(h)\n"
        "y = m(x).sum()\n"
    ),
    "own function": (
        "class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, a): return (a * a).sum()\n"
        "    @staticmethod\n    def backward(ctx, g): raise RuntimeError('{text}')\ny = F.apply(x)\n"
    ),
    "hook of saved tensors": (
        "def h(t): raise RuntimeError('{text}')\n"
        "with torch.autograd.graph.saved_tensors_hooks(lambda t: t, h):\n    y = (x * x).sum()\n"
    ),
}  # fmt: skip


class TestCausesOfErrors:
    """What a rubric says of the cause of an error is true of torch's own errors only."""

    @staticmethod
    def _said(sandbox: Sandbox, store: ReferenceStore, code: str) -> str:
        setup = "import torch\nx = torch.tensor([1.0, 2.0, 4.0], requires_grad=True)\n"
        end = "try:\n    y.backward()\nexcept RuntimeError as error: print(error)\n"
        return " ".join(
            str(check.message) for check in twice(grade(sandbox, store, setup + code + end, "hw.py")).checks
        )

    @pytest.mark.parametrize("text", [TWICE, NO_GRAPH], ids=["twice", "no graph"])
    @pytest.mark.parametrize("kind", RAISING)
    def test_of_the_students_own(self, sandbox: Sandbox, store: ReferenceStore, kind: str, text: str) -> None:
        said = self._said(sandbox, store, RAISING[kind].format(text=text))
        assert "The second backward over one result" not in said
        assert "requires grad" not in said

    @pytest.mark.parametrize(
        ("code", "cause"),
        [
            ("y = (x * x).sum()\ny.backward()\n", "The second backward over one result raised an error"),
            ("y = x.detach().sum()\n", "nothing that its result was computed from requires grad"),
        ],
    )
    def test_of_torchs(self, sandbox: Sandbox, store: ReferenceStore, code: str, cause: str) -> None:
        assert cause in self._said(sandbox, store, code)
