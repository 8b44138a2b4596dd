"""Calls of the student's functions in the sandbox: own inputs, code branches, shifted inputs, and that
functions do not change for the student.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.model import (
    Arguments,
    CallProbe,
    FunctionCall,
    Limits,
    MethodCall,
    ModuleCall,
    ModuleInput,
    ModuleProbe,
    Observation,
    Outcome,
    Output,
    Probes,
    TensorArgument,
    UncaughtError,
)
from grader.runtime.protocol.record import INPUT
from tests.helpers.observing import Observer, events


def asking(*functions: str, inputs: tuple[Any, ...] = (), **wants: Any) -> Probes:
    arrays = tuple(np.asarray(each, dtype=np.float32) for each in inputs)
    return Probes(calls=(CallProbe(id="probe", functions=functions or ("any",), inputs=arrays, **wants),))


def calls(observation: Observation, name: str | None = None) -> list[FunctionCall]:
    found = events(observation, FunctionCall)
    return [call for call in found if name is None or call.name == name]


def arguments(observation: Observation, name: str | None = None) -> list[Any]:
    return [call.argument.data.tolist() for call in calls(observation, name)]  # type: ignore[union-attr]


def printed(observation: Observation) -> str:
    return "".join(event.text for event in events(observation, Output))


class TestOwnInputs:
    def test_come_of_the_students_calls(self, observe: Observer) -> None:
        found = arguments(
            observe("import torch\ndef f(x): return x\nf(torch.tensor([2.0, -4.0]))", probes=asking(own=True))
        )
        scales = [np.abs(argument).max() / 4 for argument in found]
        assert scales == pytest.approx([1, 1, 0.01, 0.01, 100, 100], rel=0.11)
        signs = [np.sign(argument).tolist() for argument in found]
        assert signs == [[1, -1], [-1, 1]] * 3
        assert found[0] != [2.0, -4.0]

    def test_are_the_same_in_every_run(self, observe: Observer) -> None:
        code = "def f(x): return x\nf(3.0)"
        probes = asking(own=True)
        assert arguments(observe(code, probes=probes)) == arguments(observe(code, probes=probes))
        assert arguments(observe(code, probes=probes)) != arguments(observe(code, probes=probes, seed=1))

    def test_numbers_are_tensors_without_dimensions_that_require_a_gradient(self, observe: Observer) -> None:
        first, *_ = calls(observe("def f(x): return x * x\nf(3)", probes=asking(own=True)))
        assert first.argument is not None
        assert first.argument.shape == ()
        assert first.of(INPUT).gradient is not None

    def test_only_a_few_of_many_arguments_are_taken(self, observe: Observer) -> None:
        observation = observe("def f(x): return x\nfor i in range(10_000): f(i / 7)", probes=asking(own=True))
        assert 24 <= len(calls(observation)) <= 48

    @pytest.mark.parametrize(
        "code",
        [
            "def leak(x, k): return k * x\nf = partial(leak, k=0.5)",
            "def leak(k, x): return k * x\nf = partial(leak, 0.5)",
            "def leak(x, *, k): return k * x\nf = partial(leak, k=0.5)",
            "leak = lambda k, x, b: k * x + b\nf = partial(partial(leak, 0.5), b=0)",
            "class A:\n    def leak(self, k, x): return k * x\nf = partial(A().leak, 0.5)",
            "class A:\n    def __call__(self, x, k): return k * x\nf = partial(A(), k=0.5)",
            "def leak(k, x): return k * x\nf = partial(leak, torch.tensor(0.5))",
            "def leak(x, k=2): return k * x\nf = partial(leak, k=0.5)",
        ],
    )
    @pytest.mark.parametrize("asked", ["f", "any"])
    def test_come_of_calls_through_a_partial(self, observe: Observer, code: str, asked: str) -> None:
        code = f"import torch\nfrom functools import partial\n{code}\nfor v in (3.0, -3.0): f(torch.tensor(v))"
        found = calls(observe(code, probes=asking(asked, own=True)), "f")
        assert len(found) == 12
        for call in found:
            assert call.argument is not None
            assert call.argument.data is not None
            assert call.output.data == pytest.approx(0.5 * call.argument.data)  # type: ignore[union-attr]

    @pytest.mark.parametrize(
        "code",
        [
            "leak(1.0, 0.7)",
            "leak(1.0, k=torch.tensor(0.5))",
            "g = partial(leak, k=0.7)\ng(1.0)",
            "f(None)",
        ],
    )
    def test_come_of_no_other_calls_than_the_partials(self, observe: Observer, code: str) -> None:
        code = (
            "import torch\nfrom functools import partial\ndef leak(x, k): return x\nf = partial(leak, k=0.5)\n" + code
        )
        assert not calls(observe(code, probes=asking("f", own=True)), "f")

    @pytest.mark.parametrize(
        "code",
        [
            "def f(x): return x\nf('text'); f(None); f([1.0]); f(True); f(torch.tensor([True]))",
            "def f(x): return x\nf(torch.ones(2000)); f(float('nan')); f(torch.tensor([]))",
            "def f(x): return x\nf(torch.ones(2, dtype=torch.complex64)); f(torch.ones(2).to_sparse()); f(10**400)",
            "def f(x, y): return x\nf(1.0, 2.0)",
            "def f(): return 1\nf()",
            "def f(*all, key): return all\nf(1.0, key=2)",
            "def f(*all): return all\nf(1.0, 2.0)",
            "def f(x, *, key): return x\nf(1.0, key=2)",
            "async def f(x): return x\nf(1.0).close()",
            "def f(x): return x",
        ],
    )
    def test_there_are_none(self, observe: Observer, code: str) -> None:
        observation = observe(f"import torch\n{code}", probes=asking(own=True))
        assert observation.outcome is Outcome.COMPLETED, events(observation, UncaughtError)
        assert not calls(observation)

    @pytest.mark.parametrize(
        "call",
        [
            "f(torch.ones(2, requires_grad=True))",
            "f(torch.nn.Parameter(torch.ones(2)))",
            "f(torch.arange(1, 3))",
            "f(x=torch.ones(2))",
            "list(map(f, [torch.ones(2)]))",
            "torch.func.grad(lambda x: f(x).sum())(torch.ones(2))",
            "with torch.no_grad(): f(torch.ones(2))",
        ],
    )
    def test_however_it_is_called(self, observe: Observer, call: str) -> None:
        observation = observe(f"import torch\ndef f(x): return x * 2\n{call}", probes=asking("f", own=True))
        assert len(calls(observation, "f")) == 6
        assert np.shape(arguments(observation, "f")[0]) == (2,)

    def test_of_calls_on_hidden_inputs_there_are_none(self, observe: Observer) -> None:
        code = "def inner(x): return x\ndef outer(x): return inner(x)\nouter(1.0)"
        observation = observe(code, probes=asking("outer", "any", own=True))
        assert len(arguments(observation, "inner")) == 6

    def test_stand_after_those_that_were_drawn(self, observe: Observer) -> None:
        found = calls(observe("def f(x): return x\nf(1.0)", probes=asking(own=True, inputs=([1, 2],))))
        assert [call.input for call in found] == list(range(7))
        assert found[0].argument is None


class TestStaysAsItWas:
    """The student's code must not notice what is added to its functions."""

    CODE = '''
        import inspect, pickle, traceback
        def deco(g): return g
        @deco
        def f(x):
            """Doc."""
            # a comment
            return x / 0
        def only_doc(x): "Doc."
        def g(x):
            global counter
            counter = x
            return x
        h = lambda x: x + 1
        only_doc(1.0); g(2); h(3)
        assert f.__doc__ == "Doc." and only_doc.__doc__ == "Doc." and only_doc(1) is None
        assert inspect.getsource(f).splitlines()[0] == "@deco"
        assert inspect.signature(f).parameters.keys() == {"x"}
        assert pickle.loads(pickle.dumps(f)) is f
        assert type(f).__name__ == "function" and f.__name__ == "f"
        assert list(map(h, [1])) == [2] and counter == 2
        try: f(1.0)
        except ZeroDivisionError as error:
            print([line.lineno for line in traceback.extract_tb(error.__traceback__)][-1] - f.__code__.co_firstlineno)
    '''

    @pytest.mark.parametrize("own", [True, False])
    def test_to_the_student(self, observe: Observer, own: bool) -> None:
        observation = observe(self.CODE, probes=asking(own=own))
        assert not events(observation, UncaughtError)
        assert printed(observation) == "4\n"

    def test_generators_and_closures_work(self, observe: Observer) -> None:
        code = """
            def squares(n):
                for i in range(n): yield i * i
            def outer():
                total = 0
                def add(x):
                    nonlocal total
                    total += x
                    return total
                add(1); return add(2)
            class Box:
                def __init__(self, x): self.x = x
                @property
                def twice(self): return self.x * 2
                @staticmethod
                def s(x): return x
                @classmethod
                def c(cls, x): return x
            print(list(squares(3)), outer(), Box(3).twice, Box.s(4), Box.c(5), sorted([3, 1], key=lambda x: -x))
        """
        assert printed(observe(code, probes=asking(own=True))) == "[0, 1, 4] 3 6 4 5 [3, 1]\n"


