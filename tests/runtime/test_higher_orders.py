"""Higher derivatives, however they are written: the record tells their order, the leaf and the gradient."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from grader.model import Array, Backward, Outcome
from tests.helpers.observing import Observer, events

SETUP = """
import torch
from torch.autograd import forward_ad as fwAD
from torch.autograd.functional import hessian, hvp, jacobian, jvp, vhp
from torch.func import grad, grad_and_value, jacfwd, jacrev, vjp, vmap
one = torch.tensor(1.0)
def f(t):
    return t ** 3 * torch.sin(t)
def manual(t):
    return torch.autograd.grad(f(t), t, create_graph=True)[0]
def forward(t):
    return torch.func.jvp(f, (t,), (torch.ones(()),))[1]
def dual():
    with fwAD.dual_level():
        d = fwAD.make_dual(x.clone().requires_grad_(), one)
        return fwAD.unpack_dual(manual(d))
x = torch.tensor(1.5)
"""
SECOND = {
    "grad of grad": "grad(grad(f))(x)",
    "hessian": "hessian(f, x)",
    "hessian, vectorized": "hessian(f, x, vectorize=True)",
    "hvp": "hvp(f, x, one)",
    "vhp": "vhp(f, x, one)",
    "jvp of grad": "torch.func.jvp(grad(f), (x,), (one,))",
    "vjp of grad": "vjp(grad(f), x)[1](one)",
    "grad of vjp": "grad(lambda t: vjp(f, t)[1](torch.tensor(1.0))[0])(x)",
    "jacfwd of grad": "jacfwd(grad(f))(x)",
    "jacfwd of jacrev": "jacfwd(jacrev(f))(x)",
    "jacrev of jacfwd": "jacrev(jacfwd(f))(x)",
    "jacrev of jacrev": "jacrev(jacrev(f))(x)",
    "jacfwd of jacfwd": "jacfwd(jacfwd(f))(x)",
    "func.hessian": "torch.func.hessian(f)(x)",
    "vmap": "vmap(grad(grad(f)))(x.reshape(1))",
    "value and grad": "grad(lambda t: grad_and_value(f)(t)[0])(x)",
    "jacobian of grad": "jacobian(manual, x)",
    "jacobian of jacobian": "jacobian(lambda t: jacobian(f, t, create_graph=True), x)",
    "autograd.grad in grad": "grad(manual)(x)",
    "autograd.grad of grad": "t = x.clone().requires_grad_(); torch.autograd.grad(grad(f)(t), t)",
    "backward of grad": "t = x.clone().requires_grad_(); grad(f)(t).backward()",
    "forward over forward": "torch.func.jvp(forward, (x,), (one,))",
    "grad of forward": "grad(forward)(x)",
    "forward over autograd.grad": "dual()",
    "functional jvp": "jvp(lambda t: jacobian(f, t, create_graph=True), x, one)",
}
THIRD = {
    "grad of grad of grad": "grad(grad(grad(f)))(x)",
    "hessian of grad": "torch.func.hessian(grad(f))(x)",
    "forward over grad of grad": "torch.func.jvp(grad(grad(f)), (x,), (one,))",
}
FIRST = {
    "grad": "grad(f)(x)",
    "twice, apart": "grad(f)(x); grad(f)(x)",
    "beside a gradient": "grad(lambda t: t * grad(f)(x))(x)",
    "forward": "forward(x)",
    "forward after grad": "grad(f)(x); forward(x)",
    "jacfwd": "jacfwd(f)(x)",
    "vjp": "vjp(f, x)[1](one)",
}
DERIVATIVES = {
    1: 3 * 1.5**2 * math.sin(1.5) + 1.5**3 * math.cos(1.5),
    2: 6 * 1.5 * math.sin(1.5) + 6 * 1.5**2 * math.cos(1.5) - 1.5**3 * math.sin(1.5),
    3: (6 - 9 * 1.5**2) * math.sin(1.5) + (18 * 1.5 - 1.5**3) * math.cos(1.5),
}
WAYS = {**FIRST, **SECOND, **THIRD}


@pytest.fixture(scope="module")
def passes(observe: Observer) -> Mapping[str, list[Backward]]:
    """The passes of each way."""
    found = {}
    for way, code in WAYS.items():
        observation = observe(SETUP + code.replace("; ", "\n"))
        assert observation.outcome is Outcome.COMPLETED, (way, observation)
        found[way] = events(observation, Backward)
    return found


def number(array: Array | None) -> float:
    assert array is not None
    assert array.data is not None
    return float(np.asarray(array.data).ravel()[0])


@pytest.mark.parametrize(
    ("way", "order"),
    [*((way, 1) for way in FIRST), *((way, 2) for way in SECOND), *((way, 3) for way in THIRD)],
)
def test_order_leaf_and_gradient(passes: Mapping[str, list[Backward]], way: str, order: int) -> None:
    last = passes[way][-1]
    assert max(event.order for event in passes[way]) == last.order == order
    (leaf,) = last.leaves
    assert number(leaf.value) == 1.5
    if way != "beside a gradient":
        assert number(leaf.gradient) == pytest.approx(DERIVATIVES[order], rel=1e-4)
        assert number(last.weights) == 1
    if order > 1:
        assert number(last.output) == pytest.approx(DERIVATIVES[order - 1], rel=1e-4)


@pytest.mark.parametrize("way", SECOND)
def test_the_first_derivative_is_recorded_as_differentiable(passes: Mapping[str, list[Backward]], way: str) -> None:
    first = passes[way][0]
    assert (first.order, first.create_graph) == (1, True)
    assert number(first.leaves[0].gradient) == pytest.approx(DERIVATIVES[1], rel=1e-4)


def numbers(array: Array | None) -> object:
    assert array is not None
    assert array.data is not None
    return array.data.tolist()


class TestSeveralNumbers:
    def test_forward_mode_in_all_directions(self, observe: Observer) -> None:
        (event,) = events(observe(SETUP + "jacfwd(lambda t: t ** 2)(torch.arange(3.0))"), Backward)
        assert event.leaves[0].gradient is not None
        assert event.leaves[0].gradient.data is not None
        assert event.leaves[0].gradient.data.tolist() == [0, 2, 4]

    def test_forward_mode_element_by_element(self, observe: Observer) -> None:
        code = "torch.func.jvp(lambda t: t ** 2, (torch.arange(3.0),), (torch.tensor([1.0, 2.0, 3.0]),))"
        (event,) = events(observe(SETUP + code), Backward)
        assert event.leaves[0].gradient is not None
        assert event.leaves[0].gradient.data is not None
        assert event.weights is not None
        assert event.weights.data is not None
        assert event.leaves[0].gradient.data.tolist() == [0, 4, 12]
        assert event.weights.data.tolist() == [1, 2, 3]

    def test_a_single_direction_is_no_gradient(self, observe: Observer) -> None:
        code = "torch.func.jvp(lambda t: (t ** 2).sum(), (torch.arange(3.0),), (torch.ones(3),))"
        (event,) = events(observe(SETUP + code), Backward)
        (leaf,) = event.leaves
        assert (event.mode, leaf.gradient) == ("forward", None)
        assert (numbers(leaf.tangent), numbers(event.jvp)) == ([1, 1, 1], 6)

    def test_two_inputs_have_their_directions_and_no_gradient(self, observe: Observer) -> None:
        (event,) = events(observe(SETUP + "torch.func.jvp(torch.mul, (x, x + 1), (one, 2 * one))"), Backward)
        assert [(numbers(leaf.value), numbers(leaf.tangent)) for leaf in event.leaves] == [(1.5, 1), (2.5, 2)]
        assert [leaf.gradient for leaf in event.leaves] == [None, None]
        assert numbers(event.jvp) == 5.5

    def test_all_directions_at_once_are_no_direction(self, observe: Observer) -> None:
        (event,) = events(observe(SETUP + "jacfwd(lambda t: t ** 2)(torch.arange(3.0))"), Backward)
        assert (event.mode, event.jvp, event.leaves[0].tangent) == ("forward", None, None)

    def test_functional_jvp_is_forward_mode(self, observe: Observer) -> None:
        """It has no forward mode inside: it differentiates a backward pass by the weights which that started with."""
        code = (
            "torch.autograd.functional.jvp(lambda t: (t ** 2).sum(), torch.arange(3.0), torch.tensor([1.0, 2.0, 3.0]))"
        )
        (event,) = events(observe(SETUP + code), Backward)
        (leaf,) = event.leaves
        assert (event.mode, event.order, leaf.gradient, event.weights) == ("forward", 1, None, None)
        assert (numbers(event.root), numbers(leaf.value), numbers(leaf.tangent)) == (5, [0, 1, 2], [1, 2, 3])
        assert numbers(event.jvp) == 16

    def test_hvp_of_a_vector(self, observe: Observer) -> None:
        code = "hvp(lambda t: (t ** 3).sum(), torch.arange(3.0), torch.tensor([1.0, 2.0, 3.0]))"
        event = events(observe(SETUP + code), Backward)[-1]
        assert event.order == 2
        assert event.leaves[0].gradient is not None
        assert event.leaves[0].gradient.data is not None
        assert event.leaves[0].gradient.data.tolist() == [0, 12, 36]
        assert event.output.data is not None
        assert event.output.data.tolist() == [0, 3, 12]
