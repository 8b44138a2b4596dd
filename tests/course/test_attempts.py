"""What counts as an attempt in the built-in course: small files in the manner of learners, graded without being told
which exercises they are about.
"""

from __future__ import annotations

import json

import pytest

from grader.model import ExerciseReport, Report
from grader.pipeline.grader import Grader
from grader.pipeline.options import GradingOptions
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import settings_of
from grader.sandbox.sandbox import Sandbox
from grader.submission import read
from tests.helpers.builtin import loaded_course

COURSE = loaded_course()


@pytest.fixture(scope="module")
def grader(sandbox: Sandbox, store: ReferenceStore) -> Grader:
    return Grader(sandbox, settings_of(COURSE, GradingOptions(course=COURSE.root)), store)


def grade(grader: Grader, *cells: str) -> Report:
    """Grade a script, or a notebook where several cells are given; those that begin with ``# `` are Markdown."""
    if len(cells) == 1:
        return grader.grade(read(cells[0].encode(), "homework.py"))
    made = [
        {"cell_type": "markdown" if cell.startswith("# ") else "code", "metadata": {}, "source": cell, "outputs": []}
        for cell in cells
    ]
    return grader.grade(read(json.dumps({"cells": made, "metadata": {}, "nbformat": 4}).encode(), "homework.ipynb"))


def attempted(report: Report) -> set[str]:
    return {exercise.id for exercise in report.exercises if exercise.status != "not_attempted"}


def only(report: Report) -> ExerciseReport:
    (exercise,) = (exercise for exercise in report.exercises if exercise.status != "not_attempted")
    return exercise


SINE = "import matplotlib.pyplot as plt\nimport torch\nx = torch.linspace(0, 10, 100, requires_grad=True)\n"


DRAWN = "import matplotlib.pyplot as plt\nx = torch.linspace(-3, 3, 101)\nplt.plot(x, torch.sin(x))\n"
NUMPY = "import matplotlib.pyplot as plt\nimport numpy as np\nt = np.linspace(0, 6.5, 80)\n"


class TestCodeInASection:
    def test_what_failed_is_an_attempt_and_the_report_says_why(self, grader: Grader) -> None:
        report = grade(
            grader,
            "# Sine and its derivative",
            SINE + "y = x.sin()\ny.backwards()",
            "# The gradient of a dot product",
            "x = torch.arange(4.0, requires_grad=True)\ny = 2 * torch.dot(x, x)\ny.backward()",
        )
        scores = {exercise.id: exercise.score for exercise in report.exercises if exercise.status == "graded"}
        assert scores == {"sin-derivative": 0, "dot-gradient": 3}
        (sine,) = (exercise for exercise in report.exercises if exercise.id == "sin-derivative")
        assert (
            sine.message == "Cell 1 (`import matplotlib.pyplot as plt`), line 5 raised AttributeError: "
            "'Tensor' object has no attribute 'backwards'."
        )
        (dot,) = (exercise for exercise in report.exercises if exercise.id == "dot-gradient")
        assert dot.message == ""  # a cause is claimed only where it was seen

    @pytest.mark.parametrize(
        ("heading", "code", "reason"),
        [
            ("# Sine and its derivative", "x = torch.linspace(0, 10, 100)", "NameError"),
            ("# Backward, twice", "import torch\nx = torch.ones(2\nx.sum().backward(\uff09", "does not parse"),
            ("# Backward, twice", "y.backward(\uff09", "SyntaxError"),
            ("# Detach, a constant out of the graph", "z.sum().backward()\nprint(x.grad == u)", "NameError"),
            ("## 5. sin-derivative: 正弦函数", "plt.plot(x.detach(), x.grad)", "NameError"),
        ],
    )
    def test_so_is_what_never_reached_torch(self, grader: Grader, heading: str, code: str, reason: str) -> None:
        exercise = only(grade(grader, heading, code))
        assert exercise.score == 0
        assert reason in exercise.message or reason == "SyntaxError"

    @pytest.mark.parametrize(
        "code", ["import torch", "# TODO", "raise NotImplementedError()", "answer = None", "def f(x):\n    pass", "x"]
    )
    def test_what_does_nothing_is_none(self, grader: Grader, code: str) -> None:
        assert attempted(grade(grader, "# Sine and its derivative", code)) == set()

    def test_an_error_that_is_asked_for_is_no_reason(self, grader: Grader) -> None:
        code = "import torch\nx = torch.ones(3, requires_grad=True)\ny = x @ x\ny.backward()\ny.backward()"
        exercise = only(grade(grader, "# Backward, twice", code))
        assert (exercise.score, exercise.message) == (2, "")


TORCH = "import torch\n"
TUTORIAL = """\
x = torch.randn(3, requires_grad=True)
y = x * 2
while y.data.norm() < 1000:
    y = y * 2
y.backward(torch.tensor([0.1, 1.0, 0.0001]))
"""
RANGE = "x = torch.arange(1., 5., requires_grad=True)\n"
ONES = "x = torch.ones(3, requires_grad=True)\n"
TWICE = "y.backward(retain_graph=True)\ny.backward()\n"


