"""accumulate-and-zero: what is cleared is the gradient of the tensor whose gradients added up."""

from __future__ import annotations

import pytest

from grader.course.exercise import Exercise, load_exercise
from grader.course.named_courses import builtin_course
from tests.helpers.observing import Observer
from tests.judging.test_found_objects import verdicts

X = "import torch\nx = torch.tensor([1., 2.], requires_grad=True)\nw = torch.ones(2, requires_grad=True)\n"
TWICE = X + "x.sum().backward()\n(x * x).sum().backward()\n"


@pytest.fixture(scope="module")
def accumulate() -> Exercise:
    return load_exercise(builtin_course() / "exercises" / "accumulate-and-zero.yaml")


@pytest.mark.parametrize(
    "codes",
    [
        (TWICE + "x.grad.zero_()\nx.sum().backward()",),
        (TWICE, "x.grad = None", "x.sum().backward()"),
        (TWICE + "v = x\nx = None\nv.grad.zero_()\nv.sum().backward()",),
        (TWICE + "kept = [x]\ndel x\nkept[0].grad = None\nkept[0].sum().backward()",),
        (TWICE + "def again(t):\n    t.grad.zero_()\n    t.sum().backward()\nagain(x)",),
        (TWICE + "w.sum().backward()\nx.grad.zero_()\nw.sum().backward()\nx.sum().backward()",),
        # a new tensor, on which gradients add up again
        (TWICE, TWICE + "x.grad = None\nx.sum().backward()"),
        # two tensors in each pass
        (X + "for _ in 'ab':\n    (x * w).sum().backward()\nw.grad = None\n(x * w).sum().backward()",),
    ],
)
def test_the_gradient_of_that_tensor_is_cleared(
    observe: Observer, accumulate: Exercise, codes: tuple[str, ...]
) -> None:
    assert verdicts(observe, accumulate, *codes)["clean-after-zeroing"].status == "passed"


@pytest.mark.parametrize(
    "codes",
    [
        (TWICE + "w.sum().backward()\nw.grad.zero_()\nw.sum().backward()",),
        (TWICE, X + "x.sum().backward()\nx.grad = None\nx.sum().backward()"),
        (TWICE + "x = x.detach().clone().requires_grad_()\nx.sum().backward()\nx.grad = None\nx.sum().backward()",),
        (TWICE + "w.grad = torch.ones(2)\nw.grad.zero_()\nw.sum().backward()",),
        (TWICE + "o = torch.optim.SGD([w], lr=0.1)\nfor _ in 'abc':\n    o.zero_grad()\n    (w * w).sum().backward()\n"
         "    o.step()",),
        (TWICE + "def again():\n    x = torch.ones(2, requires_grad=True)\n    for _ in 'ab':\n        x.grad = None\n"
         "        x.sum().backward()\nagain()",),
    ],
)  # fmt: skip
def test_that_of_another_one_shows_nothing(observe: Observer, accumulate: Exercise, codes: tuple[str, ...]) -> None:
    found = verdicts(observe, accumulate, *codes)
    assert found["adds-up"].status == "passed"
    assert found["clean-after-zeroing"].status == "failed"
