"""What passes with a hand in it that is not torch's waits for a person; what only looks, or is asked for, does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.exercise import load_exercise
from grader.judging.context import Subject
from grader.judging.curves.curve_sources import find_changes
from grader.judging.curves.known_changes import known_changes
from grader.judging.join_probes import join_probes
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.second_run_changes import SecondRunChanges
from grader.judging.sections import section_of
from grader.model import Cell, Submission, Verdict
from grader.submission.fingerprints import Handout
from tests.helpers.observing import Observer

Verdicts = Callable[..., Verdict]

SETUP = "import torch\nx = torch.tensor([1.0, 2.0, 4.0], requires_grad=True)\n"
SQUARE = """
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a * a
    @staticmethod
    def backward(ctx, g):
        a, = ctx.saved_tensors
        return 2 * a * g
"""
GRADIENT = "- {id: c, kind: backward, given: root == sum(leaf ** 2), expect: {gradient: 2 * leaf}}"
CURVE = "- {id: c, kind: plot, given: points >= 20, holds: \"source == 'autograd'\", expect: {y: 2 * x}}"
FUNCTION = (
    "- {id: c, kind: function, function: f, inputs: [{uniform: [3], low: 1, high: 3, count: 3}], "
    "expect: {gradient: numeric}}"
)


@pytest.fixture
def verdict(observe: Observer, tmp_path: Path) -> Verdicts:
    """The verdict of an exercise's only check, which is YAML, on a script."""

    def run(check: str, code: str) -> Verdict:
        path = tmp_path / "sample.yaml"
        path.write_text(f"id: sample\ntitle: The sample\nstatement: Do it.\nchecks:\n  {check}\n", encoding="utf-8")
        exercise = load_exercise(path)
        cell = Cell(number=None, source=code, code=code)
        submission = Submission(path="work.py", format="py", sha256="0" * 64, cells=(cell,))
        probes = join_probes([one.probes("sample", 0) for one in exercise.checks])
        observation = observe(code, format="py", probes=probes)
        subject = Subject(
            observed=Observed(observation),
            submission=submission,
            section=section_of(exercise.names, submission),
            handout=Handout(),
        )
        second = observation.second_run_figures
        curves = known_changes(observation) if second is None else find_changes(observation, second)
        changes = SecondRunChanges(curves=curves)
        return Judge(exercise.id, exercise.checks, seed=0).judge(subject, reference=None, changes=changes)[-1]

    return run