class TestDecorated:
    def test_a_function_is_called_as_its_decorators_made_it(self, observe: Observer) -> None:
        code = "import torch\n@torch.no_grad()\ndef f(x): return x * 2"
        (call,) = calls(observe(code, probes=asking("f", inputs=([1, 2],))))
        assert call.output.data.tolist() == [2, 4]  # type: ignore[union-attr]
        assert call.of(INPUT).gradient is None

    def test_of_a_decorator_of_the_students_own(self, observe: Observer) -> None:
        code = """
            import functools
            def twice(g):
                @functools.wraps(g)
                def wrapper(x): return 2 * g(x)
                return wrapper
            @twice
            def f(x): return x + 1
        """
        found = calls(observe(code, probes=asking("f", inputs=(1,))))
        assert {call.output.data.item() for call in found} == {4}  # type: ignore[union-attr]

    def test_methods_are_called_on_an_object(self, observe: Observer) -> None:
        code = "import torch\nclass Net:\n    @torch.no_grad()\n    def f(self, x): return x * 2\n"
        (call,) = calls(observe(code, probes=asking("f", inputs=(3,))))
        assert call.output.data.item() == 6  # type: ignore[union-attr]


class TestWays:
    @pytest.mark.parametrize(
        ("body", "ways"),
        [
            ("return x * 2", 1),
            ("return x * 2 if x > 0 else x", 2),
            ("return (x > 0 and x) or -x", 2),
            ("return [v * 2 if v > 0 else v for v in [x]][0]", 2),
            ("while x.abs() < 100: x = x * 2\n    return x", 3),
            ("if x > 0: return x\n    return -x", 2),
            ("return torch.where(x > 0, x, -x)", 2),
            ("return x.where(x > 0, -x)", 2),
            ("return x.masked_fill(x < 0, 0.0)", 2),
            ("for _ in range(3): x = x * 2\n    return x", 1),
            ("return torch.relu(x)", 1),
            ("return helper(x)", 2),
        ],
    )
    def test_are_told_apart(self, observe: Observer, body: str, ways: int) -> None:
        code = f"import torch\ndef helper(x):\n    if x > 0: return x\n    return -x\ndef f(x):\n    {body}"
        found = calls(observe(code, probes=asking("f", inputs=(-1, 2, 2.5, 30), branches=True)))
        assert all(call.error is None for call in found)
        assert len({call.branches for call in found}) == ways

    def test_are_not_followed_where_nobody_asks(self, observe: Observer) -> None:
        (call,) = calls(observe("def f(x): return x", probes=asking("f", inputs=(1,))))
        assert (call.branches, call.of(INPUT).shifts, call.of(INPUT).second) == ("", None, None)

    def test_differ_for_two_lambdas_on_one_line(self, observe: Observer) -> None:
        code = "def f(x): return {True: lambda: x, False: lambda: -x}[bool(x > 0)]()"
        found = calls(observe(code, probes=asking("f", inputs=(-1, 2, 3), branches=True)))
        assert [call.branches == found[1].branches for call in found] == [False, True, True]

    def test_of_the_first_call_are_those_of_later_ones(self, observe: Observer) -> None:
        code = "import torch\ndef g(x): return x * 2 if torch.rand(1) > 0.5 else x"
        for seed in range(3):
            found = calls(observe(code, probes=asking("g", inputs=(-1, 2, 3), branches=True), seed=seed))
            assert len({call.branches for call in found}) == 1


