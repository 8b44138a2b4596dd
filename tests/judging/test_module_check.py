"""Checks of modules: a check in YAML, a reference's code and a submission's in, verdict out, through a real worker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.exercise import load_exercise
from grader.errors import ExerciseError
from grader.judging.context import Subject
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.sections import section_of
from grader.language.expression import parse
from grader.model import Cell, Submission, Verdict
from grader.pipeline.needed_parameters import with_needed_parameters
from grader.submission.fingerprints import Handout
from tests.helpers.observing import Observer

Verdicts = Callable[[str, str, str], Verdict]

HEAD = "import torch\nfrom torch import nn\n"
LINEAR = """
kind: module
module: [Net, any]
arguments: {x: {normal: [4, 3]}}
calls: 2
expect: {output: reference, gradients: reference}
"""
REFERENCE = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 2)
    def forward(self, x):
        return self.layer(x)
"""


def loaded(folder: Path, check: str) -> Judge:
    path = folder / "sample.yaml"
    lines = "".join(f"    {line}\n" for line in check.strip("\n").split("\n"))
    path.write_text(
        f"id: sample\ntitle: The sample\nstatement: Do it.\nchecks:\n  - id: one\n{lines}", encoding="utf-8"
    )
    exercise = load_exercise(path)
    return Judge(exercise.id, exercise.checks, seed=0)


@pytest.fixture
def verdict(observe: Observer, tmp_path: Path) -> Verdicts:
    """The verdict of a check on a submission, beside a reference."""

    def run(check: str, reference: str, code: str) -> Verdict:
        judge = loaded(tmp_path, check)
        names = load_exercise(tmp_path / "sample.yaml").names
        (probes,) = judge.probes
        theirs = Observed(observe(HEAD + reference, probes=probes))
        asked = with_needed_parameters(probes, {one.id: "sample" for one in probes.modules}, lambda _: theirs)
        cells = (Cell(number=1, source=HEAD + code, code=HEAD + code),)
        submission = Submission(path="work.ipynb", format="ipynb", sha256="0" * 64, cells=cells)
        subject = Subject(
            observed=Observed(observe(HEAD + code, format="ipynb", probes=asked)),
            submission=submission,
            section=section_of(names, submission),
            handout=Handout(),
        )
        return judge.judge(subject, reference=theirs)[0]

    return run