class TestEvidence:
    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            # The derivative drawn against the sine: not only what is right proves an attempt.
            (SINE + "s = x.sin()\ns.sum().backward()\nplt.plot(s.detach(), x.grad)", {"sin-derivative"}),
            (SINE + "x.sin().backward(torch.ones(100))\nplt.plot(x.detach(), x.sin().detach())", {"sin-derivative"}),
            # By differences, also over fewer points than the sine; and by a cosine.
            (DRAWN + "plt.plot(x, (torch.sin(x + 1e-3) - torch.sin(x)) / 1e-3)", {"sin-derivative"}),
            (DRAWN + "plt.plot(x[:-1], torch.diff(torch.sin(x)) / 0.06)", {"sin-derivative"}),
            (DRAWN + "plt.plot(x, torch.cos(x))", {"sin-derivative"}),
            # A sine alone is drawn everywhere, and so are cosine and circle where nothing computed a gradient.
            (DRAWN, set()),
            (DRAWN + "plt.plot(x, torch.sigmoid(x))\nplt.plot(x, 0.5 * torch.cos(3 * x))", set()),
            (SINE + "plt.plot(x.detach(), x.cos().detach())\n(x**2).sum().backward()", set()),
            (NUMPY + "plt.plot(t, np.sin(t))\nplt.plot(t, np.cos(t))", set()),
            (NUMPY + "plt.plot(np.cos(t), np.sin(t))", set()),
            # Half a period, and only the derivative.
            (SINE.replace("10, 100", "3, 50") + "x.sin().sum().backward()\nplt.plot(x.grad)", {"sin-derivative"}),
            (SINE + "y = torch.sigmoid(x)\ny.sum().backward()\nplt.plot(x.detach(), x.grad)", set()),
            # Sums of squares stand everywhere, and mean nothing.
            ("x = torch.tensor([1., 2., 3.], requires_grad=True)\nx.grad.zero_()\n(x**2).sum().backward()", set()),
            ("x = torch.arange(40.0, requires_grad=True)\n(x * x).sum().backward()", set()),
            ("x = torch.linspace(0, 7, 25, requires_grad=True)\ny = torch.exp(x)\ny.sum().backward()", set()),
            ("x = torch.linspace(100, 200, 9, requires_grad=True)\ny = x * 16\ny.sum().backward()", set()),
            (TUTORIAL, set()),
            ("x = torch.ones(2, 2, requires_grad=True)\ny = x + 2\n(y * y * 3).mean().backward()", set()),
            # Two names are no evidence.
            (
                "x = torch.tensor(2., requires_grad=True)\nu = torch.ones(1, requires_grad=True)\n(u * x).backward()",
                set(),
            ),
            ("x = torch.arange(3.0, requires_grad=True)\nu = x**2\n(3 * u + 1).sum().backward()", set()),
            # Two passes that add up, and a clearing.
            (
                "x = torch.tensor([1., 2., 3.], requires_grad=True)\nfor i in range(2):\n    (x**3).sum().backward()\n"
                "x.grad.zero_()\n(x**3).sum().backward()",
                {"accumulate-and-zero"},
            ),
            (
                ONES + "for _ in range(3):\n    (2 * x).sum().backward()\n    x.grad = None",
                set(),
            ),
            (
                RANGE + "o = torch.optim.SGD([x], lr=0.1)\n(x**3).sum().backward()\n(x**2).sum().backward()\n"
                "o.zero_grad()\n(x**2).sum().backward()\no.step()",
                {"accumulate-and-zero"},
            ),
            # A loss of two parts, and gradients that are collected over several batches: that is training.
            (
                RANGE + "o = torch.optim.SGD([x], lr=0.1)\nfor _ in range(3):\n    o.zero_grad()\n"
                "    (x**2).sum().backward()\n    x.abs().sum().backward()\n    o.step()",
                set(),
            ),
            (
                RANGE + "for step in range(9):\n    (x * step).pow(2).mean().backward()\n    if step % 4 == 3:\n"
                "        x.data -= 0.1 * x.grad\n        x.grad = None",
                set(),
            ),
            # What one loss leaves in a tensor of another's, as where two networks play against each other.
            (
                RANGE
                + "g = torch.ones(4, requires_grad=True)\n"
                + "a, b = (torch.optim.SGD([one], 0.1) for one in (x, g))\n"
                + "for _ in range(3):\n    for _ in range(2):\n        a.zero_grad()\n"
                + "        (x * g).sum().backward()\n"
                + "        a.step()\n    b.zero_grad()\n    (x * g).sum().backward()\n    b.step()",
                set(),
            ),
            # An activation of one's own; a branch on what comes in.
            (
                "def leaky(x):\n    return torch.where(x > 0, x, 0.1 * x)\nw = torch.randn(3, 2, requires_grad=True)\n"
                "leaky(torch.randn(8, 3) @ w).mean().backward()",
                set(),
            ),
            (
                "def leaky(x):\n    x = x.clone()\n    x[x < 0] *= 0.1\n    return x\n"
                "w = torch.randn(3, requires_grad=True)\nleaky(w).sum().backward()",
                set(),
            ),
            (
                "def g(x):\n    return x**2 if x.sum() > 0 else -x\n"
                "for to in (1., -1.):\n    a = torch.full((3,), to, requires_grad=True)\n    g(a).sum().backward()",
                {"control-flow-redesign"},
            ),
            (
                "def g(x):\n    if x.sum() > 3:\n        return x * 5\n    return x**2\n"
                "for to in (1., 4.):\n    g(torch.full((3,), to, requires_grad=True)).backward()",
                {"control-flow-redesign"},
            ),
            ("def ramp(epoch):\n    return epoch * 2 if epoch < 5 else epoch\n[ramp(e) for e in range(9)]", set()),
            # A well-known tutorial takes ones, or random numbers.
            ("x = torch.randn(3, requires_grad=True)\nz = ((x + 2)**2 * 3).mean()\nz.backward()", set()),
            (RANGE + "z = ((x + 2)**2 * 3).mean()\nz.backward()", {"mean-and-sum"}),
            # The same graph, twice; and an error over a graph that two results share.
            ("x = torch.arange(4.0, requires_grad=True)\ny = (x * x).sum()\n" + TWICE, {"double-backward"}),
            (
                "w = torch.tensor([1., 2.], requires_grad=True)\nh = w**3\na, b = h.sum(), (2 * h).sum()\n"
                "a.backward()\nb.backward()",
                set(),
            ),
            # The error and the gradient 2x from the same y.
            (
                RANGE + "y = x * x\ntry:\n    y.backward()\n"
                "except RuntimeError as error:\n    print(error)\ny.backward(torch.ones_like(y))",
                {"nonscalar-backward"},
            ),
            (
                RANGE + "y = x * x\ny.sum().backward(retain_graph=True)\ny.backward()",
                {"nonscalar-backward"},
            ),
            (
                RANGE + "y = torch.exp(x)\ntry:\n    y.backward()\n"
                "except RuntimeError as error:\n    print(error)\ny.sum().backward()",
                set(),
            ),
            # What a plot needs is no answer to the exercise about it.
            (
                ONES + "try:\n    x.numpy()\nexcept RuntimeError:\n    x.detach().numpy()",
                set(),
            ),
        ],
    )
    def test_nobody_produces_it_by_accident(self, grader: Grader, code: str, expected: set[str]) -> None:
        assert attempted(grade(grader, TORCH + code)) == expected

    def test_code_in_methods_counts_as_well(self, grader: Grader) -> None:
        code = (
            "import unittest\nimport torch\n\n\nclass Tests(unittest.TestCase):\n    def test_it(self):\n"
            "        x = torch.arange(4.0, requires_grad=True)\n        y = x @ x\n        y.backward()\n"
            "        with self.assertRaises(RuntimeError):\n            y.backward()\n\n\n"
            "if __name__ == '__main__':\n    unittest.main()\n"
        )
        assert attempted(grade(grader, code)) == {"double-backward"}

    @pytest.mark.parametrize(
        ("heading", "argument", "expected"),
        [
            ("# Control flow with a single number", "torch.randn(())", "control-flow"),
            ("# Control flow with a vector input", "torch.randn(3)", "vector-control-flow"),
        ],
    )
    def test_a_wrong_function_of_a_section_is_none_of_ones_own(
        self, grader: Grader, heading: str, argument: str, expected: str
    ) -> None:
        code = (
            "import torch\ndef f(a):\n    b = a * 3\n    while b.norm() < 100:\n        b = b * 2\n"
            f"    return b if b.sum() > 0 else 10 * b\na = {argument}.requires_grad_()\nf(a).sum().backward()"
        )
        assert attempted(grade(grader, heading, code)) == {expected}
        assert attempted(grade(grader, "# My notes", code)) == {"control-flow-redesign"}