SQRT = """
import functools, math, random
import numpy as np
import torch
from torch import nn

class Sqrt(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.sqrt()
        ctx.save_for_backward(y)
        return y
    @staticmethod
    def backward(ctx, grad_output):
        (y,) = ctx.saved_tensors
        return grad_output / (2 * y)

class NewStyle(torch.autograd.Function):
    @staticmethod
    def forward(x): return x.sqrt()
    @staticmethod
    def setup_context(ctx, inputs, output): ctx.save_for_backward(output)
    @staticmethod
    def backward(ctx, grad_output): return grad_output / (2 * ctx.saved_tensors[0])

class Root(nn.Module):
    def __init__(self, power=0.5):
        super().__init__()
        self.power = power
    def forward(self, x): return x ** self.power

class Callable:
    def __init__(self, power): self.power = power
    def __call__(self, x): return x ** self.power
    def method(self, x): return x ** self.power
    @classmethod
    def of_class(cls, x): return x ** 0.5
    @staticmethod
    def of_none(x): return x ** 0.5

class Counted:
    def __init__(self, function): self.function = function
    def __call__(self, x): return self.function(x)

def power(exponent, x): return x ** exponent
def plain(x): return x ** 0.5
def make(p):
    def inner(x): return x ** p
    return inner
"""


