"""Loops of many backward passes: described in full at first, now and then, and at the end; in brief in between."""

from __future__ import annotations

import numpy as np
import pytest

from grader.judging.passes.backward_passes import find_backward_passes
from grader.judging.passes.differentiated_points import gradients_of, leaves_of
from grader.model import Backward, BriefPasses, Limits, Observation, Outcome, Output, RunNote, TorchError
from tests.helpers.observing import Observer, events

SETUP = "import numpy as np\nimport torch\n"
LONG = Limits(wall_s=60)


def brief(observation: Observation) -> int:
    """How many passes were recorded in brief."""
    return sum(event.sequence.shape[0] for event in events(observation, BriefPasses))


def states_of(observation: Observation) -> list[int]:
    """The states of the only leaf in all passes in brief."""
    return [
        state
        for event in events(observation, BriefPasses)
        for line in event.lines
        for leaf in line.leaves
        for state in np.asarray(leaf.states.data).tolist()
    ]


def test_a_hundred_passes_are_described_in_full(observe: Observer) -> None:
    code = (
        "w = torch.ones(2, requires_grad=True)\nfor _ in range(100):\n    (w * w).sum().backward()\n    w.grad.zero_()"
    )
    observation = observe(SETUP + code)
    assert len(events(observation, Backward)) == 100
    assert not brief(observation)
    assert not events(observation, RunNote)


@pytest.fixture(scope="module")
def adding_up(observe: Observer) -> Observation:
    code = """
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    for step in range(1200):
        loss = (w * w).sum()
        loss.backward()
    (w * w).sum().backward()
    w.grad.zero_()
    (w * w).sum().backward()
    """
    return observe(SETUP, code)


class TestCounts:
    """What the judge counts over passes in brief is what it counts over passes in full."""

    def test_most_passes_are_in_brief_and_it_is_said(self, adding_up: Observation) -> None:
        assert brief(adding_up) > 1_000
        assert brief(adding_up) + len(events(adding_up, Backward)) == 1_202
        (note,) = events(adding_up, RunNote)
        assert note.place is not None
        assert (note.place.cell, note.place.line) == (1, 4)
        assert note.text == (
            f"this ran 1200 backward passes. {brief(adding_up)} of them are recorded in brief only: that they ran, "
            "what they left in `.grad`, and values that are small."
        )

    def test_passes_that_add_up(self, adding_up: Observation) -> None:
        passes = find_backward_passes(adding_up.events)
        assert [entry.passes for entry in passes[:3]] == [1, 2, 3]
        assert [entry.passes for entry in passes[-4:]] == [1199, 1200, 1201, 1]

    def test_clearing_after_them(self, adding_up: Observation) -> None:
        last = find_backward_passes(adding_up.events)[-1]
        assert (last.was_zeroed, last.cleared) == (True, 1_201)

    def test_pairs_of_neighbours_are_described_in_full(self, adding_up: Observation) -> None:
        counts = [entry.passes for entry in find_backward_passes(adding_up.events)]
        assert {500, 501, 1000, 1001} <= set(counts)

    def test_the_last_two_are_described_with_their_names(self, adding_up: Observation) -> None:
        *_, before, last, _, _ = events(adding_up, Backward)
        for event, count in ((before, 1_199), (last, 1_200)):
            (leaf,) = event.leaves
            assert leaf.names == ("w",)
            assert leaf.value.data is not None
            assert leaf.gradient is not None
            assert leaf.gradient.data is not None
            assert leaf.grad_after is not None
            assert leaf.grad_after.data is not None
            assert leaf.value.data.tolist() == [1, 2]
            assert leaf.gradient.data.tolist() == [2, 4]
            assert leaf.grad_after.data.tolist() == [2 * count, 4 * count]
            assert event.root_names == ("loss",)
            assert "SumBackward0" in event.operations
            assert event.output.data is not None
            assert event.output.data.tolist() == [1, 4]
            assert event.weights is not None
            assert event.weights.data is not None
            assert event.weights.data.tolist() == [1, 1]

    @pytest.mark.parametrize("clear", ["w.grad.zero_()", "w.grad = None", "w.grad.data.fill_(0)", "w.grad *= 0.0"])
    def test_clearing_between_them(self, observe: Observer, clear: str) -> None:
        code = f"""
        w = torch.tensor([1.0, -2.0], requires_grad=True)
        for step in range(300):
            (w * w).sum().backward()
            {clear}
        (w * w).sum().backward()
        """
        observation = observe(SETUP, code)
        assert brief(observation) > 150
        assert {state & 1 for state in states_of(observation)} == {1}
        passes = find_backward_passes(observation.events)
        assert {entry.passes for entry in passes} == {1}
        assert {entry.was_zeroed for entry in passes[1:]} == {True}

    def test_a_change_by_hand_between_them(self, observe: Observer) -> None:
        code = """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        for step in range(300):
            (w * w).sum().backward()
            if step == 200:
                w.grad.data.fill_(7.0)
        """
        assert find_backward_passes(observe(SETUP, code).events)[-1].passes == 99

    def test_gradients_that_are_not_numbers_add_up_too(self, observe: Observer) -> None:
        code = """
        w = torch.tensor([1.0, float("nan")], requires_grad=True)
        for step in range(300):
            (w * w).sum().backward()
        """
        assert find_backward_passes(observe(SETUP, code).events)[-1].passes == 300

    def test_passes_from_one_output_are_repeats(self, observe: Observer) -> None:
        code = """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        y = w * w
        for step in range(300):
            y.backward(torch.ones(2), retain_graph=True)
        """
        last = find_backward_passes(observe(SETUP, code).events)[-1]
        assert (last.repeats, last.passes) == (300, 300)

    def test_two_lines_that_take_turns(self, observe: Observer) -> None:
        code = """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        v = torch.tensor(3.0, requires_grad=True)
        for step in range(300):
            (w * w).sum().backward()
            (v * w.sum()).backward()
            v.grad = None
        """
        observation = observe(SETUP, code)
        passes = find_backward_passes(observation.events)
        of_w = [entry for entry in passes if entry.names == ("w",)]
        of_v = [entry for entry in passes if entry.names == ("v",)]
        assert (of_w[-1].passes, of_v[-1].passes) == (600, 1)
        assert brief(observation) > 300

    def test_an_error_in_a_long_loop_is_described(self, observe: Observer) -> None:
        code = """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        for step in range(300):
            y = w * w
            try:
                (y if step == 200 else y.sum()).backward()
            except RuntimeError:
                y.sum().backward()
        """
        observation = observe(SETUP, code)
        (failed,) = [event for event in events(observation, Backward) if event.error]
        assert failed.error is not None
        assert failed.error.origin == "torch"
        assert "grad can be implicitly created only for scalar outputs" in failed.error.text
        assert find_backward_passes(observation.events)[-1].passes == 300


