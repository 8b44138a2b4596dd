"""Steps of training loops as the recorder sees them, by optimisers and by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from grader.model import Array, Outcome, Probes, SteppedLeaf, TrainingStep
from tests.conftest import Observer

STEPS = Probes(steps=True)
DESCENT = """
import torch
w = torch.tensor(5.0, requires_grad=True)
for _ in range(3):
    ((w - 3) ** 2).backward()
"""
VALUES = [5.0, 4.6, 4.28, 4.024]
"""The values of ``w`` with a rate of 0.1."""


def steps(observe: Observer, code: str) -> list[TrainingStep]:
    observation = observe(code, probes=STEPS)
    assert observation.outcome is Outcome.COMPLETED, observation.detail
    return [event for event in observation.events if isinstance(event, TrainingStep)]


def leaves(observe: Observer, code: str) -> list[SteppedLeaf]:
    return [leaf for step in steps(observe, code) for leaf in step.leaves]


def values(found: list[SteppedLeaf]) -> list[tuple[float, float]]:
    arrays = [(leaf.before.data, leaf.after.data) for leaf in found]
    return [(round(float(before), 4), round(float(after), 4)) for before, after in arrays]  # type: ignore[arg-type]


def number(array: Array | None) -> float:
    assert array is not None
    assert array.data is not None
    return float(array.data)


WAYS = {
    "in place": "    with torch.no_grad():\n        w -= 0.1 * w.grad\n    w.grad = None\n",
    "past autograd": "    w.data = w.data - 0.1 * w.grad\n    w.grad.zero_()\n",
    "new tensors": "    w = (w - 0.1 * w.grad).detach().requires_grad_()\n",
    "new tensors of numbers": "    w = torch.tensor(w.item() - 0.1 * w.grad.item(), requires_grad=True)\n",
    "in two parts": "    w.data.add_(w.grad, alpha=-0.05)\n    w.data -= 0.05 * w.grad\n    w.grad = None\n",
    "with what follows": "    torch.optim.SGD([w], lr=0.2).step()\n    w.data += 0.1 * w.grad\n    w.grad = None\n",
    "an optimiser": "    torch.optim.SGD([w], lr=0.1).step()\n    w.grad = None\n",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_loop_has_the_same_steps_whoever_makes_them(observe: Observer, way: str) -> None:
    found = leaves(observe, DESCENT + WAYS[way])
    assert values(found) == list(itertools.pairwise(VALUES))
    assert [leaf.number for leaf in found] == [0, 1, 2]
    assert len({leaf.run for leaf in found}) == 1
    assert all(leaf.was_zeroed and leaf.passes == 1 and leaf.names == ("w",) for leaf in found)


def test_a_step_that_changes_nothing_is_a_step_where_something_was_written(observe: Observer) -> None:
    found = leaves(observe, DESCENT + "    with torch.no_grad():\n        w -= 0 * w.grad\n    w.grad = None\n")
    assert values(found) == [(5.0, 5.0)] * 3


def test_passes_without_a_step_make_none(observe: Observer) -> None:
    assert (
        steps(observe, DESCENT + "    w.grad.zero_()\nw = torch.tensor(1.0, requires_grad=True)\n(w**2).backward()")
        == []
    )


@pytest.mark.parametrize("other", ["rows(w)", "torch.func.jacrev(lambda point: point[:2] ** 2)(w)"])
def test_many_gradients_of_one_pass_make_no_step(observe: Observer, other: str) -> None:
    code = f"""
import torch
w = torch.tensor([1.0, 2.0, 3.0])
def rows(point):
    point = point.detach().clone().requires_grad_()
    return torch.autograd.grad(point[:2] ** 2, point, torch.eye(2), is_grads_batched=True)
