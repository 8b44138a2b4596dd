"""Where plotted values came from: the arithmetic, and the whole of it through a real worker."""

from __future__ import annotations

import numpy as np
import pytest

from grader.provenance import SCALE, find_sources, respond
from tests.observing import Observer

COSINE = np.cos(np.linspace(0, 6.3, 100))


class TestResponses:
    def test_a_curve_that_moves_along_is_autograds(self) -> None:
        assert respond(COSINE, COSINE * (1 + SCALE)) == "autograd"

    def test_a_second_derivative_moves_twice(self) -> None:
        assert respond(COSINE, COSINE * (1 + SCALE) ** 2) == "autograd"

    def test_a_curve_that_stays_is_not(self) -> None:
        assert respond(COSINE, COSINE.copy()) == "other"

    def test_a_curve_that_changes_otherwise_is_unknown(self) -> None:
        assert respond(COSINE, COSINE[::-1].copy() + 0.3) == "unknown"
        assert respond(COSINE, COSINE[:-1]) == "unknown"
        assert respond(COSINE, None) == "unknown"

    def test_a_curve_half_of_which_moves_is_unknown(self) -> None:
        twin = COSINE.copy()
        twin[:45] *= 1 + SCALE
        assert respond(COSINE, twin) == "unknown"

    def test_what_is_not_finite_is_left_out(self) -> None:
        broken = COSINE.copy()
        broken[3] = np.nan
        assert respond(broken, broken * (1 + SCALE)) == "autograd"
        assert respond(np.full(4, np.nan), np.full(4, np.nan)) == "unknown"
        assert respond(np.zeros(4), np.zeros(4)) == "unknown"


SETUP = """
import numpy as np, torch, matplotlib.pyplot as plt
x = torch.linspace(0, 6.3, 100, requires_grad=True)
y = torch.sin(x)
"""


@pytest.mark.parametrize(
    "code",
    [
        "y.sum().backward()\nd = x.grad",
        "y.backward(torch.ones(100))\nd = x.grad.numpy().tolist()",
        "d, = torch.autograd.grad(y.sum(), x)",
        "d = torch.func.vmap(torch.func.grad(torch.sin))(x.detach())",
        "points = [v.clone().requires_grad_() for v in x.detach()]\n"
        "d = [torch.autograd.grad(v.sin(), v)[0] for v in points]",
        "_, d = torch.func.jvp(torch.sin, (x.detach(),), (torch.ones(100),))",
        "d = torch.diagonal(torch.func.jacrev(torch.sin)(x.detach()))",
        "d = torch.autograd.functional.jacobian(torch.sin, x.detach()).diagonal()",
        "d = []\nfor i in range(100):\n"
        "    y[i].backward(retain_graph=True)\n    d.append(x.grad[i].item())\n    x.grad.zero_()",
        "got = []\nx.register_hook(got.append)\ny.sum().backward()\nd = got[0]",
        "import threading\nt = threading.Thread(target=lambda: y.sum().backward())\nt.start()\nt.join()\nd = x.grad",
        "opt = torch.optim.SGD([x], 0.1)\nopt.zero_grad()\ny.sum().backward()\nd = x.grad.clone()",
    ],
)
def test_gradients_in_every_form_are_autograds(observe: Observer, code: str) -> None:
    assert source_of(observe, code) == "autograd"


@pytest.mark.parametrize(
    "code",
    [
        "d = torch.cos(x.detach())",
        "y.sum().backward()\nd = torch.cos(x.detach())",
        "y.sum().backward()\nd = np.cos(x.detach().numpy())",
        "y.sum().backward()\nd = torch.sin(x.detach() + np.pi / 2)",
        "y.sum().backward()\nd = np.gradient(y.detach().numpy(), x.detach().numpy())",
        "y.sum().backward()\nx.grad = torch.cos(x.detach())\nd = x.grad",
        "y.sum().backward()\nx.grad.copy_(torch.cos(x.detach()))\nd = x.grad",
        "y.sum().backward()\nx.grad.data = torch.cos(x.detach())\nd = x.grad",
        "y.sum().backward()\nx.grad.numpy()[:] = np.cos(x.detach().numpy())\nd = x.grad",
        "y.sum().backward()\nd = x.grad * 0 + torch.cos(x.detach())",
    ],
)
def test_a_cosine_in_every_disguise_is_not(observe: Observer, code: str) -> None:
    assert source_of(observe, code) == "other"


def source_of(observe: Observer, code: str) -> str:
    code = SETUP + code + "\nplt.plot(x.detach(), d)\nplt.show()"
    (source,) = find_sources(observe(code), observe(code, intervene=True)).values()
    return source