class TestHands:
    """What had a hand in the last passes of a loop is known, though they were described when they had run."""

    @pytest.mark.parametrize(
        ("hook", "expected"),
        [
            ("lambda g: 2 * g", {("hook", True)}),
            ("lambda g: None", {("hook", False)}),
        ],
    )
    def test_a_hook(self, observe: Observer, hook: str, expected: set[tuple[str, bool]]) -> None:
        code = f"""
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        w.register_hook({hook})
        for step in range(300):
            (w * w).sum().backward()
            w.grad = None
        """
        observation = observe(SETUP, code)
        assert brief(observation) > 150
        found = [{(hand.kind, hand.changed) for hand in event.hands} for event in events(observation, Backward)]
        assert found == [expected] * len(found)

    def test_an_own_function(self, observe: Observer) -> None:
        code = """
        class Twice(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return 2 * x
            @staticmethod
            def backward(ctx, g):
                return 3 * g
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        for step in range(300):
            Twice.apply(w).sum().backward()
            w.grad = None
        """
        observation = observe(SETUP, code)
        assert {hand.kind for event in events(observation, Backward)[-2:] for hand in event.hands} == {"function"}


class TestTraining:
    CODE = """
    net = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
    X, t = torch.randn(64, 4), torch.randn(64, 1)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    for step in range(1000):
        optimizer.zero_grad()
        loss = ((net(X) - t) ** 2).mean()
        loss.backward()
        optimizer.step()
    """

    def test_a_model_of_many_parameters(self, observe: Observer) -> None:
        observation = observe(SETUP, self.CODE, limits=LONG)
        assert observation.outcome is Outcome.COMPLETED
        assert brief(observation) > 850
        passes = find_backward_passes(observation.events)
        assert {entry.passes for entry in passes} == {1}
        assert all(entry.trained for entry in passes)
        last = events(observation, Backward)[-1]
        assert [leaf.value.shape for leaf in last.leaves] == [
            leaf.value.shape for leaf in events(observation, Backward)[0].leaves
        ]
        assert all(leaf.gradient is not None and leaf.gradient.data is not None for leaf in last.leaves)

    def test_later_statements_have_room(self, observe: Observer) -> None:
        code = """
        w = torch.ones(2, requires_grad=True)
        for step in range(20_000):
            (w * w).sum().backward()
            w.grad.zero_()
        x = torch.arange(4.0, requires_grad=True)
        (x * x).sum().backward()
        """
        observation = observe(SETUP, code, limits=LONG)
        assert observation.outcome is Outcome.COMPLETED
        assert events(observation, Backward)[-1].leaves[0].names == ("x",)
        (note,) = events(observation, RunNote)
        assert "20000 backward passes" in note.text

    def test_a_loop_inside_a_function_and_an_error_after_it(self, observe: Observer) -> None:
        code = """
        def main():
            w = torch.ones(2, requires_grad=True)
            step = 0
            while step < 500:
                loss = (w * w).sum()
                loss.backward()
                w.data -= 0.1 * w.grad
                w.grad = None
                step += 1
            y = (w * w).sum()
            y.backward()
            try:
                y.backward()
            except RuntimeError as error:
                print(error)
            try:
                w.numpy()
            except RuntimeError as error:
                print(error)
        main()
        """
        observation = observe(SETUP, code)
        assert brief(observation) > 350
        *_, worked, failed = events(observation, Backward)
        assert (worked.error, failed.error is None) == (None, False)
        kinds = [type(event) for event in observation.events if isinstance(event, BriefPasses | Backward | TorchError)]
        assert kinds[-1] is TorchError
        assert all(entry.trained for entry in find_backward_passes(observation.events)[:-1])

    def test_a_loop_that_takes_too_long_keeps_what_came_before(self, observe: Observer) -> None:
        code = """
        w = torch.ones(2, requires_grad=True)
        while True:
            (w * w).sum().backward()
            w.grad.zero_()
        """
        observation = observe(SETUP, code + "x = torch.ones(2, requires_grad=True)\n", limits=Limits(wall_s=2))
        assert observation.outcome is Outcome.TIMEOUT
        assert brief(observation) > 100


