"""All kinds of checks on right, wrong and hostile answers: code in, verdict out, through a real worker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.exercise import load_exercise
from grader.judging.context import Subject
from grader.judging.join_probes import join_probes
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.sections import section_of
from grader.model import Cell, Prose, Submission, Verdict
from grader.submission.fingerprints import Handout
from tests.helpers.observing import Observer

Verdicts = Callable[..., Verdict]

SETUP = "import torch\nx = torch.arange(1.0, 5.0, requires_grad=True)\n"


@pytest.fixture
def verdict(observe: Observer, tmp_path: Path) -> Verdicts:
    """The verdict of the last check of an exercise, whose checks are YAML, on the code of some cells."""

    def run(checks: str, *codes: str, prose: tuple[Prose, ...] = (), heading: str = "") -> Verdict:
        path = tmp_path / "sample.yaml"
        lines = "".join(f"  {line}\n" for line in checks.strip("\n").split("\n"))
        path.write_text(f"id: sample\ntitle: The sample\nstatement: Do it.\nchecks:\n{lines}", encoding="utf-8")
        exercise = load_exercise(path)
        headings = (heading,) if heading else ()
        cells = tuple(Cell(number=n, source=code, code=code, titles=headings) for n, code in enumerate(codes, 1))
        submission = Submission(path="work.ipynb", format="ipynb", sha256="0" * 64, cells=cells, prose=prose)
        observation = observe(
            *codes, format="ipynb", probes=join_probes([check.probes("sample", 0) for check in exercise.checks])
        )
        subject = Subject(
            observed=Observed(observation),
            submission=submission,
            section=section_of(exercise.names, submission),
            handout=Handout(),
        )
        return Judge(exercise.id, exercise.checks, seed=0).judge(subject, reference=None)[-1]

    return run


class TestBackward:
    @pytest.mark.parametrize(
        ("condition", "code", "status"),
        [
            ("repeats == 2", "y = (x * x).sum()\ny.backward(retain_graph=True)\ny.backward()", "passed"),
            ("repeats == 2", "y = x * x\nfor _ in range(2):\n    y.sum().backward(retain_graph=True)", "passed"),
            ("repeats == 2", "for _ in range(2):\n    (x * x).sum().backward()", "failed"),
            ("repeats == 2", "for _ in range(2):\n    x.sum().backward()", "failed"),  # x is no result
            ("repeats == 2", "y = x * x\nfor i in range(4):\n    y[i].backward(retain_graph=True)", "failed"),
            ("cleared == 2", "for _ in range(2):\n    x.sum().backward()\nx.grad = None\nx.sum().backward()", "passed"),
            ("cleared == 2", "for _ in range(2):\n    x.sum().backward()\n    x.grad.zero_()", "failed"),
            ("refusals == 1", "y = x * x\ny.sum().backward(retain_graph=True)\ny.backward()", "passed"),
            ("refusals == 1", "y = x * x\nz = x * x\ny.sum().backward()\nz.backward()", "failed"),
        ],
    )
    def test_what_is_known_of_other_passes(self, verdict: Verdicts, condition: str, code: str, status: str) -> None:
        assert verdict(f'- {{id: c, kind: backward, holds: "{condition}"}}', SETUP, code).status == status

    def test_a_condition_proves_an_attempt_also_where_given_does_not_hold(self, verdict: Verdicts) -> None:
        check = '- {id: c, kind: backward, given: passes == 7, evidence: "gradient == 2 * leaf"}'
        assert verdict(check, SETUP, "(x * x).sum().backward()").evidence
        assert not verdict(check, SETUP, "x.sum().backward()").evidence

    def test_passes_in_brief_are_counted_where_none_fits(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: backward, leaf: x, given: order == 7}"
        code = (
            "for _ in range(1500):\n    (x * x).sum().backward()\nw = x.detach().requires_grad_()\nw.sum().backward()"
        )
        assert verdict(check, SETUP, code).message == (
            "No backward pass that reached `x` does what is asked for. 1,500 backward passes that worked were seen. "
            "Not as asked for in the latest, cell 2 (`for _ in range(1500):`), line 2: the order of the derivative "
            "(here 1)."
        )

    SQUARE = "- {id: c, kind: backward, given: root == sum(leaf ** 2), expect: {gradient: 2 * leaf}}"

    def test_a_right_gradient_passes_and_says_where(self, verdict: Verdicts) -> None:
        found = verdict(self.SQUARE, SETUP, "(x * x).sum().backward()")
        assert found.status == "passed"
        assert found.place is not None
        assert found.place.cell == 1
        assert found.evidence

    def test_an_assigned_gradient_is_none(self, verdict: Verdicts) -> None:
        assert verdict(self.SQUARE, SETUP + "y = (x * x).sum()\nx.grad = 2 * x.detach()").status == "failed"

    def test_a_wrong_one_shows_both_values(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: backward, given: size(leaf) == 4, expect: {gradient: 2 * leaf}}"
        found = verdict(check, SETUP + "(x * x).sum().backward()\nx.grad.zero_()\n(3 * x * x).sum().backward()\n")
        assert found.status == "passed"
        found = verdict(check, SETUP + "(x * x * x).sum().backward()")
        assert (found.actual, found.expected) == ("[3, 12, 27, 48]", "[2, 4, 6, 8]")
        assert "`x`" in found.message

    @pytest.mark.parametrize(
        ("code", "words"),
        [
            ("(x * x).sum().backward(retain_graph=True)\n(x * x).sum().backward()", "passes"),
            ("(x * x).mean().backward()", "mean"),
            ("(-(x * x)).sum().backward()", "opposite sign"),
            ("(0 * x * x).sum().backward()", "zero"),
        ],
    )
    def test_the_kind_of_wrong_is_named(self, verdict: Verdicts, code: str, words: str) -> None:
        check = "- {id: c, kind: backward, given: size(leaf) == 4, expect: {grad: 2 * leaf}, after: first}"
        first = "- {id: first, kind: value, names: {x: [x]}, holds: size(x) == 4}\n"
        if "retain_graph" in code:
            check = check.replace("size(leaf) == 4", "passes == 2")
        assert words in verdict(first + check, SETUP, code).message

    def test_a_transposed_gradient_is_named(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: backward, given: size(leaf) == 4, expect: {gradient: leaf}}"
        code = SETUP + "m = x.detach().reshape(2, 2).requires_grad_()\n(m * m.detach().T).sum().backward()"
        assert "transpose" in verdict(check, code).message

    def test_only_the_named_leaf_counts(self, verdict: Verdicts) -> None:
        check = '- {id: c, kind: backward, leaf: w, names: {w: [w, "weight*"]}, expect: {gradient: 2 * leaf}}'
        assert verdict(check, SETUP + "(x * x).sum().backward()").status == "failed"
        named = SETUP.replace("x =", "weights =") + "(weights ** 2).sum().backward()"
        assert verdict(check, named).status == "passed"

    def test_through_a_name_wants_it_in_the_graph(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: backward, through: y, expect: {gradient: 2 * leaf}}"
        assert verdict(check, SETUP + "y = x * x\ny.sum().backward()").status == "passed"
        assert verdict(check, SETUP + "y = 1\n(x * x).sum().backward()").status == "failed"

    def test_after_wants_it_later(self, verdict: Verdicts) -> None:
        checks = (
            "- {id: u, kind: value, names: {u: [u]}, holds: not u.requires_grad}\n"
            "- {id: c, kind: backward, after: u, expect: {gradient: 2 * leaf}}"
        )
        pass_, cut = "(x * x).sum().backward()", "u = x.detach()"
        assert verdict(checks, SETUP, cut, pass_).status == "passed"
        assert verdict(checks, SETUP, pass_, cut).status == "failed"

    def test_what_read_a_stale_name_does_not_count(self, verdict: Verdicts) -> None:
        checks = "- {id: c, kind: backward, expect: {gradient: 2 * leaf}}"
        stale = (SETUP + "d = (x * x).sum()", "d = missing(x)", "d.backward()")
        passed_over = verdict(checks, *stale)
        assert passed_over.status == "failed"
        assert passed_over.message.endswith(
            "What came of `d` was passed over: a statement that failed should have bound `d` to something new."
        )
        assert verdict(checks, stale[0], stale[2]).status == "passed"

    def test_roles_are_given_to_leaves_whatever_their_names(self, verdict: Verdicts) -> None:
        check = (
            "- {id: c, kind: backward, leaves: [x, y], given: root == sum(x * y ** 2),\n"
            "   expect: {x.gradient: y ** 2, y.gradient: 2 * x * y}}"
        )
        code = "import torch\np, q = (torch.tensor(v, requires_grad=True) for v in ([1., 2.], [3., 5.]))\n"
        assert verdict(check, code + "(q * p ** 2).sum().backward()").status == "passed"
        assert verdict(check, code + "(q * p ** 2).sum().backward(inputs=[p])").status == "failed"
        half = verdict(check, code + "s = (q * p ** 2).sum()\nq.register_hook(lambda g: g * 3)\ns.backward()")
        assert (half.status, half.share) == ("failed", 0.5)

    def test_what_was_looked_for_is_said_in_words(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: backward, leaf: w, through: y, expect: {gradient: 2 * leaf}}"
        message = verdict(check, SETUP).message
        assert message == "No backward pass that reached `w` and went through `y` does what is asked for."

    def test_through_a_function_wants_a_graph_that_it_made(self, verdict: Verdicts) -> None:
        checks = (
            "- {id: f, kind: function, function: any, inputs: [{value: [1.0, 2.0]}], holds: output == 3 * input}\n"
            "- {id: c, kind: backward, through: f, holds: any(gradient != 0)}"
        )
        define = SETUP + "def triple(v):\n    return 3 * v\ndef other(v):\n    return 5 * v\n"
        assert verdict(checks, define, "triple(x).sum().backward()").status == "passed"
        assert verdict(checks, define, "other(x).sum().backward()").status == "failed"
        assert verdict(checks, define, "other(triple(x)).sum().backward()").status == "passed"
        # Any of the functions that passed, not only the best.
        two = define + "def also(v):\n    return v + 2 * v\n"
        assert verdict(checks, two, "triple(x).sum().backward()").status == "passed"
        assert verdict(checks, two, "also(x).sum().backward()").status == "passed"
        assert verdict(checks, two, "other(x).sum().backward()").status == "failed"

    @pytest.mark.parametrize(
        ("line", "status"),
        [
            ("triple(x).sum().backward()", "passed"),
            ("Triple.apply(x).sum().backward()", "passed"),
            ("torch.func.grad(lambda v: triple(v).sum())(x.detach())", "passed"),
            ("(3 * x).sum().backward()", "failed"),
        ],
    )
    def test_an_own_function_is_in_the_graph_that_it_made(self, verdict: Verdicts, line: str, status: str) -> None:
        checks = (
            "- {id: f, kind: function, function: any, allow: functions, inputs: [{value: [1.0, 2.0]}],\n"
            "   holds: output == 3 * input}\n"
            "- {id: c, kind: backward, through: f, allow: functions, holds: any(gradient != 0)}"
        )
        define = (
            SETUP + "class Triple(torch.autograd.Function):\n"
            "    @staticmethod\n    def forward(v):\n        return 3 * v\n"
            "    @staticmethod\n    def setup_context(ctx, inputs, output):\n        pass\n"
            "    @staticmethod\n    def backward(ctx, g):\n        return 3 * g\n"
            "triple = Triple.apply\n"
        )
        assert verdict(checks, define, line).status == status


class TestRaises:
    TWICE = "- {id: c, kind: raises, error: backward-twice}"

    @pytest.mark.parametrize(
        "code",
        [
            "y.backward()\ny.backward()",
            "y.backward()\ntry:\n    y.backward()\nexcept RuntimeError:\n    pass",
            "torch.autograd.grad(y, x)\ntorch.autograd.grad(y, x)",
        ],
    )
    def test_torchs_own_error_counts_caught_or_not(self, verdict: Verdicts, code: str) -> None:
        assert verdict(self.TWICE, SETUP + "y = (x * x).sum()\n" + code).status == "passed"

    @pytest.mark.parametrize(
        "code",
        [
            "raise RuntimeError('Trying to backward through the graph a second time')",
            "print('Trying to backward through the graph a second time')",
            "y.backward(retain_graph=True)\ny.backward()",
            "x.sum().backward()\nx.sum().backward()",
            "import warnings\nwarnings.warn('Trying to backward through the graph a second time')",
        ],
    )
    def test_words_do_not(self, verdict: Verdicts, code: str) -> None:
        assert verdict(self.TWICE, SETUP + "y = (x * x).sum()\n" + code).status == "failed"

    @pytest.mark.parametrize(
        ("family", "code"),
        [
            ("nonscalar-backward", "(x * x).backward()"),
            ("no-graph", "torch.ones(3).sum().backward()"),
            ("leaf-without-grad", "torch.autograd.grad((x * x).sum(), torch.ones(3))"),
            ("leaf-without-grad", "points = torch.ones_like(x)\ntorch.autograd.grad((points * x).sum(), points)"),
            ("unused-leaf", "torch.autograd.grad((x * x).sum(), torch.ones(3, requires_grad=True))"),
            ("integer-requires-grad", "torch.arange(4, requires_grad=True)"),
            ("integer-requires-grad", "torch.arange(4).requires_grad_()"),
            ("integer-requires-grad", "torch.tensor([1, 2], requires_grad=True)"),
            ("integer-requires-grad", "i = torch.arange(4)\ni.requires_grad = True"),
            ("integer-requires-grad", "torch.nn.Parameter(torch.arange(4))"),
            ("numpy-requires-grad", "x.numpy()"),
            ("numpy-requires-grad", "import numpy\nnumpy.array(x)"),
            ("inplace-on-leaf", "x += 1"),
            ("inplace-on-leaf", "x[0] = 3"),
            ("inplace-modified", "y = x.exp()\ny.add_(1)\ny.sum().backward()"),
        ],
    )
    def test_every_family_is_known_by_what_torch_says(self, verdict: Verdicts, family: str, code: str) -> None:
        check = f"- {{id: c, kind: raises, error: {family}}}"
        assert verdict(check, SETUP + code).status == "passed"
        assert verdict(check, SETUP + "1 / 0").status == "failed"


class TestValue:
    CUT = "- {id: c, kind: value, names: {u: [u, const]}, holds: [u == 3, not u.requires_grad]}"

    def test_a_moment_is_enough_and_its_beginning_is_named(self, verdict: Verdicts) -> None:
        found = verdict(self.CUT, SETUP, "const = torch.tensor(3.0)", "const = 4")
        assert found.status == "passed"
        assert found.place is not None
        assert found.place.cell == 1

    def test_the_end_is_the_end(self, verdict: Verdicts) -> None:
        check = self.CUT.replace("kind: value", "kind: value, when: end")
        assert verdict(check, SETUP, "u = torch.tensor(3.0)", "u = 4").status == "failed"
        assert verdict(check, SETUP, "u = 4", "u = torch.tensor(3.0)").status == "passed"

    @pytest.mark.parametrize(
        "code",
        [
            "y = (x.detach() * 2).sum().requires_grad_()\ny.backward()",  # cut on the way
            "x = x * 1\n(x * x).sum().backward()",  # no leaf any more
            "y = (x * x).sum()",  # nothing was run
        ],
    )
    def test_a_gradient_that_never_came_is_said_to_be_none(self, verdict: Verdicts, code: str) -> None:
        check = "- {id: c, kind: value, names: {x: [x]}, when: end, expect: {x.grad: 2 * x}}"
        found = verdict(check, SETUP + code)
        assert found.status == "failed"
        assert "is None" in found.message
        assert "leaf" in found.message

    def test_a_value_equal_to_everything_is_none(self, verdict: Verdicts) -> None:
        code = "class Any(torch.Tensor):\n    def __eq__(self, other): return True\nu = Any()"
        assert verdict(self.CUT, SETUP, code).status == "failed"

    def test_numbers_and_arrays_count_like_tensors(self, verdict: Verdicts) -> None:
        assert verdict(self.CUT, "u = 3").status == "passed"
        assert verdict(self.CUT, "import numpy as np\nu = np.float32(3)").status == "passed"
        assert verdict(self.CUT, "u = '3'").status == "failed"


class TestUses:
    def test_a_name_in_the_code_but_not_in_comments_or_strings(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: uses, names: [detach, no_grad]}"
        assert verdict(check, SETUP, "u = x.detach()").status == "passed"
        assert verdict(check, SETUP, "# detach\ns = 'no_grad'").status == "failed"

    @pytest.mark.parametrize(
        ("names", "code", "status"),
        [
            (".data", "u = x.data", "passed"),
            (".data", "data = [1]\nprint(data)", "failed"),
            (".data", "def f(data=1): pass\nf(data=2)", "failed"),
            (".data", "from x import data", "failed"),
            ("force=", "x.detach().numpy(force=True)", "passed"),
            ("force=", "force = True\nforce", "failed"),
            ("force=", "f(force == 1)", "failed"),
            ("force", "f(force=True)", "passed"),
            ("det*", "x.detach()", "passed"),
            (".det*", "detach = 1", "failed"),
            (".data", "print(f'{x.data}')", "passed"),
            ("force=", "print(f'{x.detach().numpy(force=True)}')", "passed"),
            ("force=", "force = 1\nprint(f'{force=}')", "failed"),
            (".data", "s = '.'\ndata = 2", "failed"),
            (".data", "y = 2.\ndata = 2", "failed"),
        ],
    )
    def test_attributes_and_arguments_are_told_from_names(
        self, verdict: Verdicts, names: str, code: str, status: str
    ) -> None:
        assert verdict(f"- {{id: c, kind: uses, names: ['{names}']}}", SETUP, code).status == status

    def test_a_name_in_the_field_of_an_f_string(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: uses, names: [detach]}"
        found = verdict(check, SETUP, 'y = f"""\na\n{x.detach()}"""')
        assert found.status == "passed"
        assert found.place is not None
        assert found.place.line == 3
        assert verdict(check, SETUP, "y = f'{{x.detach()}}'").status == "failed"

    def test_a_call_that_happened(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: uses, call: detach, given: size(tensor) == 4}"
        assert verdict(check, SETUP + "u = x.detach()").status == "passed"
        assert verdict(check, SETUP + "if False: x.detach()").status == "failed"
        assert verdict(check, SETUP + "x[0].detach()").status == "failed"

    @pytest.mark.parametrize(
        ("code", "status"),
        [
            ("torch.autograd.gradcheck(cube, (x,))", "passed"),
            ("from torch.autograd import gradcheck\ngradcheck(lambda t: cube(t).sum(), x)", "passed"),
            ("from torch.autograd.gradcheck import gradcheck as c\nprint(c(func=Cube.apply, inputs=[x]))", "passed"),
            ("torch.autograd.gradcheck(cube, (x.detach().float().requires_grad_(),), eps=1e-2, atol=1)", "failed"),
            ("torch.autograd.gradcheck(lambda t: t ** 3, (x,))", "failed"),
            ("torch.autograd.gradcheck(wrong, (x,), raise_exception=False)", "failed"),
            ("try:\n    torch.autograd.gradcheck(wrong, (x,))\nexcept RuntimeError as e:\n    print(e)", "failed"),
            ("def gradcheck(f, x):\n    return True\ngradcheck(cube, x)", "failed"),
            ("# torch.autograd.gradcheck(cube, (x,))", "failed"),
        ],
    )  # fmt: skip
    def test_gradcheck_of_an_own_function_in_double_precision(self, verdict: Verdicts, code: str, status: str) -> None:
        define = (
            "import torch\nx = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)\n"
            "class Cube(torch.autograd.Function):\n"
            "    @staticmethod\n    def forward(ctx, v):\n        ctx.save_for_backward(v)\n        return v ** 3\n"
            "    @staticmethod\n    def backward(ctx, g):\n        return 3 * g * ctx.saved_tensors[0] ** 2\n"
            "class Wrong(Cube):\n"
            "    @staticmethod\n    def backward(ctx, g):\n        return 2 * g * ctx.saved_tensors[0] ** 2\n"
            "cube, wrong = Cube.apply, lambda v: Wrong.apply(v)\n"
        )
        checks = (
            "- {id: f, kind: function, function: any, allow: functions, inputs: [{value: [1.0, 2.0]}],\n"
            "   given: custom_function, holds: output == input ** 3, expect: {gradient: 3 * input ** 2}}\n"
            "- {id: c, kind: uses, call: gradcheck, through: f, given: tensor.dtype == 'float64', holds: agrees}"
        )
        assert verdict(checks, define, code).status == status

    @pytest.mark.parametrize(
        ("code", "uses", "function"),
        [
            ("def f(v):\n    return torch.func.jacrev(torch.exp)(v)\nf(x)", "passed", "passed"),
            ("from torch.func import jacrev as j\nf = lambda v: j(torch.exp)(v)\nf(x)", "passed", "passed"),
            ("f = torch.func.jacrev(torch.exp)\ng = lambda v: f(v)\nprint(f(x))", "passed", "passed"),
            ("f = lambda v: torch.autograd.functional.jacobian(torch.exp, v)\nf(x)", "passed", "passed"),
            ("f = lambda v: torch.diag(v.exp())\nf(x)", "failed", "failed"),
            ("f = lambda v: torch.func.jacrev(torch.exp)(v)", "failed", "passed"),
        ],
    )
    def test_jacobians_of_torch(self, verdict: Verdicts, code: str, uses: str, function: str) -> None:
        setup = "import torch\nx = torch.ones(3)\n"
        check = "- {id: c, kind: uses, call: [jacrev, jacobian], holds: size(tensor) == 3}"
        assert verdict(check, setup, code).status == uses
        check = (
            "- {id: c, kind: function, function: any, inputs: [{value: [1.0, 2.0]}],"
            " holds: ['ran(\"jac*\")', 'output == diag(exp(input))']}"
        )
        assert verdict(check, setup, code).status == function

    def test_gradgradcheck_and_what_comparisons_return(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: uses, call: gradgradcheck, holds: agrees}"
        setup = "import torch\nx = torch.ones(2, dtype=torch.float64, requires_grad=True)\n"
        assert verdict(check, setup, "torch.autograd.gradgradcheck(torch.exp, (x,))").status == "passed"
        assert verdict(check, setup, "torch.autograd.gradcheck(torch.exp, (x,))").status == "failed"
        check = "- {id: c, kind: uses, call: [allclose, equal], holds: agrees}"
        assert verdict(check, setup, "torch.allclose(x, x + 1e-12)").status == "passed"
        assert verdict(check, setup, "torch.equal(x, 2 * x)").status == "failed"

    def test_not_turns_it_around_and_proves_no_attempt(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: uses, names: [cos], not: true}"
        without = verdict(check, SETUP)
        assert (without.status, without.evidence) == ("passed", False)
        with_it = verdict(check, SETUP + "y = torch.cos(x)")
        assert with_it.status == "failed"
        assert with_it.place is not None

    def test_a_name_proves_nothing_unless_the_author_says_so(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: uses, names: [requires_grad_]}"
        assert not verdict(check, SETUP, "x.requires_grad_()").evidence
        assert verdict(check[:-1] + ", evidence: passed}", SETUP, "x.requires_grad_()").evidence

    def test_code_that_does_not_parse_is_read_as_far_as_it_goes(self, verdict: Verdicts) -> None:
        assert verdict("- {id: c, kind: uses, names: [detach]}", "x.detach()\n'''").status == "passed"


class TestOutput:
    TEXT = '- {id: c, kind: output, text: "the slope is 2"}'

    def test_what_was_printed_or_displayed(self, verdict: Verdicts) -> None:
        assert verdict(self.TEXT, "print('the', 'slope\\nis  2')").status == "passed"
        assert verdict(self.TEXT, "'the slope is 2'").status == "passed"

    def test_the_code_itself_and_standard_error_do_not_count(self, verdict: Verdicts) -> None:
        assert verdict(self.TEXT, "s = 'the slope is 2'").status == "failed"
        assert verdict(self.TEXT, "import sys\nprint('the slope is 2', file=sys.stderr)").status == "failed"

    def test_a_pattern(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: output, pattern: 'slope\\D+2\\b'}"
        assert verdict(check, "print('slope: 2')").status == "passed"
        assert verdict(check, "print('slope: 23')").status == "failed"


class TestAnswer:
    WHY = "- {id: c, kind: answer, keywords: [[free, 释放], [buffer, graph, 图]]}"
    HEADING = Prose(text="The sample", level=1)

    def test_words_under_the_heading_in_any_language(self, verdict: Verdicts) -> None:
        english = Prose(text="The Graph is freed\nafter the pass.")
        assert verdict(self.WHY, "x = 1", prose=(self.HEADING, english)).status == "passed"
        chinese = Prose(text="计算图已经被释放了。")
        assert verdict(self.WHY, "x = 1", prose=(self.HEADING, chinese)).status == "passed"

    @pytest.mark.parametrize(
        "code",
        ["# the graph was freed", '"""The graph is\nfreed by then."""', 'print("because the graph is freed")'],
    )
    def test_comments_docstrings_and_prints_are_words(self, verdict: Verdicts, code: str) -> None:
        assert verdict(self.WHY, code).status == "passed"

    def test_words_in_several_pieces_under_one_heading_are_one_answer(self, verdict: Verdicts) -> None:
        pieces = tuple(Prose(text=text) for text in ("It was freed.", "I mean the graph."))
        assert verdict(self.WHY, "x = 1", prose=(self.HEADING, *pieces)).status == "passed"
        assert verdict(self.WHY, "x = 1", prose=pieces).status == "manual"

    def test_other_words_are_for_a_person_and_shown_to_them(self, verdict: Verdicts) -> None:
        found = verdict(self.WHY, "x = 1", prose=(self.HEADING, Prose(text="No idea, sorry.")))
        assert (found.status, found.actual) == ("manual", "No idea, sorry.")

    def test_nothing_written_is_for_a_person_too(self, verdict: Verdicts) -> None:
        assert verdict(self.WHY, "x = 1").status == "manual"
        assert verdict("- {id: c, kind: answer}", "x = 1").status == "manual"

    @pytest.mark.parametrize("text", ["Q1: b\nQ2: A", "**Q1**: b, **Q2**: a", "Q1：b\nQ2 = a", "Q1) b\nQ2 - (a)"])
    def test_choices_are_read_as_people_write_them(self, verdict: Verdicts, text: str) -> None:
        check = "- {id: c, kind: answer, choose: {Q1: b, Q2: a}}"
        assert verdict(check, "x = 1", prose=(self.HEADING, Prose(text=text))).status == "passed"

    @pytest.mark.parametrize("code", ['Q1 = "b"\nQ2 = "a"', 'print("Q1: b")\nprint("Q2: a")', "# Q1: b\n# Q2: a"])
    def test_choices_stand_in_code_as_well(self, verdict: Verdicts, code: str) -> None:
        assert verdict("- {id: c, kind: answer, choose: {Q1: b, Q2: a}}", code).status == "passed"

    def test_a_line_of_questions_without_end_is_read_once(self, verdict: Verdicts) -> None:
        code = "x = '''\n\"" + "Q1 " * 30_000 + "\n'''\nQ1 = 'b'\nQ2 = 'a'"
        assert verdict("- {id: c, kind: answer, choose: {Q1: b, Q2: a}}", code).status == "passed"

    def test_a_word_where_a_letter_is_asked_for_is_for_a_person(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: answer, choose: {Q1: b, Q2: a}}"
        prose = Prose(text="Q1: reverse mode\nQ2: a")
        assert verdict(check, "x = 1", prose=(self.HEADING, prose)).status == "manual"

    def test_wrong_choices_fail_with_their_share(self, verdict: Verdicts) -> None:
        check = "- {id: c, kind: answer, choose: {Q1: b, Q2: a}}"
        found = verdict(check, "x = 1", prose=(self.HEADING, Prose(text="Q1: b\nQ2: c")))
        assert (found.status, found.share) == ("failed", 0.5)