class TestNames:
    """A function is seen by the names that the student gave it, whatever kind of callable it is."""

    @pytest.mark.parametrize(
        "code",
        [
            "f = Sqrt.apply",
            "f = NewStyle.apply",
            "f = functools.partial(power, 0.5)",
            "f = functools.partial(Callable(0.5).method)",
            "f = Root()",
            "f = torch.sqrt",
            "f = np.sqrt if False else torch.special.expit if False else torch.sqrt",
            "f = Callable(0.5)",
            "f = Callable(0.5).method",
            "f = Callable.of_class",
            "f = Callable.of_none",
            "def f(*args): return args[0] ** 0.5",
            "def f(*args, **kwargs): return plain(*args)",
            "f = lambda *args: args[0].sqrt()",
            "f = lambda x: x.sqrt()",
            "table = {'f': lambda x: x.sqrt()}",
            "table = {'f': Sqrt.apply}",
            "@functools.lru_cache\ndef f(x): return x.sqrt()",
            "f = functools.lru_cache(plain)",
            "@Counted\ndef f(x): return x.sqrt()",
            "f = Counted(plain)",
            "f = torch.vmap(plain)",
            "f = torch.compile(plain)",
            "f = torch.no_grad()(plain)",
            "f = make(0.5); g = make(3)",
            "g, f = make(3), make(0.5)",
            "f: object = make(0.5)",
            "if (f := Root()): pass",
            "for f in [Root()]: pass",
            "f = plain",
        ],
    )
    def test_of_a_callable(self, observe: Observer, code: str) -> None:
        found = calls(observe(SQRT + code, probes=asking("f", inputs=([4.0, 9.0],))))
        outputs = [call.output.data.tolist() for call in found if "f" in (call.name, *call.names)]  # type: ignore[union-attr]
        assert len(found) == len(outputs) >= 1
        assert all(output == pytest.approx([2, 3]) for output in outputs)

    @pytest.mark.parametrize(
        "code",
        [
            "f = Root",
            "f = Callable",
            "f = print",
            "f = torch.manual_seed",
            "f = torch.device('cpu')",
            "f = torch.ones(2).add",
            "f = nn.MSELoss",
            "f = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1)",
            "f = exit",
            "import os\nf = os._exit",
            "from torch import sqrt as f",
            "import math as f",
            "f = torch.float32",
            "f = np.float64",
            "class f: pass",
            "f = functools.partial(print, 'text')",
            "f = functools.partial(power)",
            "f = [plain]",
        ],
    )
    def test_are_not_those_of_what_no_student_would_call_a_function(self, observe: Observer, code: str) -> None:
        observation = observe(SQRT + code, probes=asking("f", inputs=([4.0, 9.0],)))
        assert observation.outcome is Outcome.COMPLETED
        assert not calls(observation)

    def test_of_a_library_count_only_where_they_are_listed(self, observe: Observer) -> None:
        code = "import torch\nmy_sine = torch.sin\nlayer = torch.nn.Linear(1, 1)\ndef own(x): return x"
        assert [call.name for call in calls(observe(code, probes=asking("any", inputs=(1,))))] == ["own"]
        assert [call.name for call in calls(observe(code, probes=asking("my_sine", inputs=(1,))))] == ["my_sine"]

    def test_of_a_class_of_autograd_functions_are_its_own(self, observe: Observer) -> None:
        code = SQRT + "my_sqrt = Sqrt.apply\nprint(Sqrt.apply(torch.ones(1)))"
        (call,) = calls(observe(code, probes=asking("my_sqrt", "Sqrt", inputs=([4.0],))))
        assert {"Sqrt", "my_sqrt"} <= set(call.names)

    def test_a_method_is_called_on_the_object_that_has_a_name(self, observe: Observer) -> None:
        found = calls(observe(SQRT + "f = Root(3)", probes=asking("any", inputs=(2.0,))), "f")
        assert [call.output.data.item() for call in found] == [8]  # type: ignore[union-attr]
        assert not calls(observe(SQRT + "f = Root(3)", probes=asking("any", inputs=(2.0,))), "forward")

    @pytest.mark.parametrize("code", ["f = Sqrt.apply", "f = Root()", "f = Callable(0.5)", "def f(*a): return a[0]"])
    def test_own_inputs_come_of_calls_by_that_name(self, observe: Observer, code: str) -> None:
        observation = observe(f"{SQRT}\n{code}\nf(torch.tensor([4.0]))", probes=asking("f", own=True))
        assert len([call for call in calls(observation) if "f" in (call.name, *call.names)]) == 6