class TestBackward:
    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            (
                "x.register_hook(lambda g: 2 * g)\n(x * x.detach()).sum().backward()",
                "the hook at line 3 changed the gradient of `x`",
            ),
            (
                "y = (x * x).sum()\ny.grad_fn.register_prehook(lambda g: (g[0] * 1.0000001,))\ny.backward()",
                "the hook at line 4 changed a gradient at `SumBackward0`",
            ),
            (
                SQUARE + "Square.apply(x).sum().backward()",
                "the gradient comes from the backward of your own Function `Square` (line 10)",
            ),
            (
                "y = (x * x).sum()\nx.data = torch.ones(3)\ny.backward()",
                "the values of `x` were changed past autograd (line 4) after they had been used",
            ),
        ],
    )
    def test_a_hand_that_changed_something(self, verdict: Verdicts, code: str, reason: str) -> None:
        check = GRADIENT if "data" not in code else "- {id: c, kind: backward, given: size(leaf) == 3}"
        found = verdict(check, SETUP + code)
        assert (found.status, found.withheld) == ("manual", True)
        assert found.message == f"What is asked for is there, but {reason}: a person has to look."
        assert found.withheld_at is not None
        assert f"line {found.withheld_at.line}" in reason
        assert f"{found.withheld_at.line:>4}  " in found.withheld_code
        assert found.evidence

    @pytest.mark.parametrize(
        "code",
        [
            "x.register_hook(print)\n(x * x).sum().backward()",
            "x.register_hook(lambda g: None)\n(x * x).sum().backward()",
            "x.register_post_accumulate_grad_hook(lambda leaf: print(leaf.grad))\n(x * x).sum().backward()",
            "x.data.copy_(torch.tensor([1., 3., 5.]))\n(x * x).sum().backward()",
            "for _ in range(3):\n    (x * x).sum().backward()\n    x.data -= 0.1 * x.grad\n    x.grad.zero_()",
            "o = torch.optim.SGD([x], 0.1)\n(x * x).sum().backward()\no.step()\nx.grad = None\n(x*x).sum().backward()",
            "(x * x).sum().backward()\ntorch.nn.utils.clip_grad_norm_([x], 1.0)",
            SQUARE + "(x * x).sum().backward()",
        ],
    )
    def test_what_only_looks_or_is_torchs_passes(self, verdict: Verdicts, code: str) -> None:
        found = verdict(GRADIENT, SETUP + code)
        assert (found.status, found.withheld) == ("passed", False)

    def test_a_wrong_gradient_fails_whoever_had_a_hand_in_it(self, verdict: Verdicts) -> None:
        found = verdict(GRADIENT, SETUP + "x.register_hook(lambda g: 5 * g)\n(x * x).sum().backward()")
        assert (found.status, found.withheld, found.interfered) == ("failed", False, True)
        assert found.message == (
            "The hook at line 3 changed the gradient of `x`, and what came out is not what is asked for. "
            "The gradient of `x` is 5 times the expected value."
        )

    def test_it_is_named_where_the_gradient_alone_keeps_a_pass_from_being_found(self, verdict: Verdicts) -> None:
        check = '- {id: c, kind: backward, given: ["root == sum(leaf ** 2)", "gradient == 2 * leaf"]}'
        code = SETUP + "x.register_hook(lambda g: 3 * g)\n"
        found = verdict(check, code + "(x * x).sum().backward()")
        assert found.message.startswith("The hook at line 3 changed the gradient of `x`, and")
        assert found.interfered
        assert not any("gradient" in variables for variables in found.variables)
        assert not verdict(check, code + "(x ** 3).sum().backward()").interfered

    def test_it_explains_nothing_that_it_cannot_change(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: backward, given: root == sum(leaf ** 2), holds: passes == 2}"
        found = verdict(check, SETUP + "x.register_hook(lambda g: 3 * g)\n(x * x).sum().backward()")
        assert (found.status, found.interfered) == ("failed", False)

    def test_a_clean_pass_is_preferred(self, verdict: Verdicts) -> None:
        dirty = SQUARE + "Square.apply(x).sum().backward()\n"
        found = verdict(GRADIENT, SETUP + dirty + "x.grad = None\n(x * x).sum().backward()")
        assert found.status == "passed"
        assert found.place is not None
        assert found.place.line == 15

    def test_the_hook_that_changed_something_is_shown_and_no_other(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: backward, given: size(leaf) == 3, expect: {grad: 6 * leaf}}"
        hooks = "x.register_hook(print)\nx.register_post_accumulate_grad_hook(lambda leaf: print(leaf.grad.mul_(3)))\n"
        found = verdict(check, SETUP + hooks + "(x * x).sum().backward()")
        reason = "the hook at line 4 changed the gradient of `x`"
        assert found.message == f"What is asked for is there, but {reason}: a person has to look."
        assert found.withheld_at is not None
        assert found.withheld_at.line == 4

    def test_hooks_of_which_any_may_have_changed_something_are_all_named(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: backward, given: size(leaf) == 3}"
        hooks = (
            "x.grad = torch.ones(3)\nx.register_hook(print)\nx.register_hook(lambda g: print(x.grad.data.mul_(3)))\n"
        )
        found = verdict(check, SETUP + hooks + "(x * x).sum().backward()")
        reason = "one of the hooks (line 4, line 5) changed `.grad`"
        assert found.message == f"What is asked for is there, but {reason}: a person has to look."

    @pytest.mark.parametrize("allow", ["functions", "[hooks, functions]"])
    def test_what_the_exercise_asks_for(self, verdict: Verdicts, allow: str) -> None:
        code = SETUP + SQUARE + "Square.apply(x).sum().backward()"
        assert verdict(GRADIENT[:-1] + f", allow: {allow}}}", code).status == "passed"

    def test_another_hand_than_the_one_that_is_asked_for(self, verdict: Verdicts) -> None:
        code = (
            SQUARE.replace("2 * a * g", "a * g") + "x.register_hook(lambda g: 2 * g)\nSquare.apply(x).sum().backward()"
        )
        found = verdict(GRADIENT[:-1] + ", allow: functions}", SETUP + code)
        assert found.withheld
        assert "the hook at line 13" in found.message
        assert "Square" not in found.message

    def test_a_sum_of_passes_of_which_one_was_changed(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: backward, given: passes == 2, expect: {grad: 4 * leaf}}"
        first = "h = x.register_hook(lambda g: 2 * g)\n(x * x.detach()).sum().backward()\nh.remove()\n"
        assert verdict(check, SETUP + first + "(x * x).sum().backward()").withheld
        assert not verdict(check, SETUP + first + "x.grad = None\n" + "(x * x).sum().backward()\n" * 2).withheld

    def test_a_derivative_of_a_gradient_that_was_changed(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: backward, given: order == 2, expect: {gradient: 2 * size(leaf) * leaf / leaf / 3}}"
        code = "g, = torch.autograd.grad((x * x).sum(), x, create_graph=True)\ng.sum().backward()"
        assert verdict(check, SETUP + code).status == "passed"
        hook = "x.register_hook(lambda g: 1.0 * g)\n"
        assert verdict(check, SETUP + hook + code).withheld


