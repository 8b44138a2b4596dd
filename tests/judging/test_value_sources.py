"""Whether the values of names come from autograd, told by what a second run changes."""

from __future__ import annotations

import pytest

from grader.judging.observed import Observed
from grader.judging.second_run_changes import find_second_run_changes, second_run_of
from grader.judging.value_sources import ValueSources
from grader.model import ChangedNames, Observation, Probes
from tests.helpers.observing import Observer

SETUP = """
import torch
x = torch.tensor([0.5, -1.25, 2.0], requires_grad=True)
def f(x):
    return torch.stack([x[0] * x[1], torch.sin(x[2]), x[0] + x[2] ** 2])
def rows():
    y = f(x)
    return [torch.autograd.grad(y[i], x, retain_graph=True)[0] for i in range(3)]
"""
TWICE = """
def h(v):
    return v[0] ** 3 * v[1] ** 2
v = torch.tensor([1.5, 2.5], requires_grad=True)
g, = torch.autograd.grad(h(v), v, create_graph=True)
"""
CUBES = "(x ** 3).sum().backward()\n"
WEIGHTS = """
W = torch.tensor([[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]], requires_grad=True)
((W @ x) ** 2 + (W**3).sum(1)).sum().backward()
"""

AUTOGRAD = {
    "functional": "J = torch.autograd.functional.jacobian(f, x)",
    "functional, all rows at once": "J = torch.autograd.functional.jacobian(f, x, vectorize=True)",
    "a hessian": "J = torch.autograd.functional.hessian(lambda x: (x ** 3).sum() + x[0] * x[1], x)",
    "a hessian beside other passes": "t, p = torch.tensor([1.0, 2.0, 3.0]), lambda t: (t**3).sum()\n"
    "J = torch.autograd.functional.hessian(p, t)\n"
    "other = torch.func.grad(lambda t: torch.func.grad(p)(t).sum())(t)",
    "a hessian of which an element is one of the gradient": "J = torch.autograd.functional.hessian(\n"
    "    lambda t: (t**3).sum(), torch.tensor([1.0, 2.0, 3.0]))",
    "jacrev": "J = torch.func.jacrev(f)(x.detach())",
    "rows": "J = torch.stack(rows())",
    "a list of rows": "J = rows()",
    "a dictionary of rows": "J = dict(enumerate(rows()))",
    "columns": "J = torch.stack(rows()).T.reshape(-1)",
    "numbers of Python": "J = [row.tolist() for row in rows()]",
    "an array of NumPy": "J = torch.stack(rows()).numpy().copy()",
    "filled in a loop": "J = torch.zeros(3, 3)\nfor i, row in enumerate(rows()):\n    J[i] = row",
    "a clone of .grad": "(x ** 3).sum().backward()\nJ = x.grad.clone()",
    "one number": "t = torch.tensor(1.5, requires_grad=True)\n(t ** 3).backward()\nJ = t.grad.item()",
    "a multiple": "(x ** 3).mean().backward()\nJ = 3 * x.grad",
    "two passes in .grad": "(x ** 3).sum().backward()\ntorch.exp(x).sum().backward()\nJ = x.grad.clone()",
    "each sample": "J = torch.func.vmap(torch.func.grad(lambda a: a ** 3 + torch.exp(a)))(x.detach())",
    "one by one in a list": "J = []\nfor a in [0.5, 1.5, 2.5]:\n    t = torch.tensor(a, requires_grad=True)\n"
    "    (t ** 3).backward()\n    J.append(t.grad.item())",
    "jacfwd": "J = torch.func.jacfwd(f)(x.detach())",
    "rows of jacfwd, transposed": "J = torch.func.jacfwd(f)(x.detach()).T.tolist()",
    "jvp": "_, J = torch.func.jvp(lambda x: (x ** 2).sum(), (x.detach(),), (torch.tensor([1.0, 2.0, -1.0]),))",
    "columns by jvp": "J = torch.stack([torch.func.jvp(f, (x.detach(),), (e,))[1] for e in torch.eye(3)]).T",
    "dual numbers": "import torch.autograd.forward_ad as fw\nwith fw.dual_level():\n"
    "    J = fw.unpack_dual(f(fw.make_dual(x.detach(), torch.tensor([1.0, 2.0, -1.0])))).tangent.clone()",
    "rows of a hessian": f"{TWICE}J = [torch.autograd.grad(g[i], v, retain_graph=True)[0] for i in range(2)]",
    "a hessian, all rows at once": f"{TWICE}J, = torch.autograd.grad(g, v, torch.eye(2), is_grads_batched=True)",
    "columns of a hessian": f"{TWICE}hvp = torch.autograd.functional.hvp\n"
    "J = torch.stack([hvp(h, v, e)[1] for e in torch.eye(2)])",
    "torch.func.hessian": f"{TWICE}J = torch.func.hessian(h)(v.detach())",
    "a hessian, forward over reverse": f"{TWICE}J = torch.func.jacfwd(torch.func.jacrev(h))(v.detach())",
    "rows of a hessian, by products": f"{TWICE}rows = [g @ e for e in torch.eye(2)]\n"
    "J = torch.stack([torch.autograd.grad(row, v, retain_graph=True)[0] for row in rows])",
    "a norm": f"{CUBES}J = x.grad.norm()",
    "a norm of a function's gradient": "J = torch.func.grad(lambda x: (x ** 3).sum())(x.detach()).norm().item()",
    "norms": f"{CUBES}J = [x.grad.norm()]\nx.grad = None\nx.exp().sum().backward()\nJ.append(x.grad.norm())",
    "a sum": f"{CUBES}J = x.grad.sum().item()",
    "a mean": f"{CUBES}J = x.grad.mean()",
    "sums of columns": f"{WEIGHTS}J = W.grad.sum(0)",
    "norms of rows": f"{WEIGHTS}J = W.grad.norm(dim=1)",
    "the norm of all gradients": f"{WEIGHTS}J = torch.nn.utils.clip_grad_norm_([W, x], 100.0)",
    "a hessian of two numbers": "a, b = (torch.tensor(t, requires_grad=True) for t in (1.5, 2.0))\n"
    "g, h = torch.autograd.grad((1 - a) ** 2 + 100 * (b - a ** 2) ** 2, (a, b), create_graph=True)\n"
    "J = torch.tensor([[*torch.autograd.grad(g, (a, b), retain_graph=True)], [*torch.autograd.grad(h, (a, b))]])",
    "in a function": "def compute():\n    J = torch.stack(rows())\n    x.sum().backward()\n    return None\ncompute()",
}
OTHER = {
    "a formula": "x.sum().backward()\nJ = 3 * x.detach() ** 2",
    "the numbers, written down": "rows()\nJ = torch.tensor([[-1.25, 0.5, 0.0], [1.0, 0.0, 4.0]])",
    "ones": "x.sum().backward()\nJ = torch.ones(3, 3)",
    "differences": "x.sum().backward()\nwith torch.no_grad():\n    J = (f(x + 1e-3) - f(x - 1e-3)) / 2e-3",
    "a formula times a gradient": "x.sum().backward()\nJ = 3 * x.detach() ** 2 * x.grad[0]",
    "a norm by a formula": f"{CUBES}J = (3 * x.detach() ** 2).norm()",
    "a norm by a formula times a gradient": "x.sum().backward()\nJ = (3 * x.detach() ** 2).norm() * x.grad[1]",
    "a sum by a formula times a mean": "x.sum().backward()\nJ = (3 * x.detach() ** 2).sum() * x.grad.mean()",
    "a number beside a gradient": f"{CUBES}J = 17.4375 + 0 * x.grad.sum()",
    "numbers": "rows()\nJ = [0.5, 1.5, 2.5]",
    "a hessian by a formula": f"{TWICE}a, b = v.tolist()\nJ = [[6 * a * b**2, 6 * a**2 * b], [6 * a**2 * b, 2 * a**3]]",
    "a text": "rows()\nJ = 'text'",
    "no pass at all": "J = torch.cos(x.detach())",
}
UNKNOWN = {
    "functional.jvp of several outputs": "w = torch.tensor([1.0, 2.0, -0.5])\n"
    "J = torch.autograd.functional.jvp(f, x.detach(), w)[1]",
    "a hessian times a gradient": f"{TWICE}J = torch.func.hessian(h)(v.detach()) * g.detach()",
    "a product with a vector": f"{CUBES}J = x.grad @ torch.tensor([1.0, 0.0, -1.0])",
    "a multiple of one number": "t = torch.tensor(1.5, requires_grad=True)\n(t ** 3).backward()\nJ = -2 * t.grad",
    "a centered gradient": f"{CUBES}J = x.grad - x.grad.mean()",
    "functional.jvp": "w = torch.tensor([1.0, 0.0, -1.0])\n"
    "J = torch.autograd.functional.jvp(lambda x: (x ** 2).sum(), x, w)[1]",
    "functional.hvp": f"{TWICE}J = torch.autograd.functional.hvp(h, v, torch.tensor([1.0, 2.0]))[1]",
    "zeros": "rows()\nJ = torch.zeros(3)",
    "a product of gradients": "a, b, _ = rows()\nJ = torch.stack(rows()) @ torch.stack(rows())",
    "another matrix, from jacfwd": "J = torch.func.jacfwd(f)(x.detach()) * torch.tensor([1.0, 2.0, 3.0])",
    "jacobian in forward mode": "J = torch.autograd.functional.jacobian(f, x, strategy='forward-mode', vectorize=True)",
    "random": "import time\nrows()\ntorch.manual_seed(time.time_ns() % 2**32)\nJ = torch.rand(30)",
    "rounded": "(2 * x).exp().sum().backward()\nJ = x.grad.round(decimals=2)",
}