class TestSeeds:
    """``steady``: again for the same input; ``varies``: something else under another seed."""

    @pytest.mark.parametrize(
        ("code", "varies"),
        [
            ("f = lambda a: 1234.5 * a", False),
            ("def f(a): return torch.randn(()) * a", True),
            ("def f(a): return float(np.random.randn()) * a", True),
            ("def f(a): return random.gauss(0, 1) * a", True),
            ("def f(a): return torch.normal(0.0, 1.0, ()) * a", True),
            ("def f(a): return a.new_empty(()).uniform_() * a", True),
            ("g = torch.Generator()\ndef f(a): return torch.rand((), generator=g) * a", True),
            ("g = np.random.default_rng(3)\ndef f(a): return g.random() * a", True),
            ("r = random.Random(1)\ndef f(a): return r.random() * a", True),
            ("def f(a):\n    torch.manual_seed(0)\n    return torch.randn(()) * a", True),
            ("def f(a):\n    return torch.rand((), generator=torch.Generator().manual_seed(4)) * a", True),
            ("def f(a): return np.random.default_rng(0).random() * a", True),
            ("torch.manual_seed(0)\nc = torch.randn(())\ndef f(a): return c * a", True),
            ("torch.manual_seed(0)\nc = torch.randn(()).item()\nf = lambda a: c * a", True),
            ("def make():\n    c = random.random()\n    return lambda a: c * a\nf = make()", True),
            (
                "class F:\n    c = torch.rand(())\n    def __call__(self, a): return self.c * a\nf = F()",
                True,
            ),
            ("def g(c=torch.rand(())): return c\ndef f(a): return g() * a", True),
            ("c = 1234.5\ndef f(a): return c * a", False),
            ("def f(a):\n    b = 2 * a\n    while b.norm() < 1000: b = 2 * b\n    return b", False),
            ("def f(a):\n    torch.randn(3)\n    return 3 * a", False),
        ],
    )
    def test_a_result_that_hangs_on_a_drawn_number_varies(self, observe: Observer, code: str, varies: bool) -> None:
        code = f"import random\nimport numpy as np\nimport torch\n{code}"
        found = calls(observe(code, probes=asking("f", inputs=(3, 2500), varies=True)))
        assert [(call.steady, call.varies) for call in found] == [(True, varies)] * 2

    @pytest.mark.parametrize(
        ("code", "steady"),
        [
            ("turns = iter(range(99))\ndef f(x): return x if next(turns) % 2 else 2 * x", False),
            ("turns = iter(range(99))\ndef f(x): return x if next(turns) % 3 else 2 * x", False),
            ("turns = iter(range(99))\ndef f(x): return x if next(turns) > 9 else 2 * x", False),
            ("def f(x):\n    with open('n', 'a+') as n:\n        n.write('.')\n        return x * n.tell()", False),
            ("n = 0\ndef f(x):\n    global n\n    n += 1\n    for _ in range(n): x = x + 1\n    return x", True),
            ("n = 0\ndef f(x):\n    global n\n    n += 1\n    return x if n % 2 else 2 * x", True),
            ("n = [0]\ndef f(x):\n    n[0] += 1\n    return x if n[0] % 2 else 2 * x", True),
            ("def f(x, n=[]):\n    n.append(1)\n    return x if len(n) % 2 else 2 * x", True),
            ("def f(x):\n    f.n += 1\n    return x if f.n % 2 else 2 * x\nf.n = 0", True),
            ("class F:\n    n = 0\n    def __call__(s, x):\n        s.n += 1\n        return x * s.n\nf = F()", True),
            ("class F:\n    n = 0\n    def __call__(s, x):\n        F.n += 1\n        return x * F.n\nf = F()", True),
            ("import torch\nn = torch.zeros(())\ndef f(x):\n    n.add_(1)\n    return x if n % 2 else 2 * x", True),
            (
                "def make():\n    n = 0\n    def f(x):\n        nonlocal n\n        n += 1\n        return x * n\n"
                "    return f\nf = make()",
                True,
            ),
            ("from collections import Counter\nn = Counter()\ndef f(x):\n    n['f'] += 1\n    return x * n['f']", True),
            ("import os\ndef f(x): return x * (1 + os.urandom(1)[0])", False),
            ("import time\ndef f(x): return x * (time.perf_counter() % 1)", False),
            ("n = 0\ndef f(x):\n    global n\n    n += 1\n    return 2 * x", True),
            ("ready = False\ndef f(x):\n    global ready\n    if not ready: ready = True\n    return 2 * x", True),
            ("import torch\ndef f(x): return torch.nn.functional.dropout(x)", True),
        ],
    )
    def test_each_call_begins_where_the_submission_ended(self, observe: Observer, code: str, steady: bool) -> None:
        found = calls(observe(code, probes=asking("f", inputs=range(1, 9), branches=True)))
        assert all(call.steady for call in found) is steady
        assert len({call.branches for call in found}) == 1 or not steady