class TestValue:
    GRAD = "- {id: c, kind: value, names: {x: x}, expect: {x.grad: 2 * x}}"
    RESULT = "- {id: c, kind: value, names: {x: x, g: g}, expect: {g: 2 * x}}"

    def test_a_grad_that_a_hook_changed(self, verdict: Verdicts) -> None:
        hook = "x.register_hook(lambda g: 2 * g)\n"
        assert verdict(self.GRAD, SETUP + hook + "(x * x.detach()).sum().backward()").withheld
        assert verdict(self.GRAD, SETUP + "x.register_hook(print)\n(x * x).sum().backward()").status == "passed"

    def test_a_gradient_that_was_returned(self, verdict: Verdicts) -> None:
        code = "g, = torch.autograd.grad(Square.apply(x).sum(), x)"
        assert verdict(self.RESULT, SETUP + SQUARE + code).withheld
        assert verdict(self.RESULT, SETUP + "g, = torch.autograd.grad((x * x).sum(), x)").status == "passed"

    def test_values_that_are_no_gradients(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: value, names: {x: x, y: y}, expect: {y: x * x}}"
        assert verdict(check, SETUP + SQUARE + "y = Square.apply(x)\ny.sum().backward()").status == "passed"

    def test_a_clean_gradient_of_equal_values_is_preferred(self, verdict: Verdicts) -> None:
        dirty = SQUARE + "g, = torch.autograd.grad(Square.apply(x).sum(), x)\n"
        assert verdict(self.RESULT, SETUP + dirty + "g, = torch.autograd.grad((x * x).sum(), x)").status == "passed"


class TestPlot:
    POINTS = "import torch, matplotlib.pyplot as plt\nx = torch.linspace(-2, 2, 50, requires_grad=True)\n"
    DRAW = "plt.plot(x.detach(), x.grad)\nplt.show()\n"

    def test_a_derivative_of_an_own_function(self, verdict: Verdicts) -> None:
        found = verdict(CURVE, self.POINTS + SQUARE + "Square.apply(x).sum().backward()\n" + self.DRAW)
        assert found.withheld
        assert "your own Function `Square`" in found.message

    def test_a_check_that_asks_for_values_only(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: plot, given: points >= 20, evidence: is_gradient and points > 1, expect: {y: 2 * x}}"
        code = self.POINTS + SQUARE + "Square.apply(x).sum().backward()\n" + self.DRAW
        assert verdict(check, code).status == "passed"
        assert verdict(check.replace("points >= 20", "is_gradient"), code).withheld

    def test_point_by_point_in_a_long_loop(self, verdict: Verdicts) -> None:
        loop = (
            "points, slopes = torch.linspace(-2, 2, 300), []\nfor p in points:\n    a = p.clone().requires_grad_()\n"
            "    y = Square.apply(a)\n    y.backward()\n    slopes.append(a.grad.item())\n"
            "plt.plot(points, slopes)\nplt.show()\n"
        )
        assert verdict(CURVE, self.POINTS + SQUARE + loop).withheld
        assert verdict(CURVE, self.POINTS + loop.replace("Square.apply(a)", "a * a")).status == "passed"

    def test_a_hook_that_looks_and_another_curve(self, verdict: Verdicts) -> None:
        other = SQUARE + "z = torch.ones(3, requires_grad=True)\nSquare.apply(z).sum().backward()\n"
        code = "x.register_hook(print)\n(x * x).sum().backward()\n"
        assert verdict(CURVE, self.POINTS + other + code + self.DRAW).status == "passed"

    def test_what_the_exercise_asks_for(self, verdict: Verdicts) -> None:
        code = self.POINTS + SQUARE + "Square.apply(x).sum().backward()\n" + self.DRAW
        assert verdict(CURVE[:-1] + ", allow: functions}", code).status == "passed"


