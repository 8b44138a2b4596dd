"""numpy-conversion asks what happened to the tensor that became an array, not which names stand in the code."""

from __future__ import annotations

import pytest

from grader.course.exercise import Exercise, load_exercise
from grader.course.named_courses import builtin_course
from tests.helpers.observing import Observer
from tests.judging.test_found_objects import verdicts

X = "import torch\nimport numpy as np\nx = torch.tensor([1., 2., 4.], requires_grad=True)\n"
REFUSED = X + "try:\n    x.numpy()\nexcept RuntimeError as error:\n    print(error)\n"


@pytest.fixture(scope="module")
def conversion() -> Exercise:
    return load_exercise(builtin_course() / "exercises" / "numpy-conversion.yaml")


@pytest.mark.parametrize(
    "code",
    [
        "a = x.detach().numpy()",
        "a = torch.detach(x).numpy()",
        "u = x.detach()\nother = u\na = other.numpy()",
        "a = x.detach().clone().cpu().numpy()",
        "a = np.asarray(x.detach())",
        "a = np.array(x.data)",
        "a = x.data.numpy()",
        "a = (2 * x).detach()[0:2].numpy()",
        "a = getattr(x, 'data').numpy()",
        "with torch.no_grad():\n    a = x.numpy()",
        "with torch.no_grad():\n    y = 3 * x\na = y.numpy()",
        "with torch.inference_mode():\n    a = (x + 1).numpy()",
        "@torch.no_grad()\ndef convert(t):\n    return t.mul(2).numpy()\na = convert(x)",
        "torch.set_grad_enabled(False)\na = x.numpy()",
        "a = x.numpy(force=True)",
        "y = x * 2\ny.detach_()\na = y.numpy()",
        "a = [t.detach().numpy() for t in (x, x * 2)]",
        "a = torch.stack([x.detach(), x.detach()]).numpy()",
        "detach = torch.Tensor.detach\na = detach(x).numpy()",
        "import matplotlib.pyplot as plt\nplt.plot(x.detach())",
    ],
)
def test_a_tensor_out_of_its_graph_becomes_an_array(observe: Observer, conversion: Exercise, code: str) -> None:
    found = verdicts(observe, conversion, REFUSED + code)
    assert {verdict.status for verdict in found.values()} == {"passed"}


@pytest.mark.parametrize(
    "code",
    [
        # names that take nothing out of a graph
        "data = [1, 2]\na = torch.tensor(data).numpy()",
        "data = torch.zeros(3)\na = data.numpy()",
        "detach = 3\nno_grad = True\na = torch.zeros(3).numpy()",
        "def detach(t):\n    return t * 1\ny = detach(x)\na = torch.zeros(3).numpy()",
        "def show(data=None, force=False):\n    return data\nshow(data=x, force=True)\na = torch.ones(1).numpy()",
        "from collections import namedtuple\nBatch = namedtuple('Batch', 'data label')\n"
        "batch = Batch(torch.zeros(3), 1)\na = batch.data.numpy()",
        "class Frame:\n    data = torch.ones(3)\na = Frame().data.numpy()",
        "from torch import no_grad, inference_mode\na = torch.zeros(3).numpy()",
        "a = np.zeros(3).data",
        # taken out of no graph
        "a = torch.zeros(3).detach().numpy()",
        "t = torch.tensor([1., 2., 4.])\na = t.data.numpy()",
        "with torch.no_grad():\n    a = torch.zeros(3).numpy()",
        "with torch.no_grad():\n    pass\na = torch.zeros(3).numpy()",
        "torch.zeros(3).detach_().numpy()",
        # what autograd computed was never in a graph
        "(x * x).sum().backward()\na = x.grad.numpy()",
        "(x * x).sum().backward()\nwith torch.no_grad():\n    a = x.grad.numpy()",
        # never reached
        "if False:\n    a = x.detach().numpy()",
        "def convert(t):\n    return t.detach().numpy()",
    ],
)
def test_names_are_no_evidence(observe: Observer, conversion: Exercise, code: str) -> None:
    found = verdicts(observe, conversion, REFUSED + code)
    assert {check: verdict.status for check, verdict in found.items()} == {
        "numpy-fails": "passed",
        "out-of-graph": "failed",
        "converted-without-graph": "failed",
    }


@pytest.mark.parametrize(
    "code",
    [
        "u = x.detach()\na = torch.zeros(3).numpy()",
        "u = x.detach()\n(x * x).sum().backward()\na = x.grad.numpy()",
        "u = x.detach()\na = np.array(u.tolist())",
        "with torch.no_grad():\n    y = 2 * x\nprint(y)",
        "with torch.no_grad():\n    y = torch.ones(3) * x\n",
        "y = x * 1\ny.detach_()",
        "print(x.data)",
    ],
)
def test_the_converted_tensor_has_to_be_the_one(observe: Observer, conversion: Exercise, code: str) -> None:
    found = verdicts(observe, conversion, REFUSED + code)
    assert found["out-of-graph"].status == "passed"
    assert found["converted-without-graph"].status == "failed"


def test_an_optimizer_takes_nothing_out_of_a_graph(observe: Observer, conversion: Exercise) -> None:
    step = "optimizer = torch.optim.SGD([x], lr=0.1)\n(x * x).sum().backward()\noptimizer.step()\n"
    found = verdicts(observe, conversion, REFUSED + step + "optimizer = torch.optim.Adam([x])\noptimizer.step()")
    assert found["out-of-graph"].status == "failed"