class TestWithoutAGradient:
    @pytest.mark.parametrize(
        ("body", "cuts"),
        [
            ("return x.detach() * 2", [("detach()", 4)]),
            ("return torch.tensor(x.item() * 2)", [("item()", 4)]),
            ("y = x\n    return torch.tensor(float(y))", [("float()", 5)]),
            ("return x.data * 2", [(".data", 4)]),
            ("with torch.no_grad():\n        return x * 2", [("torch.no_grad()", 5)]),
            ("return torch.tensor([x, x])", [("torch.tensor()", 4)]),
            ("return np.sqrt(x.detach().numpy())", [("detach()", 4)]),
            ("return torch.ones(())", []),
            ("return (x > 0) * 1.0", []),
            ("return x * 2", []),
            ("print(x.detach())\n    return 2 * x", []),
        ],
    )
    def test_calls_that_leave_the_graph_are_noted(self, observe: Observer, body: str, cuts: list[Any]) -> None:
        code = f"import torch\nimport numpy as np\ndef f(x):\n    {body}"
        (call,) = calls(observe(code, probes=asking("f", inputs=(3,))))
        assert list(call.cuts) == cuts

    @pytest.mark.parametrize(
        ("body", "names"),
        [
            ("return torch.softmax(x, 0)", ("softmax",)),
            ("return torch.nn.Softmax(dim=0)(x)", ("softmax",)),
            ("return F.cross_entropy(x, torch.tensor(1))", ("cross_entropy", "tensor")),
            ("return (x - x.max()).exp() @ x", ("exp", "matmul", "max", "sub")),
            ("return 2 - x.data", ("__rsub__", "data")),
            ("return torch.autograd.grad(x.sin().sum(), x)[0]", ("grad", "sin", "sum")),
            ("torch.autograd.backward(x.sin().sum())\n    return x.grad", ("backward", "sin", "sum")),
            ("x.sin().sum().backward()\n    return x.grad", ("backward", "sin", "sum")),
            ("return torch.func.grad(lambda y: y.sin().sum())(x)", ("grad", "sin", "sum")),
            ("return torch.func.jvp(lambda y: y.sin(), (x.detach(),), (x.detach(),))[1]", ("detach", "jvp", "sin")),
            ("return torch.autograd.functional.jacobian(lambda y: y.sin(), x)", ("grad", "jacobian", "sin")),
            ("return torch.func.jacrev(lambda y: y.sin())(x)", ("grad", "jacrev", "sin")),
            ("return x * np.exp(1)", ("mul",)),
            (
                "(2 * x).sum().backward()\n    torch.nn.utils.clip_grad_norm_([x], 1)\n    return x.grad",
                ("backward", "clip_grad_norm_", "mul", "sum"),
            ),
            (
                "w = x.detach()\n    w.grad = 2 * x\n    torch.optim.SGD([w], 0.1).step()\n    return w",
                ("detach", "mul", "step"),
            ),
            ("return 1", ()),
        ],
    )
    def test_which_functions_of_torch_a_call_calls(self, observe: Observer, body: str, names: tuple[str, ...]) -> None:
        imports = "import torch\nimport numpy as np\nfrom torch.nn import functional as F"
        code = f"{imports}\ndef f(x):\n    {body}\nf(torch.ones(2, requires_grad=True))"
        (call,) = calls(observe(code, probes=asking("f", inputs=([3, 4],), torch_calls=True)))
        assert call.error is None
        assert call.torch_calls is not None
        assert call.torch_calls == names
        assert calls(observe(code, probes=asking("f", inputs=(3,))))[0].torch_calls is None

    def test_whether_something_was_printed(self, observe: Observer) -> None:
        code = "def f(x): print(2 * x)\ndef g(x): return 2 * x"
        found = calls(observe(code, probes=asking("f", "g", inputs=(3,))))
        assert [(call.name, call.printed) for call in found] == [("f", True), ("g", False)]