class TestParameters:
    @pytest.mark.parametrize(
        "code",
        [
            pytest.param("Net = None\nnet = nn.Sequential(nn.Linear(3, 2))", id="an object"),
            pytest.param("Net = lambda: nn.Sequential(nn.Linear(3, 2))", id="a lambda that makes one"),
            pytest.param("def anything():\n    return nn.Linear(3, 2)", id="a function that makes one"),
            pytest.param(
                "class A(nn.Module):\n"
                "    def __init__(self):\n"
                "        super().__init__()\n"
                "        self.parts = nn.ParameterList([torch.zeros(3, 2), torch.zeros(2)])\n"
                "    def forward(self, x):\n"
                "        return x @ self.parts[0] + self.parts[1]",
                id="a list of parameters, transposed",
            ),
            pytest.param(
                "class A(nn.Module):\n"
                "    def __init__(self):\n"
                "        super().__init__()\n"
                "        self.parts = nn.ParameterDict({'b': torch.zeros(1, 2), 'w': torch.zeros(2, 3)})\n"
                "    def forward(self, x):\n"
                "        return x @ self.parts['w'].T + self.parts['b']",
                id="a dictionary of parameters in another order",
            ),
            pytest.param(
                "class A(nn.Module):\n"
                "    def __init__(self):\n"
                "        super().__init__()\n"
                "        self.inner = nn.LazyLinear(2)\n"
                "    def forward(self, x):\n"
                "        return self.inner(x)",
                id="lazy",
            ),
            pytest.param(
                "class A:\n"
                "    def __init__(self):\n"
                "        self.w = torch.zeros(3, 2, requires_grad=True)\n"
                "        self.b = torch.zeros(2, requires_grad=True)\n"
                "    def __call__(self, x):\n"
                "        return x @ self.w + self.b",
                id="a plain class",
            ),
            pytest.param(
                "memory = torch.zeros(8)\n"
                "class A(nn.Module):\n"
                "    def __init__(self):\n"
                "        super().__init__()\n"
                "        self.w = nn.Parameter(memory[:6].view(3, 2))\n"
                "        self.b = nn.Parameter(memory[6:])\n"
                "    def forward(self, x):\n"
                "        return x @ self.w + self.b",
                id="views of one memory",
            ),
            pytest.param(
                "class Net(nn.Module):\n    def __init__(self):\n        raise ValueError('an old one')\n"
                + REFERENCE
                + "Net = 3",
                id="the name is bound to something else later",
            ),
        ],
    )
    def test_are_set_wherever_they_are(self, verdict: Verdicts, code: str) -> None:
        found = verdict(LINEAR, REFERENCE, code)
        assert found.status == "passed", found.message

    @pytest.mark.parametrize(
        ("code", "says"),
        [
            (
                REFERENCE.replace("nn.Linear(3, 2)", "nn.Linear(3, 2, bias=False)"),
                "`Net` has 1 parameter (layer.weight (2, 3)), and 2 are needed: nothing fits the shape (2,).",
            ),
            (
                REFERENCE.replace(
                    "self.layer = nn.Linear(3, 2)", "self.w = torch.zeros(2, 3, requires_grad=True)"
                ).replace("self.layer(x)", "x @ self.w.T"),
                "`w` is a plain tensor that requires grad, which is not registered: make it an `nn.Parameter`.",
            ),
            (
                REFERENCE.replace("(3, 2)", "(3, 2)\n        self.more = nn.Parameter(torch.ones(1))")
                .replace("self.layer(x)", "self.layer(x) * self.more")
                .replace("torch.ones(1)", "torch.full((1,), 2.0)"),
                "layer.bias (2,)), and 2 are needed: more (1,) is not.",
            ),
            (
                REFERENCE + "        # and\n    @property\n    def weight(self): return 1\n"
                "    def train(self, mode=True):\n        nn.init.ones_(self.layer.bias)\n        return self",
                "`layer.bias` holds other values than were set",
            ),
        ],
        ids=["missing", "not registered", "one too many", "set anew"],
    )
    def test_that_do_not_fit_are_said(self, verdict: Verdicts, code: str, says: str) -> None:
        found = verdict(LINEAR, REFERENCE, code)
        assert found.status == "failed"
        assert says in found.message

    def test_of_equal_shape_are_tried_in_another_order(self, verdict: Verdicts) -> None:
        layer = (
            "class Net(nn.Module):\n"
            "    def __init__(self):\n"
            "        super().__init__()\n"
            "        self.{0} = nn.Parameter(torch.ones(3))\n"
            "        self.{1} = nn.Parameter(torch.ones(3))\n"
            "    def forward(self, x):\n"
            "        return x * self.{2} + self.{3}\n"
        )
        reference = layer.format("scale", "shift", "scale", "shift")
        swapped = layer.format("beta", "gamma", "gamma", "beta")
        assert verdict(LINEAR, reference, swapped).status == "passed"
        assert verdict(LINEAR, reference, swapped.replace("x * ", "2 * x * ")).status == "failed"

    def test_of_a_layer_without_autograd_are_what_it_draws(self, verdict: Verdicts) -> None:
        check = (
            "kind: module\nmodule: [Layer, any]\nmethod: forward\narguments: {x: {normal: [4, 3]}}\n"
            "expect: {output: reference}"
        )
        layer = (
            "class Layer:\n"
            "    def __init__(self):\n"
            "        self.W = torch.randn(3, 2)\n"
            "        self.dW = torch.zeros(3, 2)\n"
            "    def forward(self, x):\n"
            "        return x @ self.W\n"
        )
        other = "class L:\n    def __init__(self):\n        self.w = 0.01 * torch.rand(2, 3)\n"
        other += "    def forward(self, x):\n        return x @ self.w.T\n"
        assert verdict(check, layer, other).status == "passed"
        assert verdict(check, layer, other.replace("self.w.T", "self.w.T * 2")).status == "failed"

    def test_may_be_tied(self, verdict: Verdicts) -> None:
        tied = (
            "class Net(nn.Module):\n"
            "    def __init__(self):\n"
            "        super().__init__()\n"
            "        self.a = nn.Linear(3, 3, bias=False)\n"
            "        self.b = nn.Linear(3, 3, bias=False)\n"
            "        self.b.weight = self.a.weight\n"
            "    def forward(self, x):\n"
            "        return self.b(torch.tanh(self.a(x)))\n"
        )
        assert verdict(LINEAR, tied, tied).status == "passed"
        untied = verdict(LINEAR, tied, tied.replace("        self.b.weight = self.a.weight\n", ""))
        assert untied.status == "failed"

    def test_may_be_those_of_a_parametrization(self, verdict: Verdicts) -> None:
        normed = REFERENCE.replace("nn.Linear(3, 2)", "nn.utils.parametrizations.weight_norm(nn.Linear(3, 2))")
        assert verdict(LINEAR, normed, normed).status == "passed"

    def test_may_be_changed_by_a_method(self, verdict: Verdicts) -> None:
        check = (
            "kind: module\nmodule: [Net]\nmethod: halve\n"
            'expect:\n  parameters["layer.weight"].after: parameters["layer.weight"] / 2\n'
            'holds: not parameters["layer.bias"].changed'
        )
        halves = REFERENCE + ("    @torch.no_grad()\n    def halve(self):\n        self.layer.weight.mul_(0.5)\n")
        assert verdict(check, halves, halves).status == "passed"
        assert verdict(check, halves, halves.replace("mul_(0.5)", "mul(0.5)")).status == "failed"

    def test_may_have_sparse_gradients(self, verdict: Verdicts) -> None:
        check = LINEAR.replace("{normal: [4, 3]}", "{integers: [2, 3], low: 0, high: 4}")
        table = REFERENCE.replace("nn.Linear(3, 2)", "nn.Embedding(5, 2)")
        found = verdict(check, table, table.replace("Embedding(5, 2)", "Embedding(5, 2, sparse=True)"))
        assert found.status == "passed", found.message

    def test_of_float64_are_compared_as_such(self, verdict: Verdicts) -> None:
        check = LINEAR.replace("normal: [4, 3]", "normal: [4, 3], dtype: float64")
        wide = REFERENCE.replace("nn.Linear(3, 2)", "nn.Linear(3, 2, dtype=torch.float64)")
        assert verdict(check, wide, wide).status == "passed"
        narrow = wide.replace("return self.layer(x)", "return self.layer(x).float()")
        assert verdict(check, wide, narrow).status == "passed"  # as far as float32 can tell
        off = wide.replace("return self.layer(x)", "return self.layer(x) + 1e-5")
        assert verdict(check, wide, off).status == "failed"

    def test_of_their_own_stay(self, verdict: Verdicts) -> None:
        check = (
            "kind: module\nmodule: [Net]\nparameters: own\narguments: {x: {normal: [4, 3]}}\n"
            'expect:\n  parameters["layer.bias"]: 0'
        )
        zeros = REFERENCE.replace(
            "self.layer = nn.Linear(3, 2)", "self.layer = nn.Linear(3, 2); nn.init.zeros_(self.layer.bias)"
        )
        assert verdict(check, zeros, zeros).status == "passed"
        assert verdict(check, zeros, REFERENCE).status == "failed"


