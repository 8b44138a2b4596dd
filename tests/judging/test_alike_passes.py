"""Passes that are alike among those that ``.grad`` sums, and what double-backward makes of them."""

from __future__ import annotations

import pytest

from grader.course.exercise import Exercise, load_exercise
from grader.course.named_courses import builtin_course
from tests.helpers.observing import Observer
from tests.judging.test_found_objects import verdicts

X = "import torch\nx = torch.tensor([1., 2.], requires_grad=True)\n"
B = "b = (x ** 3).sum()\n"


@pytest.fixture(scope="module")
def twice() -> Exercise:
    return load_exercise(builtin_course() / "exercises" / "double-backward.yaml")


@pytest.mark.parametrize(
    "code",
    [
        "(3 * x).sum().backward()\n" + B + "b.backward(retain_graph=True)\nb.backward()",
        # another pass between, before, after
        B + "b.backward(retain_graph=True)\n(3 * x).sum().backward()\nb.backward()",
        "x.sum().backward()\n" + B + "b.backward(retain_graph=True)\nx.sum().backward()\nb.backward()",
        B + "b.backward(retain_graph=True)\nb.backward()\n(3 * x).sum().backward()",
        # a clearing before
        "(3 * x).sum().backward()\nx.grad.zero_()\n" + B + "b.backward(retain_graph=True)\nb.backward()",
        B + "b.backward(retain_graph=True)\nx.grad = None\nb.backward(retain_graph=True)\nb.backward()",
        # a gradient given by hand before
        "x.grad = torch.ones(2)\n" + B + "b.backward(retain_graph=True)\nb.backward()",
        # computed anew
        "(3 * x).sum().backward()\n" + B + "b.backward()\n" + B + "b.backward()",
        "(3 * x).sum().backward()\nfor _ in range(3):\n    torch.dot(x, x).backward()",
        "(3 * x).sum().backward()\ntorch.dot(x, x).backward()\n(x * x).sum().backward()",
        # a vector with weights, element by element, in a function
        "(3 * x).sum().backward()\ny = x ** 3\nfor _ in range(2):\n    y.backward(torch.ones(2), retain_graph=True)",
        "y = x ** 3\ny.sum().backward(retain_graph=True)\ny.sum().backward()",
        "y = x ** 3\nfor _ in range(2):\n    for i in range(2):\n        y[i].backward(retain_graph=True)",
        "(3 * x).sum().backward()\ndef run(b):\n    b.backward(retain_graph=True)\n" + B + "run(b)\nrun(b)",
    ],
)
def test_two_passes_over_one_function_add_up(observe: Observer, twice: Exercise, code: str) -> None:
    assert verdicts(observe, twice, X + code)["gradient-accumulates"].status == "passed"


@pytest.mark.parametrize(
    ("code", "alike", "cleared_alike"),
    [
        # two functions
        ("(x * x).sum().backward()\n" + B + "b.backward()", 1, 0),
        ("(3 * x).sum().backward()\n" + B + "b.backward()", 1, 0),
        # other functions with the same gradient: 3 == 3 is no evidence
        ("x.sum().backward()\n(x + 5).sum().backward()", 1, 0),
        # the same gradient twice, of different functions
        ("torch.dot(x, x).backward()\n(2 * x.detach() * x).sum().backward()", 1, 0),
        # one result, weighed differently
        ("y = x ** 3\ny.sum().backward(retain_graph=True)\ny.mean().backward()", 1, 0),
        ("y = x ** 3\ny.sum().backward(retain_graph=True)\ny.backward(torch.tensor([1., 5.]))", 1, 0),
        ("y = x ** 3\ny[0].backward(retain_graph=True)\ny[1].backward()", 1, 0),
        # cleared between
        (B + "b.backward(retain_graph=True)\nx.grad.zero_()\nb.backward()", 1, 1),
        (B + "b.backward(retain_graph=True)\nx.grad = None\nb.backward()", 1, 1),
        (B + "b.backward(retain_graph=True)\nx.grad = None\n(3 * x).sum().backward()\nb.backward()", 1, 1),
        (B + "b.backward()\nx.grad.zero_()\n" + B + "b.backward()", 1, 1),
        # cleared, but before another function
        (B + "b.backward()\nx.grad.zero_()\nx.sum().backward()", 1, 0),
        # doubled by hand
        (B + "b.backward()\nx.grad = 2 * x.grad", 1, 0),
        # another tensor
        (B + "b.backward()\nx = x.detach().clone().requires_grad_()\n" + B + "b.backward()", 1, 0),
    ],
)
def test_what_does_not(observe: Observer, twice: Exercise, code: str, alike: int, cleared_alike: int) -> None:
    found = verdicts(observe, twice, X + code)["gradient-accumulates"]
    assert found.status == "failed"
    assert (found.variables[0]["alike"], found.variables[0]["cleared_alike"]) == (alike, cleared_alike)


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        # In Jupyter a name keeps its value when a statement fails.
        ((X, "x = x.detach(requires_grad=True)", B + "b.backward()", "b.backward()"), "passed"),
        ((X, "x = torch.arrange(3.)", B + "b.backward()", "b.backward()"), "passed"),
        ((X, "w = missing()", B + "b.backward()", "b.backward()"), "passed"),
        ((X + B, "b = b.missing()", "b.backward()", "b.backward()"), "passed"),
        ((X + B, "b.backward()", "b += missing", "b.backward()"), "passed"),
        ((X + B, "b.backward()\nb = missing()", B + "b.backward()", "b.backward()"), "passed"),
        ((X + B, "def run():\n    return missing()\nrun()", "b.backward()\nb.backward()"), "passed"),
        # The answer failed: what it should have made is another result than the older one.
        ((X + B + "b.backward()", "b = missing(x)", "b.backward()"), "failed"),
        ((X + B + "b.backward()", "b = torch.dot(x)", "b.backward()", "b.backward()"), "failed"),
    ],
)
def test_after_a_statement_that_failed(observe: Observer, twice: Exercise, cells: tuple[str, ...], status: str) -> None:
    found = verdicts(observe, twice, *cells)["second-backward-fails"]
    assert found.status == status
    assert ("What came of `b` was passed over" in found.message) is (status == "failed")