class TestWeighed:
    def test_weights_are_the_same_for_equal_shapes_and_never_1(self, observe: Observer) -> None:
        code = "def f(x): return x ** 2\ndef g(x): return x ** 3"
        found = calls(observe(code, probes=asking("f", "g", inputs=([1, 2],), weighed=True)))
        weights = [call.weights.data.tolist() for call in found]  # type: ignore[union-attr]
        assert weights[0] == weights[1]
        assert max(weights[0]) < 0
        assert len(set(weights[0])) == 2
        expected = [2 * weights[0][0], 4 * weights[0][1]]
        assert found[0].of(INPUT).weighed.data.tolist() == pytest.approx(expected)  # type: ignore[union-attr]

    def test_a_graph_that_can_be_gone_through_only_once(self, observe: Observer) -> None:
        code = """
            import torch
            class Once(torch.autograd.Function):
                @staticmethod
                def forward(ctx, x):
                    ctx.x = x
                    return x * x
                @staticmethod
                def backward(ctx, grad):
                    x = ctx.x
                    del ctx.x
                    return 2 * x * grad
            f = Once.apply
        """
        (call,) = calls(observe(code, probes=asking("f", inputs=([1, 2],), weighed=True)))
        assert call.error is None
        assert call.of(INPUT).weighed is not None

    def test_the_gradient_of_a_constant_gradient_is_zero(self, observe: Observer) -> None:
        code = "def f(x): return x.abs()"
        (call,) = calls(observe(code, probes=asking("f", inputs=([1, -2],), second=True)))
        assert call.of(INPUT).second.data.tolist() == [0, 0]  # type: ignore[union-attr]


class TestShifts:
    def test_each_element_is_moved_in_float64(self, observe: Observer) -> None:
        (call,) = calls(observe("def f(x): return x ** 2", probes=asking("f", inputs=([1, 2, 3],), numeric=(INPUT,))))
        shifts = call.of(INPUT).shifts
        assert shifts is not None
        assert shifts.dtype == "float64"
        assert shifts.gradient.data.tolist() == [2, 4, 6]  # type: ignore[union-attr]
        outputs, steps = shifts.outputs.data, shifts.steps.data
        assert outputs is not None
        assert steps is not None
        assert ((outputs[:, 2] - outputs[:, 0]) / 2 / np.diag(steps)).tolist() == pytest.approx([2, 4, 6])

    @pytest.mark.parametrize(
        "body", ["x @ w", "x.float() @ w", "x.to(torch.float32) @ net.weight[0]", "torch.zeros(3) @ x + w @ x"]
    )
    def test_a_function_of_float32_gets_float64_in_its_place(self, observe: Observer, body: str) -> None:
        code = f"import torch\nw = torch.ones(3)\nnet = torch.nn.Linear(3, 1)\ndef f(x): return {body}"
        (call,) = calls(observe(code, probes=asking("f", inputs=([1, 2, 3],), numeric=(INPUT,))))
        shifts = call.of(INPUT).shifts
        assert shifts is not None
        assert shifts.dtype == "float64"
        assert shifts.half_steps is None

    def test_a_function_that_takes_float32_only_gets_float32(self, observe: Observer) -> None:
        code = "import torch\ndef f(x):\n    assert x.dtype == torch.float32\n    return x ** 2"
        (call,) = calls(observe(code, probes=asking("f", inputs=([1, 2, 3],), numeric=(INPUT,))))
        assert call.of(INPUT).shifts is not None
        assert call.of(INPUT).shifts.dtype == "float32"

    def test_half_the_steps_where_autograd_says_something_else(self, observe: Observer) -> None:
        code = "def f(x): return x * x.detach()"
        (call,) = calls(observe(code, probes=asking("f", inputs=([1, 2, 3],), numeric=(INPUT,))))
        shifts = call.of(INPUT).shifts
        assert shifts is not None
        assert shifts.half_steps is not None
        assert shifts.half_steps.data == pytest.approx(shifts.steps.data / 2, rel=1e-6)

    def test_many_elements_are_moved_together(self, observe: Observer) -> None:
        (call,) = calls(observe("def f(x): return x", probes=asking("f", inputs=(np.ones((5, 5)),), numeric=(INPUT,))))
        assert call.of(INPUT).shifts is not None
        assert call.of(INPUT).shifts.steps.shape == (4, 25)

    def test_a_step_into_another_branch_is_not_steady(self, observe: Observer) -> None:
        code = "def f(x):\n    if x > 1: return x\n    return 2 * x"
        steady = [
            call.of(INPUT).shifts.steady.data.tolist()  # type: ignore[union-attr]
            for call in calls(observe(code, probes=asking("f", inputs=(1, 2), numeric=(INPUT,))))
        ]
        assert steady == [[False], [True]]

    def test_what_is_no_number_has_none(self, observe: Observer) -> None:
        (call,) = calls(observe("def f(x): return [str(x)]", probes=asking("f", inputs=(1,), numeric=(INPUT,))))
        assert call.of(INPUT).shifts is not None
        assert call.of(INPUT).shifts.steps.shape == (0,)