class TestWhichModule:
    FROZEN = "kind: module\nmodule: [Net]\narguments: {x: {normal: [4, 3]}}\nexpect: {trainable_count: 0}"

    def test_an_object_is_meant_by_the_name_of_its_class_as_well(self, verdict: Verdicts) -> None:
        code = f"{REFERENCE}net = Net().requires_grad_(False)"
        assert verdict(self.FROZEN, code, code).status == "passed"
        assert verdict(self.FROZEN, code, REFERENCE).status == "failed"

    def test_the_references_is_its_last_one(self, verdict: Verdicts) -> None:
        part = "class Part(nn.Module):\n    def forward(self, x):\n        return x\n"
        check = LINEAR.replace("[Net, any]", "any")
        assert verdict(check, part + REFERENCE, REFERENCE).status == "passed"
        assert verdict(check, part + REFERENCE, part).status == "failed"


class TestStatistics:
    CHECK = (
        "kind: module\nmodule: [Net]\narguments: {x: {uniform: [3], low: 1, high: 2}}\ncalls: 1\nrepeat: 400\n"
        "expect: {average: reference, kept: reference}"
    )
    DROPPED = "class Net(nn.Module):\n    def forward(self, x):\n        return x * (torch.rand(3) < 0.5) * 2\n"

    def test_of_the_reference_are_compared_as_chance_allows(self, verdict: Verdicts) -> None:
        other = self.DROPPED.replace("(torch.rand(3) < 0.5)", "torch.bernoulli(torch.full((3,), 0.5))")
        found = verdict(self.CHECK, self.DROPPED, other)
        assert found.status == "passed", found.message
        assert verdict(self.CHECK, self.DROPPED, self.DROPPED.replace(" * 2", "")).status == "failed"


class TestGiven:
    def test_a_module_of_a_listed_name_that_misses_it_is_told_what_it_lacks(self, verdict: Verdicts) -> None:
        listed = REFERENCE.replace("nn.Linear(3, 2)", "[nn.Linear(3, 2)]").replace("self.layer(x)", "self.layer[0](x)")
        found = verdict(f"{LINEAR}given: parameter_count == 8", REFERENCE, listed)
        assert "`Net` is not what is asked for: it has no parameters, and 2 are needed" in found.message
        assert "`layer` is a plain list" in found.message