class TestFunction:
    @pytest.mark.parametrize(
        "code",
        [
            SQUARE + "def f(x):\n    return Square.apply(x)",
            SQUARE + "square = Square.apply\ndef f(x):\n    y = square(x)\n    return y",
            "def f(x):\n    y = x * x\n    y.register_hook(lambda g: g * 1.000001)\n    return y",
            "def f(x):\n    y = x * x\n    y.grad_fn.register_hook(lambda i, o: (i[0] * 1.000001, i[1]))\n    return y",
        ],
    )
    def test_a_hand_in_its_gradient(self, verdict: Verdicts, code: str) -> None:
        found = verdict(FUNCTION, "import torch\n" + code)
        assert found.withheld
        assert found.message.startswith("What is asked for is there, but ")

    @pytest.mark.parametrize(
        "write",
        [
            "h.data.copy_(1.5 * x ** 2)",
            "h.data = 1.5 * x.detach() ** 2",
            "h.detach().numpy()[:] = 1.5 * x.detach().numpy() ** 2",
        ],
    )
    def test_values_that_it_writes_past_autograd(self, verdict: Verdicts, write: str) -> None:
        lines = ("h = x * 1", "y = h * h", write, "y.data.copy_(x ** 3)", "return y")
        code = "def f(x):" + "".join(f"\n    {line}" for line in lines)
        found = verdict(FUNCTION, code)
        assert (found.status, found.withheld) == ("manual", True)
        assert found.message.startswith("What is asked for is there, but ")

    @pytest.mark.parametrize(
        "code",
        [
            "import torch\ndef f(x):\n    y = x * x\n    while y.data.norm() < 1000: y = 2 * y\n    return y",
            "def f(x):\n    w = x.detach().clone()\n    w.data.mul_(2)\n    return x * x + 0 * w",
            "def f(x):\n    return x * x",
            "def f(x):\n    y = x * x\n    y.register_hook(lambda g: print(g))\n    return y",
            # Its first use imports torch's compiler, which takes longer than a call may on a busy machine.
            "from torch.utils.checkpoint import checkpoint\ntorch._dynamo.config\n"
            "def f(x):\n    return checkpoint(torch.exp, x, use_reentrant=False)",
            SQUARE + "def f(x):\n    return x * x",
        ],
    )  # fmt: skip
    def test_torchs_own_hands(self, verdict: Verdicts, code: str) -> None:
        assert verdict(FUNCTION, "import torch\n" + code).status == "passed"

    def test_what_the_exercise_asks_for(self, verdict: Verdicts) -> None:
        code = "import torch\n" + SQUARE + "def f(x):\n    return Square.apply(x)"
        assert verdict(FUNCTION[:-1] + ", allow: functions}", code).status == "passed"

    def test_only_the_output_is_looked_at(self, verdict: Verdicts) -> None:
        check = FUNCTION.replace("gradient: numeric", "output: input ** 2")
        assert verdict(check, "import torch\n" + SQUARE + "def f(x):\n    return Square.apply(x)").status == "passed"


class TestRaises:
    TWICE = "- {id: c, kind: raises, error: backward-twice}"

    def test_an_error_that_a_hook_raised(self, verdict: Verdicts) -> None:
        hook = "def h(g):\n    raise RuntimeError('Trying to backward through the graph a second time')\n"
        found = verdict(self.TWICE, SETUP + hook + "y = (x * x).sum()\nx.register_hook(h)\ny.backward()")
        assert found.status == "failed"
        assert "but your own code (line 4) raised that" in found.message
        assert found.place is not None
        assert found.place.line == 4

    def test_torchs_own_error_beside_it(self, verdict: Verdicts) -> None:
        hook = "def h(g):\n    raise RuntimeError('Trying to backward through the graph a second time')\n"
        code = (
            "y = (x * x).sum()\nh = y.register_hook(h)\ntry:\n    y.backward()\nexcept RuntimeError:\n    h.remove()\n"
        )
        twice = "z = (x * x).sum()\nz.backward()\nz.backward()"
        assert verdict(self.TWICE, SETUP + hook + code + twice).status == "passed"

    def test_a_hook_that_looks_changes_nothing(self, verdict: Verdicts) -> None:
        code = "x.register_hook(print)\ny = (x * x).sum()\ny.backward()\ntry: y.backward()\nexcept Exception: raise"
        assert verdict(self.TWICE, SETUP + code).status == "passed"