rows(w)
other = {other}
"""
    assert steps(observe, code) == []


def test_what_adds_up_and_what_is_clipped_is_told_from_the_gradient_of_the_pass(observe: Observer) -> None:
    found = leaves(observe, DESCENT + "    w.grad.clamp_(max=4.5)\n    w.data -= 0.1 * w.grad\n")
    assert [leaf.passes for leaf in found] == [1, 2, 3]
    assert [leaf.was_zeroed for leaf in found] == [True, False, False]
    grads = [leaf.grad.data.item() for leaf in found if leaf.grad is not None and leaf.grad.data is not None]
    gradients = [
        leaf.gradient.data.item() for leaf in found if leaf.gradient is not None and leaf.gradient.data is not None
    ]
    assert grads[0] == gradients[0] == 4.0
    assert grads[1:] == [4.5, 4.5]
    assert gradients[1] == pytest.approx(3.2)


@pytest.mark.parametrize(("clear", "passes"), [("pass", 4), ("w.grad.zero_()", 1), ("w.grad = None", 1)])
def test_gradients_that_cancel_each_other_are_no_cleared_gradient(observe: Observer, clear: str, passes: int) -> None:
    code = (
        "import torch\nw = torch.tensor(0.0, requires_grad=True)\nfor y in (-1.0, -0.25, 1.25, 1.0):\n"
        f"    ((w - y) ** 2).backward()\n    if y == 1.25:\n        {clear}\nw.data -= 0.1 * w.grad\n"
    )
    (found,) = leaves(observe, code)
    assert (found.passes, number(found.grad)) == (passes, -2)


def test_an_optimiser_is_named_with_what_its_groups_say_at_each_step(observe: Observer) -> None:
    found = steps(
        observe,
        "import torch\nnet = torch.nn.Linear(2, 1)\n"
        "first, second = {'params': [net.weight], 'lr': 0.5}, {'params': [net.bias], 'weight_decay': 0.25}\n"
        "optimizer = torch.optim.SGD([first, second], lr=0.1, momentum=0.5)\n"
        "schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)\n"
        "for _ in range(2):\n    optimizer.zero_grad()\n    net(torch.ones(2)).sum().backward()\n"
        "    optimizer.step()\n    schedule.step()\n",
    )
    said = [[(leaf.lr, leaf.weight_decay, leaf.momentum) for leaf in step.leaves] for step in found]
    assert said == [[(0.5, 0.0, 0.5), (0.1, 0.25, 0.5)], [(0.25, 0.0, 0.5), (0.05, 0.25, 0.5)]]
    assert {step.optimizer for step in found} == {"SGD"}
    assert [step.place.line for step in found] == [9, 9]


def test_a_closure_belongs_to_the_step_that_calls_it(observe: Observer) -> None:
    code = (
        "import torch\nw = torch.tensor([5.0, 1.0], requires_grad=True)\noptimizer = torch.optim.LBFGS([w], lr=0.5)\n"
        "def closure():\n    optimizer.zero_grad()\n    loss = ((w - 3) ** 2).sum()\n    loss.backward()\n"
        "    return loss\n"
        "for _ in range(2):\n    optimizer.step(closure)\n"
    )
    found = leaves(observe, code)
    assert [leaf.number for leaf in found] == [0, 1]
    before, after = found[0].before.data, found[0].after.data
    assert before is not None
    assert after is not None
    assert before.tolist() == [5.0, 1.0]
    assert np.allclose(after, 3, atol=0.1)


def test_loops_of_the_same_name_are_told_apart(observe: Observer) -> None:
    code = (
        "import torch\ndef train(rate):\n    w = torch.tensor(5.0, requires_grad=True)\n    for _ in range(2):\n"
        "        ((w - 3) ** 2).backward()\n        w = (w - rate * w.grad).detach()\n        w.requires_grad = True\n"
        "for rate in (0.1, 0.2):\n    train(rate)\n"
    )
    found = leaves(observe, code)
    assert [(leaf.run, leaf.number) for leaf in found] == [(1, 0), (1, 1), (2, 0), (2, 1)]
    assert values(found) == [(5.0, 4.6), (4.6, 4.28), (5.0, 4.2), (4.2, 3.72)]


def test_steps_written_one_after_the_other_are_one_run(observe: Observer) -> None:
    step = "((w - 3) ** 2).backward()\nw.data -= 0.1 * w.grad\nw.grad = None\n"
    found = leaves(observe, "import torch\nw = torch.tensor(5.0, requires_grad=True)\n" + step * 2)
    assert values(found) == [(5.0, 4.6), (4.6, 4.28)]
    assert [(leaf.run, leaf.number) for leaf in found] == [(1, 0), (1, 1)]


def test_leaves_without_a_name_that_are_made_anew_are_followed_in_their_order(observe: Observer) -> None:
    code = (
        "import torch\nleaves = [torch.tensor(v, requires_grad=True) for v in (5.0, 4.0)]\nfor _ in range(2):\n"
        "    loss = sum((leaf - 3) ** 2 for leaf in leaves)\n    slopes = torch.autograd.grad(loss, leaves)\n"
        "    leaves = [(one - 0.1 * g).detach().requires_grad_() for one, g in zip(leaves, slopes)]\n"
    )
    found = steps(observe, code)
    assert [values(list(step.leaves)) for step in found] == [
        [(5.0, 4.6), (4.0, 3.8)],
        [(4.6, 4.28), (3.8, 3.64)],
    ]


TURNED_AT_THE_HEAD = {
    "a name": "w = torch.tensor(5.0)\nfor _ in range(3):\n    w.requires_grad_()\n"
    "    (g,) = torch.autograd.grad((w - 3) ** 2, w)\n    w = w.detach() - 0.1 * g\n",
    "an attribute": "w = torch.tensor(5.0)\nfor _ in range(3):\n    w.requires_grad = True\n"
    "    (g,) = torch.autograd.grad((w - 3) ** 2, w)\n    w = w.detach() - 0.1 * g\n",
    "another name": "value = torch.tensor(5.0)\nfor _ in range(3):\n    w = value.detach().requires_grad_()\n"
    "    ((w - 3) ** 2).backward()\n    value = w - 0.1 * w.grad\n",
    "a list": "ws = [torch.tensor(5.0)]\nfor _ in range(3):\n    ws = [w.detach().requires_grad_() for w in ws]\n"
    "    gs = torch.autograd.grad((ws[0] - 3) ** 2, ws)\n    ws = [w - 0.1 * g for w, g in zip(ws, gs)]\n",
    "another list": "ws = [torch.tensor(5.0)]\nfor _ in range(3):\n    us = [w.detach().requires_grad_() for w in ws]\n"
    "    gs = torch.autograd.grad((us[0] - 3) ** 2, us)\n    ws = [w - 0.1 * g for w, g in zip(us, gs)]\n",
    "a dictionary": "ws = {'w': torch.tensor(5.0)}\nfor _ in range(3):\n"
    "    ws = {k: w.detach().requires_grad_() for k, w in ws.items()}\n"
    "    gs = torch.autograd.grad((ws['w'] - 3) ** 2, list(ws.values()))\n"
    "    ws = {k: w - 0.1 * g for (k, w), g in zip(ws.items(), gs)}\n",
    "a function": "def step(ws):\n    us = [w.detach().requires_grad_() for w in ws]\n"
    "    gs = torch.autograd.grad((us[0] - 3) ** 2, us)\n    return [w - 0.1 * g for w, g in zip(us, gs)]\n"
    "ws = [torch.tensor(5.0)]\nfor _ in range(3):\n    ws = step(ws)\n",
    "in a function": "def train(w):\n    for _ in range(3):\n        w.requires_grad_()\n"
    "        (g,) = torch.autograd.grad((w - 3) ** 2, w)\n        w = w.detach() - 0.1 * g\n    return w\n"
    "w = train(torch.tensor(5.0))\n",
}


@pytest.mark.parametrize("way", TURNED_AT_THE_HEAD)
def test_a_loop_that_turns_its_new_tensors_into_leaves_in_the_next_turn_has_its_steps(
    observe: Observer, way: str
) -> None:
    found = leaves(observe, "import torch\n" + TURNED_AT_THE_HEAD[way])
    assert values(found) == list(itertools.pairwise(VALUES))
    assert [leaf.run for leaf in found] == [1, 1, 1]


AT_OTHER_POINTS = {
    "drawn": "for _ in range(3):\n    x = torch.randn(())\n    x.requires_grad_()\n",
    "of a list": "for x in torch.arange(3.0).unbind():\n    x = x.clone().requires_grad_()\n",
    "by number": "i = 0\nxs = torch.arange(4.0)\nwhile i < 3:\n    i += 1\n    x = xs[i].clone().requires_grad_()\n",
}


@pytest.mark.parametrize("way", AT_OTHER_POINTS)
def test_a_gradient_at_one_point_after_the_other_is_no_step(observe: Observer, way: str) -> None:
    assert steps(observe, f"import torch\n{AT_OTHER_POINTS[way]}    (x**2).backward()\n    print(x.grad)\n") == []


def test_a_loop_that_turns_its_tensors_into_leaves_begins_anew_with_the_first_value(observe: Observer) -> None:
    code = (
        "import torch\nfor rate in (0.1, 0.2):\n    w = torch.tensor(5.0)\n    for _ in range(3):\n"
        "        w.requires_grad_()\n        (g,) = torch.autograd.grad((w - 3) ** 2, w)\n"
        "        w = w.detach() - rate * g\n"
    )
    found = leaves(observe, code)
    assert (5.0, 4.2) in values(found)
    assert all(before > after for before, after in values(found))
    assert [leaf.run for leaf in found] == [1, 1, 2, 2, 2]


START_ANEW = {
    "by hand": "    with torch.no_grad():\n        w.fill_(5.0)\n",
    "from a dictionary": "    module.load_state_dict({'w': torch.tensor(5.0)})\n",
    "past autograd": "    w.data = torch.tensor(5.0)\n",
}


@pytest.mark.parametrize("way", START_ANEW)
def test_a_leaf_that_gets_its_first_value_again_begins_another_run(observe: Observer, way: str) -> None:
    code = (
        "import torch\nmodule = torch.nn.Module()\nw = module.w = torch.nn.Parameter(torch.tensor(0.0))\n"
        "for rate in (0.1, 0.2):\n" + START_ANEW[way] + "    for _ in range(2):\n"
        "        ((w - 3) ** 2).backward()\n        w.data -= rate * w.grad\n        w.grad = None\n"
    )
    found = leaves(observe, code)
    assert values(found) == [(5.0, 4.6), (4.6, 4.28), (5.0, 4.2), (4.2, 3.72)]
    assert [(leaf.run, leaf.number, leaf.continues) for leaf in found] == [(1, 0, 0), (1, 1, 0), (2, 0, 1), (2, 1, 1)]


def test_what_is_written_before_each_pass_belongs_to_the_step_before(observe: Observer) -> None:
    code = (
        "import torch\nw = torch.tensor(6.0, requires_grad=True)\nfor _ in range(3):\n    w.data.clamp_(max=4.5)\n"
        "    ((w - 3) ** 2).backward()\n    w.data += 0.1 * w.grad\n    w.grad = None\n"
    )
    found = leaves(observe, code)
    assert [leaf.number for leaf in found] == [0, 1, 2]
    assert values(found) == [(4.5, 4.5), (4.5, 4.5), (4.5, 4.8)]


def test_parameters_that_are_made_anew_as_attributes_are_followed_to_the_last(observe: Observer) -> None:
    code = (
        "import torch\nnet = torch.nn.Module()\nnet.w = torch.nn.Parameter(torch.tensor(5.0))\nfor _ in range(3):\n"
        "    ((net.w - 3) ** 2).backward()\n    net.w = torch.nn.Parameter(net.w.detach() - 0.1 * net.w.grad)\n"
    )
    assert values(leaves(observe, code)) == list(itertools.pairwise(VALUES))


def test_a_leaf_that_a_loop_never_changes_is_counted(observe: Observer) -> None:
    code = (
        "import torch\nw, b, c = (torch.tensor(v, requires_grad=True) for v in (5.0, 1.0, 1.0))\nfor _ in range(3):\n"
        "    ((w + b + 0 * c - 3) ** 2).backward()\n    w.data -= 0.1 * w.grad\n    w.grad = b.grad = None\n"
    )
    assert [step.unmoved for step in steps(observe, code)] == [0, 0, 1]


def test_an_optimiser_whose_gradients_were_cleared_makes_steps_that_change_nothing(observe: Observer) -> None:
    code = DESCENT + "    optimizer = torch.optim.SGD([w], lr=0.1)\n    optimizer.zero_grad()\n    optimizer.step()\n"
    found = leaves(observe, code)
    assert values(found) == [(5.0, 5.0)] * 3
    assert [(leaf.grad, leaf.passes) for leaf in found] == [(None, 0)] * 3


def test_what_a_transform_is_called_with_is_followed(observe: Observer) -> None:
    code = (
        "import torch\nw = torch.tensor(5.0)\nslope = torch.func.grad(lambda w: (w - 3) ** 2)\n"
        "for _ in range(3):\n    w = w - 0.1 * slope(w)\n"
    )
    assert values(leaves(observe, code)) == list(itertools.pairwise(VALUES))


def test_two_optimisers_that_take_turns_have_loops_of_their_own(observe: Observer) -> None:
    """A pass for the one leaf reaches the other, whose `.grad` is cleared before its own pass."""
    code = (
        "import torch\na, b = (torch.tensor(v, requires_grad=True) for v in (1.0, 2.0))\n"
        "first, second = (torch.optim.SGD([leaf], lr=0.1) for leaf in (a, b))\n"
        "for _ in range(2):\n"
        "    first.zero_grad()\n    (a * b).backward()\n    first.step()\n"
        "    second.zero_grad()\n    (-a * b).backward()\n    second.step()\n"
    )
    found = leaves(observe, code)
    assert [(leaf.names[0], leaf.number, leaf.passes, leaf.was_zeroed) for leaf in found] == [
        ("a", 0, 1, True),
        ("b", 0, 1, True),
        ("a", 1, 1, True),
        ("b", 1, 1, True),
    ]


def test_of_more_leaves_than_are_described_their_number_is_known(observe: Observer) -> None:
    code = (
        "import torch\nnet = torch.nn.Sequential(*[torch.nn.Linear(1, 1) for _ in range(40)])\n"
        "optimizer = torch.optim.SGD(net.parameters(), lr=0.1)\nfor _ in range(2):\n    optimizer.zero_grad()\n"
        "    net(torch.ones(1)).backward()\n    optimizer.step()\n"
    )
    assert [(len(step.leaves), step.leaf_count) for step in steps(observe, code)] == [(64, 80)] * 2


def test_another_loop_begins_a_run_that_says_which_it_may_continue(observe: Observer) -> None:
    code = DESCENT + WAYS["in place"]
    again = code.partition("requires_grad=True)\n")[2]
    found = leaves(observe, code + again)
    assert [(leaf.run, leaf.number, leaf.continues) for leaf in found[2:4]] == [(1, 2, 0), (2, 0, 1)]


def test_of_a_long_loop_the_first_and_the_last_steps_are_recorded(observe: Observer) -> None:
    code = DESCENT.replace("range(3)", "range(700)") + "    w.data -= 1e-4 * w.grad\n    w.grad = None\n"
    numbers = [leaf.number for leaf in leaves(observe, code)]
    assert numbers == [*range(500), *range(650, 700)]


def test_leaves_that_are_large_keep_their_values_at_the_first_steps_only(observe: Observer) -> None:
    code = (
        "import torch\nw = torch.zeros(40, 50, requires_grad=True)\noptimizer = torch.optim.SGD([w], lr=0.1)\n"
        "for _ in range(25):\n    optimizer.zero_grad()\n    (w - 1).pow(2).sum().backward()\n    optimizer.step()\n"
    )
    found = leaves(observe, code)
    assert [leaf.after.data is not None for leaf in found] == [True] * 20 + [False] * 5
    assert all(leaf.after.shape == (40, 50) for leaf in found)


def test_nothing_is_recorded_where_nobody_asks(observe: Observer) -> None:
    observation = observe(DESCENT + WAYS["in place"])
    assert not any(isinstance(event, TrainingStep) for event in observation.events)