class TestErrors:
    @pytest.mark.parametrize(
        ("code", "says"),
        [
            ("class Net(nn.Module):\n    def fwd(self, x):\n        return x", "`Net` has no method `forward`"),
            (
                "class Net(nn.Module):\n    def forward(self, x):\n        print(x)",
                "prints something and returns None",
            ),
            ("class Net:\n    pass", "`Net` cannot be called: its class is no `nn.Module`"),
            (
                "class Net(nn.Module):\n    def __init__(self, n):\n        super().__init__()",
                "`Net` cannot be made as `Net()`",
            ),
            (
                "class Net(nn.Module):\n    def forward():\n        return 1",
                "`Net` has a `forward` without `self`",
            ),
            (
                "class Net(nn.Module):\n    def forward(self, x, y):\n        return x",
                "`Net` cannot be called as `forward(x)`",
            ),
        ],
    )
    def test_say_what_is_missing(self, verdict: Verdicts, code: str, says: str) -> None:
        found = verdict(LINEAR.replace("[Net, any]", "Net"), REFERENCE, code)
        assert found.status == "failed"
        assert says in found.message

    def test_no_module_is_said_as_well(self, verdict: Verdicts) -> None:
        assert verdict(LINEAR, REFERENCE, "x = 1").message == "No class or module `Net` was found."


class TestHands:
    OWN = """
class Halved(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 1
    @staticmethod
    def backward(ctx, g): return g{0}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 2)
    def forward(self, x):
        return Halved.apply(self.layer(x))
"""

    def test_withhold_what_passes(self, verdict: Verdicts) -> None:
        found = verdict(LINEAR, REFERENCE, self.OWN.format(""))
        assert (found.status, found.withheld) == ("manual", True)
        assert verdict(f"{LINEAR}allow: functions", REFERENCE, self.OWN.format("")).status == "passed"

    def test_the_weighed_output_finds_a_backward_without_its_gradient(self, verdict: Verdicts) -> None:
        found = verdict(f"{LINEAR}allow: functions", REFERENCE, self.OWN.format(" * 0 + 1"))
        assert found.status == "failed"
        assert "where they are weighed at random" in found.message

    def test_an_own_function_is_called_by_its_apply(self, verdict: Verdicts) -> None:
        check = (
            "kind: module\nmodule: [Sqrt, any]\nallow: functions\n"
            "arguments: {x: {uniform: [3], low: 1, high: 2}}\n"
            "expect: {output: sqrt(x), x.gradient: 0.5 / sqrt(x)}"
        )
        right = (
            "class Sqrt(torch.autograd.Function):\n"
            "    @staticmethod\n"
            "    def forward(ctx, x):\n"
            "        ctx.save_for_backward(y := x.sqrt())\n"
            "        return y\n"
            "    @staticmethod\n"
            "    def backward(ctx, g):\n"
            "        return g / (2 * ctx.saved_tensors[0])\n"
        )
        assert verdict(check, right, right).status == "passed"
        assert verdict(check, right, right.replace("2 *", "3 *")).status == "failed"


class TestFields:
    @pytest.mark.parametrize(
        ("lines", "says"),
        [
            ("repeat: 100\nexpect: {output: reference}", "`repeat` is for `kept` and `average`"),
            ("methods: [step]\nmethod: step\nexpect: {output: reference}", "leave out `method`"),
            ("modes: [train, train]\nexpect: {output: reference}", "`modes` names a mode twice"),
            ("by-name: [p]\nexpect: {output: reference}", "`by-name` lists `p`"),
            (
                "made-with: {x: 1}\narguments: {x: {normal: [2]}}\nexpect: {output: reference}",
                "`x` is the name of two arguments",
            ),
            ("methods: [{a: {}, b: {}}]\nexpect: {output: reference}", "expected a method with its arguments"),
            ("after: one\nexpect: {output: reference}", "modules are called when the submission has ended"),
        ],
    )
    def test_that_do_not_fit_are_refused(self, tmp_path: Path, lines: str, says: str) -> None:
        with pytest.raises(ExerciseError) as caught:
            loaded(tmp_path, f"kind: module\nmodule: Net\n{lines}")
        assert says in str(caught.value)


