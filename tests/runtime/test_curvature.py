"""The curvature of passes at leaves whose elements are alike: its values, and that nothing of the student's notices."""

from __future__ import annotations

import pytest

from grader.model import Backward, Output, Probes
from tests.helpers.observing import Observer, events, values

WAYS = """
import torch
def f(t): return (t ** 3).sum()
x = torch.full((2,), 2.0, requires_grad=True)
f(x).backward()
(x ** 3).backward(torch.tensor([1.0, 10.0]))
torch.autograd.grad(f(x), x)
torch.autograd.grad(f(x), x, create_graph=True)
torch.func.grad(f)(torch.full((2,), 2.0))
(3 * x).sum().backward()
(x * x.detach()).sum().backward()
p = torch.nn.Parameter(torch.tensor(2.0))
(p ** 3).backward()
with torch.no_grad():
    z = None
z = f(x)
with torch.no_grad():
    z.backward()
"""
CURVATURES = [[12, 12], [12, 120], [12, 12], [12, 12], [12, 12], [0, 0], [0, 0], 12, [12, 12]]


def test_it_is_the_gradient_of_the_gradient(observe: Observer) -> None:
    found = events(observe(WAYS), Backward)
    assert [values(event.leaves[0].curvature) for event in found] == CURVATURES


NONE = """
import torch
def f(t): return (t ** 3).sum()
f(torch.arange(3.0, requires_grad=True)).backward()              # its numbers tell functions apart
f(torch.tensor([2.0] * 9 + [3.0], requires_grad=True)).backward()
x = torch.full((2,), 2.0, requires_grad=True)
y = x ** 3
y.retain_grad()
y.sum().backward()                                               # would set y.grad
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        ctx.save_for_backward(t)
        return t ** 3
    @staticmethod
    def backward(ctx, g):
        print("once")
        return g * 3 * ctx.saved_tensors[0] ** 2
Cube.apply(x).sum().backward()
"""
HOOKS = """
import torch
x = torch.full((2,), 2.0, requires_grad=True)
x.register_hook(lambda g: print("leaf"))
x.register_post_accumulate_grad_hook(lambda t: print("accumulated"))
y = x ** 3
y.register_hook(lambda g: print("middle"))
y.grad_fn.register_hook(lambda a, b: print("node"))
y.grad_fn.register_prehook(lambda g: print("before"))
y.sum().backward()
"""
SAVED = """
import torch
from torch.utils.checkpoint import checkpoint
x = torch.full((2,), 2.0, requires_grad=True)
def cube(t):
    print("run")
    return t ** 3
checkpoint(cube, x, use_reentrant=False).sum().backward()
"""


def test_hooks_see_the_pass_of_the_student_alone(observe: Observer) -> None:
    observation = observe(HOOKS)
    (event,) = events(observation, Backward)
    assert values(event.leaves[0].curvature) == [12, 12]
    printed = "".join(text.text for text in events(observation, Output)).split()
    assert sorted(printed) == ["accumulated", "before", "leaf", "middle", "node"]


@pytest.mark.parametrize(("code", "printed"), [(NONE, ["once"]), (SAVED, ["run", "run"])])
def test_it_is_left_out_where_code_of_the_student_would_run_again(
    observe: Observer, code: str, printed: list[str]
) -> None:
    observation = observe(code)
    assert all(event.leaves[0].curvature is None for event in events(observation, Backward))
    assert "".join(event.text for event in events(observation, Output)).split() == printed


UNNOTICED = """
import torch
torch.manual_seed(1)
x = torch.ones(3, requires_grad=True)
y = torch.nn.functional.dropout(x, 0.5) ** 2
before = torch.get_rng_state()
version, gradient = x._version, x.grad
y.sum().backward()
print(torch.equal(before, torch.get_rng_state()), version == x._version, gradient is None)
print(torch.equal(x.grad, 2 * y.detach().sqrt() * 2 * (y.detach() > 0)))
try:
    y.sum().backward()
except RuntimeError as error:
    print("second time" in str(error))
for number in range(12):
    w = torch.tensor(2.0, requires_grad=True)
    (w ** 2).backward()
"""


def test_nothing_changes_and_a_loop_is_looked_at_in_its_beginning(observe: Observer) -> None:
    observation = observe(UNNOTICED)
    said = "".join(event.text for event in events(observation, Output)).split()
    assert said == ["True"] * 5
    worked = [event for event in events(observation, Backward) if event.error is None]
    known = [event.leaves[0].curvature is not None for event in worked]
    assert known == [True] + [True] * 8 + [False] * 4


FROM_MANY = """
import torch
for number in range(40):
    w = torch.tensor([1.0, 2.0 if number < 35 else 1.0], requires_grad=True)
    (w ** 2).sum().backward()
"""


def test_a_line_whose_leaves_differ_is_not_looked_at_for_ever(observe: Observer) -> None:
    assert all(event.leaves[0].curvature is None for event in events(observe(FROM_MANY), Backward))


CURVES = """
import torch
x = torch.linspace(1, 2, 20, requires_grad=True)
(x ** 3).sum().backward()
torch.autograd.grad(x ** 3, x, torch.ones(20))
(x ** 3)[4].backward()
torch.func.grad(lambda t: (t ** 3).sum())(x.detach())
_, pull = torch.func.vjp(lambda t: t ** 3, x.detach())
pull(torch.ones(20))
(x[:5] ** 3).backward(torch.ones(5))
few = x.detach()[:9].requires_grad_()
(few ** 3).sum().backward()
for _ in range(9): (x * x).sum().backward()
"""


def test_a_curve_bends_where_it_is_asked_where_curves_come_from(observe: Observer) -> None:
    passes = events(observe(CURVES, probes=Probes(second_run=True)), Backward)
    found = [event.leaves[0].bend for event in passes]
    bends = [None if bend is None else values(bend) for bend in found]
    wanted = [pytest.approx(6 * (1 + number / 19)) for number in range(20)]
    assert bends[:2] == [wanted] * 2
    assert bends[2] == [wanted[4] if number == 4 else 0 for number in range(20)]
    assert bends[3:7] == [wanted, None, None, None]
    assert bends[7:] == [[2] * 20] * 4 + [None] * 5
    assert all(event.leaves[0].curvature is None for event in passes)
    assert all(event.leaves[0].bend is None for event in events(observe(CURVES), Backward))
