"""What each operator makes of code: source in, changed source out."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from grader.workbench.mutants.code import Code, Recorded
from grader.workbench.mutants.operators import OPERATORS

BY_NAME = {operator.name: operator for operator in OPERATORS}


def changed(operator: str, source: str, recorded: Recorded | None = None, *, prints_count: bool = False) -> list[str]:
    """The code after each change of an operator."""
    code = Code(source, recorded, prints_count=prints_count)
    return [
        f"{source[: change.start]}{change.text}{source[change.end :]}" for change in BY_NAME[operator].changes(code)
    ]


CASES: Mapping[str, tuple[str, str]] = {
    # What autograd is told
    "drop-requires-grad": ("x = torch.ones(3, requires_grad=True)", "x = torch.ones(3)"),
    "drop-retain-graph": ("y.backward(w, retain_graph=True)", "y.backward(w)"),
    "drop-create-graph": ("grad(y, x, create_graph=True)", "grad(y, x)"),
    "false-create-graph": ("grad(y, x, create_graph=True)", "grad(y, x, create_graph=False)"),
    "drop-upstream-gradient": ("d.backward(gradient=w, retain_graph=True)", "d.backward(retain_graph=True)"),
    "result-as-upstream-gradient": ("d.backward(w)", "d.backward(d.detach())"),
    "drop-clearing": ("x.grad.zero_()", "x.grad"),
    "clear-leaf": ("x.grad.zero_()", "x.data.zero_()"),
    "drop-backward": ("if True:\n    y.backward()", "if True:\n    pass"),
    "repeat-backward": ("y.backward()", "y.backward(retain_graph=True); y.backward()"),
    # Graphs
    "drop-detach": ("u = (x * x).detach()", "u = (x * x)"),
    "clone-for-detach": ("u = y.detach()", "u = y.clone()"),
    "drop-clone": ("g = x.grad.clone()", "g = x.grad"),
    "drop-no-grad": ("with torch.no_grad():\n    w -= 1", "if True:\n    w -= 1"),
    "under-no-grad": ("y = x * x", "with torch.no_grad(): y = x * x"),
    "function-under-no-grad": ("def f(x):\n    return x", "@torch.no_grad()\ndef f(x):\n    return x"),
    "result-detach": ("y = a + b", "y = (a + b).detach()"),
    "operand-detach": ("y = 2 * x", "y = 2 * x.detach()"),
    "operand-data": ("y = 2 * x", "y = 2 * x.data"),
    "operand-item": ("y = 2 * x", "y = 2 * x.item()"),
    # Reductions
    "other-reduction": ("y.sum().backward()", "y.mean().backward()"),
    "drop-reduction": ("y.mean().backward()", "y.backward()"),
    "first-element": ("y.sum().backward()", "y.reshape(-1)[0].backward()"),
    "drop-like": ("w = torch.ones_like(y)", "w = torch.ones(1)"),
    "other-axis": ("y = x.sum(dim=0)", "y = x.sum(dim=1)"),
    "drop-axis": ("y = x.sum(dim=0, keepdim=True)", "y = x.sum(keepdim=True)"),
    "drop-keepdim": ("y = x.sum(dim=0, keepdim=True)", "y = x.sum(dim=0)"),
    # Errors
    "typed-error": (
        "try:\n    y.backward()\nexcept RuntimeError:\n    pass",
        'try:\n    raise RuntimeError("it does not work")\nexcept RuntimeError:\n    pass',
    ),
    "printed-error": (
        "try:\n    x.numpy()\nexcept RuntimeError:\n    pass",
        'try:\n    print("RuntimeError: it does not work")\nexcept RuntimeError:\n    pass',
    ),
    "add-retain-graph": ("y.backward()", "y.backward(retain_graph=True)"),
    # Formulas
    "differences": ("grad(h(x), x)", "((h(x + 1e-3) - h(x - 1e-3)) / 2e-3,)"),
    "cosine-for-gradient": ("y = sin(x)\nplot(x, x.grad)", "y = sin(x)\nplot(x, torch.cos(x.detach()))"),
    "differences-for-gradient": (
        "y = sin(x)\nplot(x, x.grad)",
        "y = sin(x)\nplot(x, torch.gradient(torch.sin(x.detach()), spacing=(x.detach(),))[0])",
    ),
    # Branches
    "swap-branches": ("b if b > 0 else 100 * b", "(100 * b) if b > 0 else b"),
    "negate-condition": ("if x > 0:\n    y = 1", "if not (x > 0):\n    y = 1"),
    "shift-condition": ("while b < 1000:\n    b = b * 2", "while b <= 1000:\n    b = b * 2"),
    "reverse-condition": ("x == 1", "x != 1"),
    "always": ("if x > 0:\n    y = 1", "if True:\n    y = 1"),
    "never": ("if x > 0:\n    y = 1", "if False:\n    y = 1"),
    "loop-once": ("while b < 9:\n    b = b * 2", "if b < 9:\n    b = b * 2"),
    "no-turn": ("while b < 9:\n    b = b * 2", "while False:\n    b = b * 2"),
    "loop-short": ("for _ in range(9):\n    step()", "for _ in range(9 - 1):\n    step()"),
    "other-conjunction": ("a and b", "a or b"),
    # Arithmetic
    "other-operator": ("y = a * (b)", "y = a + (b)"),
    "swap-operands": ("y = (a - 1) / b", "y = b / (a - 1)"),
    "drop-sign": ("y = -x", "y = x"),
    "add-sign": ("y = a * b", "y = -(a * b)"),
    # Constants
    "double-constant": ("y = 3 * x", "y = 6 * x"),
    "constant-plus-one": ("y = x ** 2", "y = x ** 3"),
    "constant-minus-one": ("y = x ** 2", "y = x ** 1"),
    "negate-constant": ("y = x + 0.5", "y = x + (-0.5)"),
    "other-data": ("x = torch.arange(4.0)", "x = torch.arange(5.0)"),
    "fewer-data": ("x = torch.linspace(0, 1, 200)", "x = torch.linspace(0, 1, 20)"),
    "other-truth": ("f(x, True)", "f(x, False)"),
    "drop-dtype": ("torch.tensor([1], dtype=torch.float64)", "torch.tensor([1])"),
    # Functions
    "other-function": ("y = torch.sin(x)", "y = torch.cos(x)"),
    "drop-function": ("y = torch.sin(x)", "y = x"),
    "swap-arguments": ("y = f(a, b)", "y = f(b, a)"),
    "repeat-argument": ("y = torch.dot(a, b)", "y = torch.dot(a, a)"),
    # Returned values
    "return-input": ("def f(a):\n    return a * 2", "def f(a):\n    return a"),
    "return-constant": ("def f(a):\n    return a * 2", "def f(a):\n    return torch.tensor(1.0)"),
    "drop-return": ("def f(a):\n    return a * 2", "def f(a):\n    pass"),
    "return-detach": ("def f(a):\n    return a * 2", "def f(a):\n    return (a * 2).detach()"),
    "return-item": ("def f(a):\n    return g(a)", "def f(a):\n    return g(a).item()"),
    "return-sum": ("def f(a):\n    return g(a)", "def f(a):\n    return g(a).sum()"),
    "return-leaf": ("def f(a):\n    return g(a)", "def f(a):\n    return g(a).detach().requires_grad_()"),
    "return-numpy": ("def f(a):\n    return g(a)", "def f(a):\n    return torch.tensor(g(a).detach().numpy())"),
    # Plots
    "swap-axes": ("plt.plot(x, y, label='a')", "plt.plot(y, x, label='a')"),
    "drop-x": ("plt.plot(x, y)", "plt.plot(y)"),
    "double-series": ("plt.plot(x, y)", "plt.plot(x, 2 * y)"),
    "flip-series": ("plt.plot(x, y)", "plt.plot(x, -y)"),
    "thin-series": ("plt.plot(x, y)", "plt.plot(x[::9], y[::9])"),
    # Training
    "drop-step": ("opt.step()", "pass"),
    "other-rate": ("SGD(w, lr=0.1)", "SGD(w, lr=10 * 0.1)"),
    "drop-mode": ("net.eval()", "net"),
    "other-mode": ("net.eval()", "net.train()"),
    "ascend": ("w -= lr * w.grad", "w += lr * w.grad"),
    # Statements
    "drop-statement": ("a = 1\nb = f(a)", "a = 1\npass"),
    "empty-function": (
        'def f(a):\n    """A."""\n    b = a\n    return b',
        'def f(a):\n    """A."""\n    raise NotImplementedError',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_operator_changes_a_piece_of_the_text(name: str) -> None:
    source, wanted = CASES[name]
    assert wanted in changed(name, source)


@pytest.mark.parametrize(
    ("operator", "source", "wanted"),
    [
        ("other-filling", "w = torch.ones(3)", ["w = torch.zeros(3)"]),
        ("one-operand", "y = a * b", ["y = a", "y = b"]),
        ("one-operand", "y = x ** 2", ["y = x"]),
        ("one-branch", "y = a if c else b + 1", ["y = a", "y = (b + 1)"]),
        ("other-series", "plot(x, a)\nplot(x, b)", ["plot(x, b)\nplot(x, b)", "plot(x, a)\nplot(x, a)"]),
        ("drop-clearing", "x.grad = None", ["pass"]),
        ("drop-requires-grad", "x.requires_grad_(True)", ["x"]),
        ("drop-requires-grad", "x.requires_grad = True", ["pass"]),
        ("drop-retain-graph", "y.backward(retain_graph=True)", ["y.backward()"]),
        ("drop-upstream-gradient", "d.backward((w))", ["d.backward()"]),
        (
            "harmless",
            "try:\n    y.backward()\nexcept RuntimeError:\n    pass",
            [
                f"try:\n    y{how}.backward()\nexcept RuntimeError:\n    pass"
                for how in (".sum()", ".detach()", ".float()")
            ],
        ),
    ],
)
def test_an_operator_changes_every_place(operator: str, source: str, wanted: list[str]) -> None:
    assert changed(operator, source) == wanted


def test_every_operator_is_shown_here() -> None:
    parametrized = {"other-filling", "one-operand", "one-branch", "other-series", "harmless"}
    recorded = {"typed-gradient", "typed-value", "formula"}
    assert CASES.keys() | parametrized | recorded == BY_NAME.keys()


def test_names_and_columns_of_other_alphabets_keep_their_places() -> None:
    assert changed("double-constant", 'größe = f("梯度") + 3 * x') == ['größe = f("梯度") + 6 * x']


class TestWhatStaysAsItIs:
    def test_imports_docstrings_and_annotations(self) -> None:
        source = '"""3 times."""\nimport torch\n\ndef f(x: Literal[3]) -> Literal[3]:\n    """4"""\n    return x\n'
        assert changed("double-constant", source) == []

    def test_what_is_only_printed_unless_it_is_asked_for(self) -> None:
        assert changed("double-constant", "print(3 * x)") == []
        assert changed("double-constant", "print(3 * x)", prints_count=True) == ["print(6 * x)"]

    def test_seeds_and_shapes(self) -> None:
        assert changed("double-constant", "torch.manual_seed(3)\nx = torch.randn(3)") == []
        assert changed("drop-statement", "torch.manual_seed(3)") == []

    def test_functions_of_modules_are_no_methods_of_tensors(self) -> None:
        assert changed("drop-function", "y = torch.sin(x)") == ["y = x"]
        assert changed("drop-backward", "torch.autograd.backward(y)") == []

    def test_a_caught_error_is_not_repeated(self) -> None:
        assert changed("repeat-backward", "try:\n    y.backward()\nexcept RuntimeError:\n    pass") == []


class TestWhatWasRecorded:
    SOURCE = "y = x * x\ny.backward()"

    def test_a_gradient_is_typed_in(self) -> None:
        recorded = Recorded(gradients={2: {"x": "torch.tensor([4.0])"}})
        assert changed("typed-gradient", self.SOURCE, recorded) == ["y = x * x\nx.grad = torch.tensor([4.0])"]

    def test_a_formula_from_paper(self) -> None:
        recorded = Recorded(formulas={2: {"x": "2 * x"}})
        assert changed("formula", self.SOURCE, recorded) == ["y = x * x\nx.grad = (2 * x).detach()"]

    def test_a_value_is_typed_in(self) -> None:
        recorded = Recorded(values={1: {"y": "torch.tensor([4.0])"}})
        assert changed("typed-value", self.SOURCE, recorded) == ["y = torch.tensor([4.0])\ny.backward()"]