class TestHostile:
    @pytest.mark.parametrize(
        "body",
        [
            "while True: pass",
            "raise SystemExit",
            "raise KeyboardInterrupt",
            "return f(x)",
            "return open('/nowhere')",
            "import sys; sys.settrace(None); return x",
            "x.resize_(0); return x",
            "return x.to_sparse()",
            "return torch.ones(2, device='meta') * x",
            "return x.new_ones(3, dtype=torch.int8)",
            "x.data.zero_(); return x",
            "while True:\n        try: x = x + 1\n        except Exception: pass",
        ],
    )
    def test_functions_cost_themselves_only(self, observe: Observer, body: str) -> None:
        code = f"import torch\ndef f(x):\n    {body}\ndef good(x): return x * 2"
        probes = asking("f", "any", inputs=([1, 2], [3, 4]), numeric=(INPUT,), second=True, branches=True)
        observation = observe(code, probes=probes, limits=Limits(wall_s=20))
        assert observation.outcome is Outcome.COMPLETED
        good = calls(observation, "good")
        assert [call.output.data.tolist() for call in good] == [[2, 4], [6, 8]]  # type: ignore[union-attr]

    def test_a_constructor_that_never_ends_costs_its_methods(self, observe: Observer) -> None:
        code = "class Net:\n    def __init__(self):\n        while True: pass\n    def f(self, x): return x\n"
        code += "def g(x): return x"
        observation = observe(code, probes=asking(inputs=(1,)), limits=Limits(wall_s=20))
        assert [call.name for call in calls(observation)] == ["g"]

    def test_a_gradient_is_computed_even_where_the_submission_turned_that_off(self, observe: Observer) -> None:
        code = "import torch\ntorch.set_grad_enabled(False)\ndef f(x): return x * 3"
        (call,) = calls(observe(code, probes=asking("f", inputs=(1,))))
        assert call.of(INPUT).gradient.data.item() == 3  # type: ignore[union-attr]

    def test_objects_that_pretend_to_be_others_harm_nobody(self, observe: Observer) -> None:
        code = """
            import types, functools, torch
            class M(type):
                def __getattribute__(c, n): raise ZeroDivisionError
                def __hash__(c): raise ZeroDivisionError
                def __eq__(c, o): raise ZeroDivisionError
            class A(metaclass=M):
                def __call__(self, x): return x
                def __getattribute__(self, n): raise ZeroDivisionError
            a = object.__new__(A)
            m = types.MethodType(functools.partial(print), 3)
            m2 = types.MethodType(a, 3)
            p = functools.partial(a)
            def f(x): return x
            f.__wrapped__ = f
            g = lambda x: x
            g.__wrapped__ = a
            g.__module__ = a
            h = types.FunctionType(f.__code__, {})
            h.__module__ = 3
            class _lru_cache_wrapper: __slots__ = ()
            def deco(f): return _lru_cache_wrapper()
            @deco
            def k(x): return x
            class S(str): pass
            globals()[S("zz")] = f
            def good(x): return x * 2
        """
        probes = asking("f", "any", inputs=(2.0,), branches=True, varies=True, numeric=(INPUT,))
        observation = observe(code, probes=probes)
        assert observation.outcome is Outcome.COMPLETED, observation.detail
        assert [call.output.data.item() for call in calls(observation, "good")] == [4]  # type: ignore[union-attr]


class TestLines:
    CODE = "def f(x):\n    if x.sum() > 0:\n        return x\n    return -x\n"

    def test_are_recorded_of_each_call_where_they_are_asked_for(self, observe: Observer) -> None:
        probes = replace(asking("f", inputs=(1.0, -1.0)), lines=True)
        first, second = calls(observe(self.CODE, probes=probes))
        assert first.lines == ((0, 0, 1), (0, 2, 2), (0, 2, 3), (0, 3, 0))
        assert second.lines == ((0, 0, 1), (0, 2, 2), (0, 2, 4), (0, 4, 0))

    def test_are_not_recorded_otherwise(self, observe: Observer) -> None:
        (call,) = calls(observe(self.CODE, probes=asking("f", inputs=(1.0,))))
        assert call.lines == ()

    def test_of_the_methods_of_a_module(self, observe: Observer) -> None:
        code = (
            "import torch\nclass Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "    def forward(self, x):\n        return x\n"
        )
        given = Arguments(by_position=(("x", TensorArgument(data=np.float32([1]), requires_grad=True)),))
        entry = ModuleInput(made_with=Arguments(), calls=(MethodCall(method="", arguments=given),))
        probes = Probes(modules=(ModuleProbe(id="probe", modules=("Net",), inputs=(entry,)),), lines=True)
        (call,) = events(observe(code, probes=probes), ModuleCall)
        assert {(0, 0, 3), (0, 0, 5), (0, 6, 0)} <= set(call.lines)
