"""A sentence that claims a cause is said where the cause is there, and not where only the values agree."""

from __future__ import annotations

from functools import cache

import pytest

from grader.course.exercise import Exercise, load_exercise
from grader.course.named_courses import builtin_course
from grader.course.rubric import Rubric, load_rubric
from grader.marking.check_scores import score_checks
from tests.helpers.observing import Observer
from tests.judging.test_found_objects import verdicts

T = "import torch\n"
X = T + "x = torch.arange(4.0, requires_grad=True)\n"
CUT = X + "y = x * x\nu = y.detach()\nz = u * x\nz.sum().backward()\nx.grad.zero_()\n"
V = T + "x = torch.tensor([1., 2.], requires_grad=True)\n"
B = "b = (x ** 3).sum()\n"


@cache
def _loaded(name: str) -> tuple[Exercise, Rubric]:
    exercise = load_exercise(builtin_course() / "exercises" / f"{name}.yaml")
    return exercise, load_rubric(builtin_course() / "rubrics" / f"{name}.yaml", exercise)


def said(observe: Observer, name: str, check: str, *codes: str) -> str:
    """The sentence of the named mistake at a check; empty if none was recognized."""
    exercise, rubric = _loaded(name)
    found = tuple(verdicts(observe, exercise, *codes).values())
    score = next(
        score for score, v in zip(score_checks(exercise, rubric, found), found, strict=True) if v.check == check
    )
    return score.mistake or ""


@pytest.mark.parametrize(
    ("check", "codes", "words"),
    [
        ("u-is-constant", (T + "x = torch.arange(4)\ny = x * x\nu = y.detach()",), "x holds integers"),
        ("u-is-constant", (T + "x = torch.arange(4.0)\ny = x * x\nu = y.detach()",), "x does not require grad"),
        ("u-is-constant", (X + "y = x * x\nu = y",), "still remembers where they came from"),
        ("u-is-constant", (X + "y = x * x\nu = x * x * 2",), ""),
        (
            "detached-gradient",
            (X + "y = x * x\nu = y.detach()\nz = (u * x).detach()\nz.sum().backward()",),
            "has no graph",
        ),
        ("detached-gradient", (X + "u = (x * x).detach()\nz = u * x.detach()\nz.sum().backward()",), "has no graph"),
        ("detached-gradient", (X + "u = (x * x).detach()\n(u + x).sum().backward()",), "u was added to x"),
        ("u-is-constant", (X + "y = x * x\nu = y.detach().clone().requires_grad_()",), "u requires grad itself"),
        ("graph-of-y-intact", (CUT + "u.sum().backward()",), "not u, that can"),
        # refused for the same reason, but it is not the product
        ("detached-gradient", (X + "u = (x * x).detach()\nu.sum().backward()",), ""),
        ("detached-gradient", (T + "x = torch.arange(4.0)\nu = x * x\nz = u * x\nz.sum().backward()",), ""),
        ("detached-gradient", (X + "u = (x * x).detach()\nz = u * x\nz.backward()",), "all elements of z at once"),
        ("detached-gradient", (X + "y = x * x\nu = y\nz = u * x\nz.sum().backward()",), "u was still attached"),
        ("detached-gradient", (X + "z = x * x * x\nz.sum().backward()",), "autograd went through every factor"),
        (
            "detached-gradient",
            (X + "y = x * x\nu = y.detach()\nz = y * x\nz.sum().backward()",),
            "it is not u that x was",
        ),
        (
            "graph-of-y-intact",
            (CUT.replace("y.detach()", "y.detach_()") + "y.sum().backward()",),
            "y itself is in no graph",
        ),
        (
            "graph-of-y-intact",
            (X + "with torch.no_grad():\n    y = x * x\nu = y\nz = u * x\nz.sum().backward()\ny.sum().backward()",),
            "y itself is in no graph",
        ),
        ("graph-of-y-intact", (CUT + "y = x * x\ny.sum().backward()",), "computed anew"),
        ("graph-of-y-intact", (CUT + "(x * x).sum().backward()",), "computed anew"),
        ("graph-of-y-intact", (CUT, X, "y = x * x\ny.sum().backward()"), "of another x"),
        (
            "graph-of-y-intact",
            (CUT + "x = torch.tensor(3., requires_grad=True)\ny = x ** 2\ny.backward()",),
            "of another x",
        ),
        # another x, but no gradient of y
        ("graph-of-y-intact", (CUT, X, "y = x * 3\ny.sum().backward()"), ""),
        ("graph-of-y-intact", (CUT,), ""),
        ("graph-of-y-intact", (CUT + "(y * x).sum().backward()\ny.sum().backward()",), "differentiated y · x"),
        (
            "graph-of-y-intact",
            (X + "y = x * x\n(y + 1).sum().backward()\nu = y.detach()\ny.sum().backward()",),
            "another one before it had gone through y already",
        ),
        ("graph-of-y-intact", (CUT + "y.backward()",), "all elements of y at once"),
        ("graph-of-y-intact", (CUT + "w = (x * 2) ** 2\nw.sum().backward()\nw.sum().backward()",), ""),
    ],
)
def test_detach_semantics(observe: Observer, check: str, codes: tuple[str, ...], words: str) -> None:
    sentence = said(observe, "detach-semantics", check, *codes)
    assert (words in sentence) if words else not sentence


