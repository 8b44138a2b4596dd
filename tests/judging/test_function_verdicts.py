"""Verdicts on functions that a teacher would sign: own backward functions, random slopes, counts, callables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.model import Verdict
from grader.sandbox.sandbox import Sandbox
from tests.judging.test_function_check import Course, course, redesign

__all__ = ["course", "redesign"]  # fixtures

FUNCTION = """
import torch

class Own(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return {forward}
    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return {backward}

f = Own.apply
"""
NUMERIC = (
    "function: f\nallow: functions\ninputs: [{uniform: [3], low: 1, high: 4, count: 3}]\nexpect: {gradient: numeric}"
)
REFERENCE = NUMERIC.replace("numeric", "reference")
SCALAR = (
    "function: f\nallow: functions\ninputs: [{uniform: [], low: 1, high: 4, count: 3}]\nexpect: {gradient: reference}"
)


def own(forward: str, backward: str) -> str:
    return FUNCTION.format(forward=forward, backward=backward)


class TestBackwardOfOnesOwn:
    @pytest.mark.parametrize("lines", [NUMERIC, REFERENCE, SCALAR], ids=["numeric", "reference", "a number"])
    @pytest.mark.parametrize(
        ("forward", "backward", "status"),
        [
            ("x.sqrt()", "grad_output / (2 * x.sqrt())", "passed"),
            ("x.sqrt()", "grad_output * 0.5 * x ** -0.5", "passed"),
            ("x.sqrt()", "0.5 * x ** -0.5", "failed"),
            ("x.sqrt()", "grad_output.abs() / (2 * x.sqrt())", "failed"),
            ("x.sqrt()", "grad_output ** 2 / (2 * x.sqrt())", "failed"),
            ("x.sqrt()", "grad_output.clamp(-1, 1) / (2 * x.sqrt())", "failed"),
            ("x.sqrt()", "grad_output / x.sqrt()", "failed"),
        ],
    )
    def test_has_to_weigh(self, course: Any, lines: str, forward: str, backward: str, status: str) -> None:
        verdict = course(lines, "def f(x): return x.sqrt()").judge(own(forward, backward))["check"]
        assert verdict.status == status, verdict.message

    def test_that_mixes_the_elements(self, course: Any) -> None:
        mixed = own("x * x", "2 * x * grad_output.mean()")
        assert course(NUMERIC, "def f(x): return x * x").judge(mixed)["check"].status == "failed"
        right = own("x.sum() * torch.ones(2)", "grad_output.sum() * torch.ones_like(x)")
        assert (
            course(REFERENCE, "import torch\ndef f(x): return x.sum() * torch.ones(2)").judge(right)["check"].status
            == "passed"
        )

    def test_is_told_what_is_missing(self, course: Any) -> None:
        verdict = course(NUMERIC, "def f(x): return x.sqrt()").judge(own("x.sqrt()", "0.5 * x ** -0.5"))["check"]
        assert "its backward leaves out the gradient that it is given (`grad_output`)" in verdict.message
        verdict = course(REFERENCE, "def f(x): return x.sqrt()").judge(
            own("x.sqrt()", "grad_output.abs() / (2 * x.sqrt())")
        )["check"]
        assert "leaves out" not in verdict.message
        assert "but not when they are weighed" in verdict.message

    def test_expressions_may_name_the_weights(self, course: Any) -> None:
        lines = NUMERIC.replace("numeric", "2 * input") + "\nholds: weighed_gradient == 2 * input * weights"
        made = course(lines, "def f(x): return x * x")
        assert made.judge("def f(x): return x ** 2")["check"].status == "passed"
        assert made.judge(own("x * x", "2 * x"))["check"].status == "failed"

    def test_without_a_gradient_nothing_is_weighed(self, course: Any) -> None:
        lines = NUMERIC.replace("gradient: numeric", "weighed_gradient: weights * 3 * input ** 2")
        made = course(lines, "def f(x): return x ** 3")
        verdict = made.judge("import torch\ndef f(x): return torch.from_numpy(x.detach().numpy() ** 3)")["check"]
        assert verdict.status == "failed"
        assert "its gradient is None: autograd finds no way" in verdict.message
        assert "None is no number" not in verdict.message

    @pytest.mark.parametrize(
        "code",
        [
            "def f(x): return x.softmax(0)",
            "def f(x): return x / x.norm()",
            "import torch\nw = torch.randn(3, 3)\ndef f(x): return w @ x",
            "import torch\ndef f(x): return torch.stack([x.sum(), x.prod()])",
            "def f(x): return x.cumsum(0)",
            "def f(x): return x[None] * x[:, None]",
        ],
    )
    def test_of_torch_is_right_under_any_weights(self, course: Any, code: str) -> None:
        for lines in (NUMERIC, REFERENCE):
            verdict = course(lines, code).judge(code)["check"]
            assert verdict.status == "passed", verdict.message


COUNTED = """
n = 0
def f(x):
    global n
    n += 1
    if x > 0:
        return x ** 2
    for _ in range(n):
        x = x * 1.0
    return {wrong}
f(torch.tensor(2.0)), f(torch.tensor(-2.0))
"""


class TestWhatCannotBeDecided:
    """It is for a person: neither right nor wrong."""

    @pytest.mark.parametrize(("wrong", "status"), [("x.detach() * x", "failed"), ("x", "passed")])
    def test_a_loop_that_grows_with_every_call_is_measured(self, redesign: Course, wrong: str, status: str) -> None:
        verdicts = redesign.judge("import torch\n" + COUNTED.format(wrong=wrong))
        assert verdicts["depends"].status == "passed"
        assert verdicts["right"].status == status

    @pytest.mark.parametrize("wrong", ["x.detach() * x", "x"])
    def test_a_loop_whose_length_cannot_be_set_back(self, redesign: Course, wrong: str) -> None:
        code = COUNTED.replace("n = 0", "turns = iter(range(9999))").replace("global n\n    n += 1", "n = next(turns)")
        verdicts = redesign.judge("import torch\n" + code.format(wrong=wrong))
        assert verdicts["right"].status == "manual"
        assert verdicts["right"].withheld
        assert "def f(x):" in verdicts["right"].withheld_code
        assert "does something else when it is called again" in verdicts["right"].message

    @pytest.mark.parametrize(
        "code",
        [
            "n = 0\ndef f(x):\n    global n\n    n += 1\n    return x if n % 2 else 2 * x",
            "n = 0\ndef f(x):\n    global n\n    n += 1\n    if n > 20: return x\n    return 2 * x",
            "seen = []\ndef f(x):\n    seen.append(x)\n    return x if len(seen) % 2 else 2 * x",
            # By numbers so large that no two calls agree by chance: each call goes its own way, with its own result.
            "import os\ndef f(x):\n    n = int.from_bytes(os.urandom(4))\n    return x * n if n % 2 else x * -n",
            "import time\ndef f(x):\n    n = time.perf_counter_ns()\n    return x * n if n % 2 else x * -n",
            "turns = iter([1, 2] * 500)\ndef f(x): return x if next(turns) > 1 else 2 * x",
        ],
    )
    def test_a_way_that_hangs_on_earlier_calls_is_not_the_inputs(self, redesign: Course, code: str) -> None:
        verdicts = redesign.judge(f"import torch\n{code}\nfor _ in range(9): f(torch.tensor(2.0))")
        assert verdicts["depends"].status in ("manual", "failed")
        assert verdicts["right"].status in ("manual", "failed")

    @pytest.mark.parametrize(
        "code",
        [
            "def f(x): return x * 2 if torch.rand(1) > 0.5 else x",
            "r = random.Random(1)\ndef f(x): return x * 2 if r.random() > 0.5 else x",
            "g = torch.Generator()\ndef f(x): return x * 2 if torch.rand(1, generator=g) > 0.5 else x",
            "r = np.random.default_rng(1)\ndef f(x): return x * 2 if r.random() > 0.5 else x",
            "def f(x): return x * np.random.choice([1, 2])",
        ],
    )
    def test_a_way_that_is_drawn_is_not_the_inputs(self, redesign: Course, code: str) -> None:
        code = f"import random\nimport numpy as np\nimport torch\n{code}\nfor _ in range(4): f(torch.tensor(2.0))"
        verdicts = redesign.judge(code)
        assert verdicts["depends"].status == "failed"
        assert "the same way" in verdicts["depends"].message

    @pytest.mark.parametrize(
        "code",
        [
            "calls = 0\ndef f(x):\n    global calls\n    calls += 1\n    return x ** 2 if x > 0 else -x",
            "def f(x):\n    f.calls = getattr(f, 'calls', 0) + 1\n    return x ** 2 if x > 0 else -x",
            "ready = []\ndef f(x):\n    if not ready: ready.append(1)\n    return x ** 2 if x > 0 else -x",
            "def f(x): return (x ** 2 if x > 0 else -x) * torch.rand(())",
            "def f(x):\n    print(x)\n    return x ** 2 if x > 0 else -x",
        ],
    )
    def test_a_count_that_decides_nothing_harms_nobody(self, redesign: Course, code: str) -> None:
        verdicts = redesign.judge(f"import torch\n{code}\nf(torch.tensor(2.0))")
        assert [verdicts["depends"].status, verdicts["right"].status] == ["passed", "passed"]

    def test_a_constant_is_no_matter_for_a_person(self, course: Any) -> None:
        verdict = course(NUMERIC, "def f(x): return x").judge("import torch\ndef f(x): return torch.ones(3)")["check"]
        assert verdict.status == "failed"
        assert "at none of 3 inputs does its result depend on the input" in verdict.message


VARIES = """
function: [f, any]
inputs: [value: 3.0, value: -3.0, value: 2500.0]
expect: {gradient: output / input}
holds: 1000 <= abs(gradient) < 2000 and varies == True
"""


class TestRandomSlopes:
    @pytest.mark.parametrize(
        ("code", "status"),
        [
            ("f = lambda a: 1234.5 * a", "failed"),
            ("c = 1234.5\ndef f(a): return c * a", "failed"),
            ("def f(a): return (1234.5 + 0 * torch.rand(())) * a", "failed"),
            (
                "def slope():\n    c = torch.rand(())\n    while c < 1000: c = 2 * c\n    return c\n"
                "def f(a): return slope() * a",
                "passed",
            ),
            ("torch.manual_seed(1)\nc = torch.rand(())\nwhile c < 1000: c = 2 * c\ndef f(a): return c * a", "passed"),
        ],
    )
    def test_are_another_one_under_another_seed(self, course: Any, code: str, status: str) -> None:
        reference = "import torch\ndef f(a):\n    c = torch.rand(())\n    while c < 1000: c = 2 * c\n    return c * a"
        verdict = course(VARIES, reference).judge(f"import torch\n{code}")["check"]
        assert verdict.status == status, verdict.message


class TestListedNames:
    """A helper does not rescue the function that was asked for."""

    LINES = "function: [f, any]\ninputs: [value: [1.0, 2.0], value: [3.0, -1.0]]\nexpect: {gradient: reference}\n"
    CUT = "def f(x): return (x ** 2).detach()\n"

    def test_another_function_that_is_right_counts(self, course: Any) -> None:
        made = course(self.LINES + "holds: output == input ** 2", "def f(x): return x ** 2")
        assert made.judge(self.CUT + "def square(x): return x * x")["check"].status == "passed"
        verdict = made.judge(self.CUT + "def helper(x): return x + 1")["check"]
        assert verdict.status == "failed"
        assert "`f`" in verdict.message


class TestMissingReturn:
    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ("x ** 2", "it returns None: is a `return` missing"),
            ("y = x ** 2\n    print(y)", "it prints something and returns None"),
            ("if x.sum() > 1e9: return x ** 2", "it returns None: is a `return` missing"),
            (
                "return (x ** 2).sum().item()",
                "it returns a number, which autograd knows nothing about. `item()` on line",
            ),
            ("return (x ** 2).tolist()", "it returns a list where one tensor is needed"),
            ("return x ** 2, x", "it returns several values at once (a tuple) where one tensor is needed"),
            ("return x.detach().numpy() ** 2", "it returns an array of NumPy, which autograd knows nothing about"),
            ("return (x ** 2).detach()", "autograd finds no way from what it returns back to its input. `detach()`"),
            ("return (x ** 2).data", "`.data` on line 3 leaves the graph"),
            ("with torch.no_grad(): return x ** 2", "`torch.no_grad()` on line 3 leaves the graph"),
            ("return torch.tensor([v.item() for v in x ** 2])", "`item()` on line 3 leaves the graph"),
            ("return torch.ones(2)", "autograd finds no way from what it returns back to its input."),
            ("return lambda: x ** 2", "it returns a function: are the parentheses of a call missing?"),
            ("return str(x ** 2)", "it returns a text where one tensor is needed"),
            ("return bool(x.sum() > 0)", "it returns `True` where one tensor is needed"),
        ],
    )
    def test_is_named(self, course: Any, body: str, said: str) -> None:
        for wanted in ("numeric", "reference"):
            lines = f"function: f\ninputs: [value: [1.0, 2.0]]\nexpect: {{gradient: {wanted}}}"
            made = course(lines, "def f(x): return x ** 2")
            verdict: Verdict = made.judge(f"import torch\ndef f(x):\n    {body}")["check"]
            if verdict.message.startswith("`f` gives autograd nothing to differentiate"):
                continue
            assert verdict.status == "failed"
            assert said in verdict.message

    def test_of_a_value(self, course: Any) -> None:
        made = course(
            "function: f\ninputs: [value: [1.0, 2.0]]\nexpect: {output: reference}", "def f(x): return x ** 2"
        )
        assert "is a `return` missing" in made.judge("def f(x): x ** 2")["check"].message
        assert made.judge("import torch\ndef f(x): return x.detach().numpy() ** 2")["check"].status == "passed"
        assert "no way" not in made.judge("def f(x): return x.detach() + 1")["check"].message


CALLABLES = (
    "f = Own.apply",
    "f = functools.partial(power, 2)",
    "class Square(torch.nn.Module):\n    def forward(self, x): return x ** 2\nf = Square()",
    "class Square:\n    def __call__(self, x): return x ** 2\nf = Square()",
    "def f(*args): return args[0] ** 2",
    "f = torch.square",
    "f = Tools().square",
    "table = {'f': lambda x: x ** 2}",
    "@functools.lru_cache\ndef f(x): return x ** 2",
    "f = torch.compile(lambda x: x ** 2)",
)


@pytest.mark.parametrize("code", CALLABLES)
def test_callables_are_seen_by_their_names(sandbox: Sandbox, tmp_path: Path, code: str) -> None:
    head = "id: exercise\ntitle: Exercise\nstatement: Do it.\nchecks:\n  - id: check\n    kind: function\n"
    lines = "    function: f\n    inputs: [value: [1.0, 2.0]]\n    allow: functions\n"
    lines += "    expect: {output: reference, gradient: reference}\n"
    made = Course(sandbox, tmp_path, head + lines, "def f(x): return x ** 2")
    tools = "import functools\ndef power(n, x): return x ** n\nclass Tools:\n    def square(self, x): return x ** 2\n"
    verdict = made.judge(own("x ** 2", "2 * x * grad_output").replace("f = Own.apply", tools + code))["check"]
    assert verdict.status == "passed", verdict.message