class TestMadeWith:
    """A module that is there already has a size of its own, whatever ``made-with`` says."""

    CHECK = """
kind: module
module: [Net, any]
made-with: {n: 4}
arguments: {x: {normal: [2, 4]}}
calls: 1
expect: {output: reference}
"""
    SIZED = (
        "class Net(nn.Module):\n"
        "    def __init__(self, n):\n"
        "        super().__init__()\n"
        "        self.layer = nn.Linear(n, 3)\n"
        "    def forward(self, x):\n"
        "        return self.layer(x){}\n"
        "net = Net(5)\n"
    )

    def test_an_object_of_the_reference_is_not_what_others_are_compared_with(self, verdict: Verdicts) -> None:
        found = verdict(self.CHECK, self.SIZED.format(""), self.SIZED.format(""))
        assert (found.status, found.message) == ("passed", "`Net` is right in its one call with a hidden input.")

    def test_the_message_is_about_the_class_where_it_cannot_be_made(self, verdict: Verdicts) -> None:
        code = self.SIZED.format("").replace("nn.Linear(n, 3)", "nn.Linear([5][n - 5], 3)")
        found = verdict(self.CHECK, self.SIZED.format(""), code.replace("[n - 5]", "[n + 1 if n < 5 else 0]"))
        assert found.message == "`Net` raises IndexError: list index out of range when it is made as `Net(n)`."

    def test_the_message_is_about_the_class_where_the_object_is_no_better(self, verdict: Verdicts) -> None:
        found = verdict(self.CHECK, self.SIZED.format(""), self.SIZED.format(" * 2"))
        assert found.status == "failed"
        assert found.message.startswith("`Net` is wrong in every call with hidden inputs.")


class TestWhatIsMissing:
    """What a module lacks is said in its own names, and no numbers that follow from it are shown."""

    TWO = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.ones(3))
        self.b = nn.Parameter(torch.zeros(3))
        self.register_buffer("total", torch.zeros(3))
    def forward(self, x):
        self.total = self.total + x.detach().sum(0)
        return x * self.a + self.b
"""
    OUTPUT = LINEAR.replace("output: reference, gradients: reference", "output: reference")
    FORMULA = LINEAR.replace("output: reference, gradients: reference", """output: 'x * parameters["a"]'""")
    BUFFER = LINEAR.replace("output: reference, gradients: reference", """'buffers["total"]': 'sum(x, 0)'""")

    def test_a_shape_is_named_once(self, verdict: Verdicts) -> None:
        code = "class Net(nn.Module):\n    def forward(self, x):\n        return x"
        found = verdict(self.FORMULA, self.TWO, code)
        assert found.message == "`Net` has no parameters, and 2 are needed: nothing fits the shape (3,) twice."
        assert (found.expected, found.actual) == (None, None)

    def test_nobody_is_accused_among_parameters_of_one_shape(self, verdict: Verdicts) -> None:
        code = self.TWO.replace("self.a =", "self.k = nn.Parameter(torch.ones(3)); self.a =").replace("+ self.b", "+ 1")
        found = verdict(self.OUTPUT, self.TWO.replace("self.a", "self.v").replace("self.b", "self.w"), code)
        assert (
            "3 parameters (k (3,), a (3,), b (3,)), and 2 are needed: of k (3,), a (3,), b (3,), 1 is not."
            in found.message
        )

    @pytest.mark.parametrize(
        ("made", "says"),
        [
            (
                "self.total = torch.zeros(3)",
                "a buffer is missing. `total` is a plain tensor, which the module does not",
            ),
            ("self.register_buffer('sums', torch.zeros(3, 2))", "it has `sums` of shape (3, 2), and nothing fits one"),
            ("pass", "a buffer is missing: it has none, and nothing fits one that is needed"),
        ],
    )
    def test_a_buffer(self, verdict: Verdicts, made: str, says: str) -> None:
        code = self.TWO.replace('self.register_buffer("total", torch.zeros(3))', made).replace(
            "self.total = self", "t = 0 #"
        )
        found = verdict(self.BUFFER, self.TWO, code)
        assert says in found.message
        assert "nn.Parameter" not in found.message
        assert (found.expected, found.actual) == (None, None)

    def test_no_gradient_is_known_of_a_call_that_raised(self, verdict: Verdicts) -> None:
        found = verdict(
            self.BUFFER, self.TWO, self.TWO.replace("return x *", "raise ValueError('no.')\n        return x *")
        )
        (variables, *_) = found.variables
        condition = parse('x.gradient == None or parameters["a"].gradient == None or buffers["total"] == 0')
        assert not condition.holds(variables)
        assert "ValueError: no when its `forward(x)`" in found.message