class TestAskedFor:
    def test_by_a_heading_a_choice_of_elements_is_control_flow(self, grader: Grader) -> None:
        code = (
            "import torch\ndef g(x):\n    return torch.where(x > 0, x**2, -x)\n"
            "a = torch.tensor([1., -2., 3.], requires_grad=True)\ng(a).sum().backward()"
        )
        exercise = only(grade(grader, "# A control flow of your own", code))
        assert [check.status for check in exercise.checks] == ["passed", "passed", "passed", "manual"]

    def test_to_pass_is_enough(self, sandbox: Sandbox, store: ReferenceStore) -> None:
        """Who was asked for an exercise need not show that it was meant."""
        asked = ("norm-squared", "double-backward", "detach-semantics")
        settings = settings_of(COURSE, GradingOptions(course=COURSE.root, exercises=asked))
        code = TORCH + "x = torch.arange(3.0, requires_grad=True)\nfor _ in range(2):\n    (x**2).sum().backward()\n"
        report = Grader(sandbox, settings, store).grade(read(code.encode(), "homework.py"))
        scores = {exercise.id: (exercise.status, exercise.score) for exercise in report.exercises}
        assert scores == {
            "norm-squared": ("graded", 2),
            "double-backward": ("graded", 2.5),
            "detach-semantics": ("not_attempted", 0),
        }
