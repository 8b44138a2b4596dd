"""Hidden calls with any arguments: how these are passed, what is differentiated, what is returned and changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.model import (
    Argument,
    Arguments,
    Array,
    CallProbe,
    FunctionCall,
    ManyArguments,
    Observation,
    Opaque,
    PlainArgument,
    Probes,
    Structure,
    TensorArgument,
    UncaughtError,
)
from tests.helpers.observing import Observer, events, only, values

W, X = [1.0, -2.0, 3.0], [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def tensor(value: object, *, dtype: str = "float32", requires_grad: bool = True, grad: object = None) -> TensorArgument:
    return TensorArgument(
        data=np.array(value, dtype=dtype),
        requires_grad=requires_grad,
        grad=None if grad is None else np.array(grad, dtype=dtype),
    )


def asking(*functions: str, by_name: dict[str, Argument] | None = None, wants: Any = None, **given: Any) -> Probes:
    arguments = Arguments(
        by_position=tuple((name, _argument(value)) for name, value in given.items()),
        by_name=tuple((by_name or {}).items()),
    )
    call = CallProbe(id="probe", functions=functions or ("f",), arguments=(arguments,), **(wants or {}))
    return Probes(calls=(call,))


def _argument(value: object) -> Argument:
    if isinstance(value, np.ndarray | TensorArgument | ManyArguments):
        return TensorArgument(data=value, requires_grad=True) if isinstance(value, np.ndarray) else value
    return PlainArgument(value=value)  # type: ignore[arg-type]


def call_of(observation: Observation) -> FunctionCall:
    assert not events(observation, UncaughtError)
    return only(observation, FunctionCall)


def array(value: object) -> Array:
    assert isinstance(value, Array), value
    return value


def numbers(value: object) -> Any:
    """The numbers of an array, or those in a structure."""
    if isinstance(value, Structure):
        return [numbers(item) for item in value.items]
    return values(value) if isinstance(value, Array) else value


class TestPassing:
    @pytest.mark.parametrize(
        "code",
        [
            "def f(w, b, X, y): return ((X @ w + b - y) ** 2).mean()",
            "def f(weights, bias, *data): return ((data[0] @ weights + bias - data[1]) ** 2).mean()",
            "f = lambda w, b, X, y, reduce=True: ((X @ w + b - y) ** 2).mean()",
            "class A:\n    def loss(self, w, b, X, y): return ((X @ w + b - y) ** 2).mean()\nf = A().loss",
            "class A:\n    @staticmethod\n    def f(w, b, X, y): return ((X @ w + b - y) ** 2).mean()",
            "class A:\n    @classmethod\n    def f(cls, w, b, X, y): return ((X @ w + b - y) ** 2).mean()",
            "@torch.enable_grad()\ndef f(w, b, X, y): return ((X @ w + b - y) ** 2).mean()",
            "class A:\n    def f(self, w, b, X, y): return ((X @ w + b - y) ** 2).mean()",
            "from functools import partial\n"
            "def g(k, w, b, X, y): return ((X @ w + b - y) ** k).mean()\nf = partial(g, 2)",
            "class A(torch.nn.Module):\n"
            "    def forward(self, w, b, X, y): return ((X @ w + b - y) ** 2).mean()\nf = A()",
            "class A(torch.autograd.Function):\n"
            "    @staticmethod\n    def forward(c, w, b, X, y):\n        c.save_for_backward(w, b, X, y)\n"
            "        return ((X @ w + b - y) ** 2).mean()\n"
            "    @staticmethod\n    def backward(c, g):\n        w, b, X, y = c.saved_tensors\n"
            "        e = X @ w + b - y\n        return g * e @ X, g * e.sum(), None, None\nf = A.apply",
        ],
    )
    def test_by_position(self, observe: Observer, code: str) -> None:
        given = {
            "w": tensor(W),
            "b": tensor(0.5),
            "X": tensor(X, requires_grad=False),
            "y": tensor([0, 1], dtype="int64"),
        }
        call = call_of(observe(f"import torch\n{code}", probes=asking(**given)))
        error = np.array(X) @ W + 0.5 - [0, 1]
        assert values(call.output) == pytest.approx(np.mean(error**2))
        assert [result.path for result in call.arguments] == ["w", "b"]
        assert values(call.of("w").gradient) == pytest.approx(error @ X)
        assert values(call.of("b").gradient) == pytest.approx(error.sum())

    @pytest.mark.parametrize(
        ("code", "is_called"),
        [
            ("def f(w, lr): return lr * w", True),
            ("def f(w, *, lr=1, other=3): return lr * w", True),
            ("def f(w, other=1, lr=2): return lr * w", True),
            ("def f(w, **all): return all['lr'] * w", True),
            ("def f(lr, w): return lr * w", False),
            ("def f(w, rate): return rate * w", False),
            ("def f(w): return w", False),
            ("def f(w, *lr): return w", False),
            ("def f(w, lr, /): return w", False),
            ("def f(w, lr, other): return w", False),
            ("def f(*, lr): return lr", False),
            ("def f(w, lr, *, key): return w", False),
        ],
    )
    def test_by_name(self, observe: Observer, code: str, is_called: bool) -> None:
        observation = observe(code, probes=asking("any", w=tensor(W), by_name={"lr": PlainArgument(value=0.5)}))
        found = [values(call.output) for call in events(observation, FunctionCall)]
        assert found == ([[0.5, -1.0, 1.5]] if is_called else [])

    @pytest.mark.parametrize(
        ("code", "text"),
        [
            ("def f(w): return w", "f() got an unexpected keyword argument 'lr'"),
            ("def f(w, b, lr): return w", "f() missing 1 required positional argument: 'b'"),
            ("def f(*, lr): return w", "f() takes 0 positional arguments but 1 positional argument"),
        ],
    )
    def test_that_do_not_fit_are_an_error_of_a_function_that_is_meant(
        self, observe: Observer, code: str, text: str
    ) -> None:
        call = call_of(observe(code, probes=asking("f", w=tensor(W), by_name={"lr": PlainArgument(value=0.5)})))
        assert call.error is not None
        assert (call.error.type, call.error.text[: len(text)]) == ("TypeError", text)

    def test_plain_values_as_they_are(self, observe: Observer) -> None:
        code = "def f(*all): return repr(all)"
        call = call_of(observe(code, probes=asking(a=1, b=True, c=None, d="mean", e=0.5)))
        assert call.output == Opaque(kind="text", text="(1, True, None, 'mean', 0.5)")

    def test_lists_tuples_and_dictionaries(self, observe: Observer) -> None:
        many = ManyArguments(kind="dict", keys=("x", "n"), items=(tensor(W), PlainArgument(value=2)))
        pair = ManyArguments(kind="tuple", items=(tensor(1.0), tensor([2.0])))
        code = """
            def f(params, cache):
                return type(params) is tuple and cache["n"] * cache["x"] * params[0] + params[1] ** 2
        """
        call = call_of(observe(code, probes=asking(params=pair, cache=many)))
        assert [result.path for result in call.arguments] == ["params[0]", "params[1]", 'cache["x"]']
        assert [numbers(result.gradient) for result in call.arguments] == [4.0, [12.0], [2.0, 2.0, 2.0]]

    def test_dtypes(self, observe: Observer) -> None:
        given = {
            name: tensor([1, 0], dtype=name, requires_grad=name != "float32")
            for name in ("float32", "float64", "int64", "bool")
        }
        code = "def f(*all): return [str(t.dtype) for t in all], [t.requires_grad for t in all]"
        call = call_of(observe(code, probes=asking(**given)))
        names, require = call.output.items  # type: ignore[union-attr]
        assert [name.text for name in names.items] == [f"torch.{name}" for name in given]  # type: ignore[union-attr]
        assert [each.text for each in require.items] == ["False", "True", "False", "False"]  # type: ignore[union-attr]

    def test_each_call_gets_new_ones(self, observe: Observer) -> None:
        code = """
            kept = []
            def f(params, w):
                kept.append(w)
                for each in kept:
                    each.data.fill_(7.0)
                params.append(w)
                return len(kept), len(params), w * 1
        """
        many = ManyArguments(kind="list", items=(tensor(1.0),))
        probes = asking(params=many, w=tensor(W), wants={"varies": True, "branches": True})
        call = call_of(observe(code, probes=probes))
        assert numbers(call.output) == [1, 2, [7.0, 7.0, 7.0]]
        assert call.steady


class TestGradients:
    @pytest.mark.parametrize(
        "code",
        [
            "def f(w): return w.max(0)",
            "import collections\nPair = collections.namedtuple('Pair', 'top at')\ndef f(w): return Pair(*w.max(0))",
            "class Own(tuple):\n    def __iter__(self): raise ValueError\n    __len__ = __getitem__ = __iter__\n"
            "def f(w): return Own(tuple(w.max(0)))",
        ],
    )
    def test_of_what_is_a_tuple_by_another_name(self, observe: Observer, code: str) -> None:
        call = call_of(observe(code, probes=asking(w=tensor([1.0, 3.0, 2.0]))))
        assert isinstance(call.output, Structure)
        assert (call.output.kind, numbers(call.output)) == ("tuple", [3.0, 1])
        assert values(call.of("w").gradient) == [0.0, 1.0, 0.0]

    def test_of_everything_that_was_returned(self, observe: Observer) -> None:
        code = "def f(w, b): return w * b, {'a': [b ** 2], 'n': 3, 'i': w.int()}, None"
        wants = {"second": True, "weighed": True}
        call = call_of(observe(code, probes=asking(w=tensor(W), b=tensor(2.0), wants=wants)))
        assert isinstance(call.output, Structure)
        assert (call.output.kind, call.output.items[1].keys) == ("tuple", ("a", "n", "i"))  # type: ignore[union-attr]
        assert values(call.of("w").gradient) == [2.0, 2.0, 2.0]
        assert values(call.of("b").gradient) == sum(W) + 4
        assert (values(call.of("w").second), values(call.of("b").second)) == ([0, 0, 0], 2.0)
        assert isinstance(call.weights, Structure)
        of_product, inside, nothing = call.weights.items
        assert nothing == Opaque(kind="none")
        assert isinstance(inside, Structure)
        assert (inside.items[1], inside.items[2]) == (Opaque(kind="none"), Opaque(kind="none"))
        ((of_square,), weights) = numbers(inside.items[0]), np.array(values(of_product))
        assert (weights < 0).all()
        assert values(call.of("w").weighed) == pytest.approx(2 * weights)
        assert values(call.of("b").weighed) == pytest.approx(weights @ W + 2 * 2 * of_square, rel=1e-5)

    def test_that_do_not_flow(self, observe: Observer) -> None:
        code = "def f(w, r): return (w * r.detach()).sum()"
        call = call_of(observe(code, probes=asking(w=tensor(W), r=tensor(W))))
        assert values(call.of("w").gradient) == W
        assert call.of("r").gradient is None
        assert call.cuts == (("detach()", 1),)

    def test_of_a_module(self, observe: Observer) -> None:
        code = """
            import torch
            def f(w):
                net = torch.nn.Linear(3, 1)
                net.weight = torch.nn.Parameter(w.detach()[None])
                return net
        """
        call = call_of(observe(code, probes=asking(w=tensor(W))))
        assert isinstance(call.output, Structure)
        assert (call.output.kind, call.output.keys) == ("module", ("weight", "bias"))
        assert values(call.output.items[0]) == [W]


class TestShifts:
    def test_only_of_the_arguments_that_are_asked_for(self, observe: Observer) -> None:
        many = ManyArguments(kind="list", items=(tensor(2.0), tensor([1.0, 2.0], dtype="float64")))
        wants = {"numeric": ("params",), "second": True, "weighed": True}
        code = "def f(w, params): return w * params[0] ** 3, params[1].prod()"
        call = call_of(observe(code, probes=asking(w=tensor(W), params=many, wants=wants)))
        assert call.of("w").shifts is None
        for path, slopes, curvatures in (("params[0]", [12 * 2.0], [12 * 2.0]), ("params[1]", [2.0, 1.0], [1.0, 1.0])):
            shifts = call.of(path).shifts
            assert shifts is not None
            assert shifts.dtype == "float64"
            steps = np.abs(np.array(values(shifts.steps))).max(1)
            outputs, sums = np.array(values(shifts.outputs)), np.array(values(shifts.slopes))
            assert (outputs[:, 2] - outputs[:, 0]) / (2 * steps) == pytest.approx(slopes, rel=1e-6)
            assert (sums[:, 2] - sums[:, 0]) / (2 * steps) == pytest.approx(curvatures, rel=1e-6)
            assert all(values(shifts.steady))


class TestChanged:
    SGD = "def f(params, lr):\n    with torch.no_grad():\n        for p in params:\n            "

    @pytest.mark.parametrize(
        ("body", "after", "grad", "keeps_value"),
        [
            ("p -= lr * p.grad", 0.8, 2.0, False),
            ("p.sub_(lr * p.grad); p.grad.zero_()", 0.8, 0.0, False),
            ("p.data = p.data - lr * p.grad; p.grad = None", 0.8, None, False),
            ("p.data -= lr * p.grad", 0.8, 2.0, False),
            ("p.grad.zero_()", 1.0, 0.0, True),
            ("p.grad = None", 1.0, None, True),
            ("p.requires_grad_(False)", 1.0, 2.0, True),
        ],
    )
    def test_tensors(self, observe: Observer, body: str, after: float, grad: float | None, keeps_value: bool) -> None:
        many = ManyArguments(kind="list", items=(tensor(1.0, grad=2.0),))
        call = call_of(observe(f"import torch\n{self.SGD}{body}", probes=asking(params=many, lr=0.1)))
        assert call.error is None
        (changed,) = call.changed
        assert (changed.path, changed.keeps_value) == ("params[0]", keeps_value)
        assert values(changed.after) == pytest.approx(after)
        found = array(changed.after).grad
        assert (None if found is None else values(found)) == grad

    def test_contents(self, observe: Observer) -> None:
        many = ManyArguments(kind="list", items=(tensor(1.0), tensor(2.0)))
        cache = ManyArguments(kind="dict", keys=("a",), items=(tensor(1.0),))
        code = "def f(items, cache):\n    items.reverse()\n    cache['b'] = 3"
        changed = call_of(observe(code, probes=asking(items=many, cache=cache))).changed
        assert [(each.path, numbers(each.after)) for each in changed] == [("items", [2.0, 1.0]), ("cache", [1.0, 3])]

    @pytest.mark.parametrize(
        "body",
        [
            "return w * 2",
            "w = w + 1; w *= 3; return w",
            "with torch.no_grad(): w.add_(1); w.sub_(1)",
            "x = w.detach().clone(); x.zero_(); return x",
            "w.requires_grad_(True); return w",
        ],
    )
    def test_nothing(self, observe: Observer, body: str) -> None:
        code = f"import torch\ndef f(w):\n    {body}"
        assert call_of(observe(code, probes=asking(w=tensor([1.0, float("nan")])))).changed == ()

    def test_a_leaf_without_permission_is_torchs_error(self, observe: Observer) -> None:
        call = call_of(observe("def f(w, lr):\n    w -= lr * w", probes=asking(w=tensor(W), lr=0.1)))
        assert call.error is not None
        assert "leaf Variable that requires grad is being used in an in-place operation" in call.error.text
        assert call.error.origin == "torch"

    def test_one_input(self, observe: Observer) -> None:
        call = call_of(
            observe(
                "def f(x):\n    x.data.mul_(2)\n    return x * 1",
                probes=Probes(calls=(CallProbe(id="p", functions=("f",), inputs=(np.float32([1, 2]),)),)),
            )
        )
        assert [(each.path, numbers(each.after)) for each in call.changed] == [("input", [2.0, 4.0])]


class TestHostile:
    @pytest.mark.parametrize(
        "code",
        [
            "def f(w): return tuple([w] * 1_000_000)",
            "def f(w):\n    a = [w]\n    a.append(a)\n    return a",
            "def f(w): return {k: w for k in (1, 10 ** 5000, None, (1,), Evil(), 'x' * 10 ** 6, True)}",
            "def f(w): return (w for _ in range(3))",
            "def f(w): return [[[[[[w]]]]]]",
            "def f(w): return [[[[torch.nn.Linear(2, 2)]]]]",
            "def f(w): return Broken()",
            "def f(w): return Module()",
            "def f(w):\n    w.register_hook(lambda g: w.data.fill_(9.0))\n    return w * 2",
            "def f(w):\n    w.__class__ = Strange\n    return w",
            "def f(w): return [torch.ones(2).as_subclass(Never)]",
        ],
    )
    def test_results_are_recorded_as_far_as_they_can_be(self, observe: Observer, code: str) -> None:
        code = f"""
import torch
class Meta(type):
    def __eq__(self, other): raise SystemExit
    __hash__ = type.__hash__
class Evil(metaclass=Meta):
    def __hash__(self): return 1
    def __eq__(self, other): raise SystemExit
class Broken(torch.nn.Module):
    def __init__(self): pass
class Endless(dict):
    def items(self):
        while True: pass
class Module(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.__dict__["_parameters"] = Endless()
        self.__dict__["_modules"] = Endless(a=self)
class Never(torch.Tensor):
    def is_floating_point(self):
        while True: pass
class Strange(torch.Tensor):
    @property
    def requires_grad(self): raise KeyError
{code}
"""
        observation = observe(
            code, probes=asking(w=tensor(W), wants={"varies": True, "numeric": ("w",), "second": True})
        )
        call_of(observation)
        assert observation.outcome == "completed", observation.detail