def source_in(first: Observation, code: str, second: Observation | None = None) -> str:
    """Where the last value of J comes from."""
    figures, names = ((), first.second_run_names or ()) if second is None else second_run_of(second)
    changes = find_second_run_changes(first, figures, names, ("J",))
    value = [event.changed["J"] for event in first.events if isinstance(event, ChangedNames) and event.changed][-1]
    return ValueSources(Observed(first), changes, code).of(value).source


@pytest.mark.parametrize(
    ("code", "source"),
    [
        *(pytest.param(code, "autograd", id=name) for name, code in AUTOGRAD.items()),
        *(pytest.param(code, "other", id=name) for name, code in OTHER.items()),
        *(pytest.param(code, "unknown", id=name) for name, code in UNKNOWN.items()),
    ],
)
def test_a_source_is_told_by_the_second_run(observe: Observer, code: str, source: str) -> None:
    first = observe(SETUP + code, probes=Probes(names=("J",), sources=("J",)))
    assert source_in(first, code) == source


def test_a_second_run_in_a_process_of_its_own_shows_the_same(observe: Observer) -> None:
    code = SETUP + AUTOGRAD["in a function"]
    first = observe(code, probes=Probes(names=("J",), sources=("J",)))
    again = observe(code, probes=Probes(names=("J",)), intervene=True)
    assert source_in(first, code, again) == "autograd"


def test_nothing_runs_again_where_nobody_asks_for_a_source(observe: Observer) -> None:
    assert observe(SETUP + AUTOGRAD["rows"], probes=Probes(names=("J",))).second_run_names is None
    asked = Probes(names=("J", "K"), sources=("K",))
    assert observe(SETUP + AUTOGRAD["rows"], probes=asked).second_run_names is None