POINTS = """
values = np.linspace(-3, 3, {count})
slopes = []
for value in values:
    x = torch.tensor(value, requires_grad=True)
    {slope}
"""
SLOPES = {
    "item": "torch.sin(x).backward(); slopes.append(x.grad.item())",
    "grad": "slopes.append(torch.autograd.grad(torch.sin(x), x)[0])",
    "one element": "x = x.detach().reshape(1).requires_grad_(True); torch.sin(x).backward(); slopes.append(x.grad)",
    "func": "slopes.append(torch.func.grad(torch.sin)(x).item())",
}
ONE_LEAF = {
    "zeroing": """
x = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
slopes = []
for value in np.linspace(-3, 3, {count}):
    x.data.fill_(value)
    torch.sin(x).backward()
    slopes.append(x.grad.item())
    x.grad.zero_()
""",
    "elements": """
x = torch.linspace(-3, 3, {count}, dtype=torch.float64, requires_grad=True)
y = torch.sin(x)
for number in range({count}):
    y[number].backward(retain_graph=True)
""",
    "elements of grad": """
x = torch.linspace(-3, 3, {count}, dtype=torch.float64, requires_grad=True)
y = torch.sin(x)
slopes = [torch.autograd.grad(y[number], x, retain_graph=True)[0][number].item() for number in range({count})]
""",
    "elements, zeroing": """
x = torch.linspace(-3, 3, {count}, dtype=torch.float64, requires_grad=True)
y = torch.sin(x)
for number in range({count}):
    y[number].backward(retain_graph=True)
    x.grad.zero_()
""",
}


@pytest.mark.parametrize(
    ("way", "count"),
    [*((way, 400) for way in (*SLOPES, *ONE_LEAF)), ("item", 2000), ("grad", 2000), ("elements", 2000)],
)
def test_every_point_of_a_curve_is_known(observe: Observer, way: str, count: int) -> None:
    code = ONE_LEAF[way].format(count=count) if way in ONE_LEAF else POINTS.format(count=count, slope=SLOPES[way])
    observation = observe(SETUP, code, limits=LONG)
    assert observation.outcome is Outcome.COMPLETED, observation.detail
    points = np.linspace(-3, 3, count)
    seen = np.concatenate([data.ravel() for data in gradients_of(observation.events)])
    assert np.isin(np.cos(points).round(6), seen.round(6)).all()
    assert any(leaf.shape == (count,) and np.allclose(leaf, points) for leaf in leaves_of(observation.events))
    if way.startswith("elements"):
        whole = find_backward_passes(observation.events)
        assert len(whole) == 1
        assert whole[0].gradient is not None
        assert np.allclose(np.asarray(whole[0].gradient.data), np.cos(points))
        assert whole[0].passes <= 1
    else:
        assert brief(observation) > count - 150


def test_a_pass_that_fails_late_in_a_loop_is_recorded_with_torchs_words(observe: Observer) -> None:
    observation = observe(
        "import torch\n"
        "x = torch.tensor([1.0, 2.0], requires_grad=True)\n"
        "y = (x * x).sum()\n"
        "for step in range(300):\n"
        "    y = (x * x).sum() if step < 250 else y\n"
        "    y.backward()\n"
        "    x.grad.zero_()\n"
    )
    assert brief(observation) > 100
    (failed,) = [event for event in events(observation, Backward) if event.error is not None]
    assert failed.error is not None
    assert failed.error.text.startswith("Trying to backward through the graph a second time")
    assert failed.error.origin == "torch"
    assert failed.place.line == 6


def test_a_replaced_backward_runs_in_a_long_loop_too(observe: Observer) -> None:
    observation = observe(
        "import torch\n"
        "x = torch.tensor([1.0, 2.0], requires_grad=True)\n"
        "usual, calls = torch.autograd.backward, []\n"
        "def counting(*args, **kwargs):\n"
        "    calls.append(1)\n"
        "    return usual(*args, **kwargs)\n"
        "for step in range(300):\n"
        "    if step == 200:\n"
        "        torch.autograd.backward = counting\n"
        "    (x * x).sum().backward()\n"
        "    x.grad.zero_()\n"
        "print(len(calls))\n"
    )
    assert "100\n" in "".join(event.text for event in events(observation, Output))
    assert brief(observation) > 90