@pytest.mark.parametrize(
    ("check", "code", "words"),
    [
        (
            "gradient-accumulates",
            B + "b.backward(retain_graph=True)\nx.grad.zero_()\nb.backward()",
            "cleared before it",
        ),
        ("gradient-accumulates", B + "b.backward()\nx.grad = None\n" + B + "b.backward()", "cleared before it"),
        # cleared, but not between two passes over one function
        (
            "gradient-accumulates",
            B + "b.backward()\ntry:\n    b.backward()\nexcept RuntimeError:\n    x.grad.zero_()",
            "so it added nothing",
        ),
        (
            "gradient-accumulates",
            f"{B}b.backward()\ntry:\n    b.backward()\nexcept RuntimeError:\n    1\nx.grad.zero_()\nx.sum().backward()",
            "so it added nothing",
        ),
        ("gradient-accumulates", "x.sum().backward()\nx.grad = None\n" + B + "b.backward()", ""),
        ("gradient-accumulates", "torch.where(x > 9, x, 0 * x).sum().backward()", ""),
        (
            "gradient-accumulates",
            "a = torch.zeros(2, requires_grad=True)\nfor _ in 'ab':\n    (a * a).sum().backward()",
            "twice zero",
        ),
        ("gradient-accumulates", "(x * x).sum().backward()\n" + B + "b.backward()", "went through different functions"),
        ("gradient-accumulates", "w = torch.ones(2)\n(w * w).sum().backward()", "requires grad"),
        ("gradient-accumulates", B + "b.backward()\nb.backward()", "so it added nothing"),
        ("gradient-accumulates", B + "b.backward()\nb.backward(retain_graph=True)", "the first pass has to be told"),
        (
            "gradient-accumulates",
            "for _ in range(2):\n    torch.autograd.grad((x * x).sum(), x)",
            "leaves x.grad alone",
        ),
        (
            "gradient-accumulates",
            B + "b.backward()\nx = torch.ones(2, requires_grad=True)\n" + B + "b.backward()",
            "two different",
        ),
        (
            "gradient-accumulates",
            "w = torch.ones(2, requires_grad=True)\n" + B + "b.backward()\nw.sum().backward()",
            "",
        ),
        ("second-backward-fails", "w = torch.ones(2)\n(w * w).sum().backward()", "requires grad"),
        ("second-backward-fails", "y = x * x\ny.backward()", "several elements"),
        ("second-backward-fails", "y = x * x\nx.requires_grad_(True)\nx.numpy()", ""),
        ("second-backward-fails", "y = x * x\ny.sum().backward()\nx += 1", ""),
    ],
)
def test_double_backward(observe: Observer, check: str, code: str, words: str) -> None:
    sentence = said(observe, "double-backward", check, V + code)
    assert (words in sentence) if words else not sentence


@pytest.mark.parametrize(
    ("check", "code", "words"),
    [
        ("adds-up", B + "b.backward()\nx.grad.zero_()\nx.sum().backward()", "its gradient was cleared"),
        ("adds-up", B + "b.backward()\nb.backward()", "raised an error, so it added nothing"),
        ("adds-up", B + "b.backward()\nx.grad.zero_()", ""),
        ("adds-up", B + "b.backward()\nw = torch.ones(2, requires_grad=True)\nw.sum().backward()", ""),
        ("adds-up", "w = torch.ones(2)\n(w * w).sum().backward()", "requires grad"),
        (
            "adds-up",
            "torch.autograd.grad((x * x).sum(), x)\ntorch.autograd.grad((x * x).sum(), x)",
            "leaves .grad alone",
        ),
        ("clean-after-zeroing", "for _ in range(3):\n    (x * x).sum().backward()", "nothing was cleared before it"),
        ("clean-after-zeroing", "for _ in range(2):\n    (x * x).sum().backward()\nx.grad.zero_()", ""),
        (
            "clean-after-zeroing",
            "for _ in range(2):\n    x.sum().backward()\nx = torch.ones(2, requires_grad=True)\nx.sum().backward()",
            "never had a gradient",
        ),
        (
            "clean-after-zeroing",
            "w = torch.ones(2, requires_grad=True)\nfor _ in range(2):\n    x.sum().backward()\nw.sum().backward()\n"
            "w.grad = None\nw.sum().backward()",
            "belongs to another tensor",
        ),
        (
            "clean-after-zeroing",
            "for _ in range(2):\n    x.sum().backward()\nx.grad = torch.ones(2)\nx.sum().backward()",
            "given other values by hand",
        ),
    ],
)
def test_accumulate_and_zero(observe: Observer, check: str, code: str, words: str) -> None:
    sentence = said(observe, "accumulate-and-zero", check, V + code)
    assert (words in sentence) if words else not sentence


@pytest.mark.parametrize(
    ("check", "code", "words"),
    [
        ("out-of-graph", "a = torch.zeros(3).detach().numpy()", "does not require grad"),
        (
            "out-of-graph",
            "try:\n    a = x.numpy().detach()\nexcept RuntimeError:\n    pass",
            "detach first, then convert",
        ),
        ("out-of-graph", "detach = 1\ntry:\n    a = x.numpy()\nexcept RuntimeError:\n    pass", ""),
        (
            "converted-without-graph",
            "try:\n    x.numpy()\nexcept RuntimeError:\n    x.detach()",
            "no other one succeeded",
        ),
        (
            "converted-without-graph",
            "try:\n    x.numpy()\nexcept RuntimeError:\n    x.detach()\ntorch.zeros(3).numpy()",
            "was never in a graph",
        ),
        ("numpy-fails", "a = x.detach().numpy()", "Nothing was refused here"),
    ],
)
def test_numpy_conversion(observe: Observer, check: str, code: str, words: str) -> None:
    sentence = said(observe, "numpy-conversion", check, V + code)
    assert (words in sentence) if words else not sentence


def test_a_declared_name_that_is_missing_is_said_by_the_names_that_were_looked_for(observe: Observer) -> None:
    exercise, _ = _loaded("detach-semantics")
    found = verdicts(observe, exercise, X + "y = x * x")["u-is-constant"]
    assert found.message == "Nothing named `u` (or `u_*`) was found."
