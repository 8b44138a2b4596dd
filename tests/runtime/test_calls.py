"""Calls of the student's functions in the sandbox: own inputs, code branches, shifted inputs, and that
functions do not change for the student.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.model import CallProbe, FunctionCall, Limits, Observation, Outcome, Output, Probes, UncaughtError
from tests.helpers.observing import Observer, events


def asking(*functions: str, inputs: tuple[Any, ...] = (), **wants: bool) -> Probes:
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
        assert first.gradient is not None

    def test_only_a_few_of_many_arguments_are_taken(self, observe: Observer) -> None:
        observation = observe("def f(x): return x\nfor i in range(10_000): f(i / 7)", probes=asking(own=True))
        assert 24 <= len(calls(observation)) <= 48

    @pytest.mark.parametrize(
        "code",
        [
            "def f(x): return x\nf('text'); f(None); f([1.0]); f(True); f(torch.tensor([True]))",
            "def f(x): return x\nf(torch.ones(2000)); f(float('nan')); f(torch.tensor([]))",
            "def f(x): return x\nf(torch.ones(2, dtype=torch.complex64)); f(torch.ones(2).to_sparse()); f(10**400)",
            "def f(x, y): return x\nf(1.0, 2.0)",
            "def f(): return 1\nf()",
            "def f(*all): return all\nf(1.0)",
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
        assert call.gradient is None

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
        assert (call.branches, call.shifts, call.second) == ("", None, None)


class TestShifts:
    def test_each_element_is_moved_in_float64(self, observe: Observer) -> None:
        (call,) = calls(observe("def f(x): return x ** 2", probes=asking("f", inputs=([1, 2, 3],), numeric=True)))
        shifts = call.shifts
        assert shifts is not None
        assert shifts.dtype == "float64"
        assert shifts.gradient.data.tolist() == [2, 4, 6]  # type: ignore[union-attr]
        outputs, steps = shifts.outputs.data, shifts.steps.data
        assert outputs is not None
        assert steps is not None
        assert ((outputs[:, 2] - outputs[:, 0]) / 2 / np.diag(steps)).tolist() == pytest.approx([2, 4, 6])

    def test_a_function_of_float32_gets_float32(self, observe: Observer) -> None:
        code = "import torch\nw = torch.ones(3)\ndef f(x): return x @ w"
        (call,) = calls(observe(code, probes=asking("f", inputs=([1, 2, 3],), numeric=True)))
        assert call.shifts is not None
        assert call.shifts.dtype == "float32"

    def test_many_elements_are_moved_together(self, observe: Observer) -> None:
        (call,) = calls(observe("def f(x): return x", probes=asking("f", inputs=(np.ones((5, 5)),), numeric=True)))
        assert call.shifts is not None
        assert call.shifts.steps.shape == (4, 25)

    def test_a_step_into_another_branch_is_not_steady(self, observe: Observer) -> None:
        code = "def f(x):\n    if x > 1: return x\n    return 2 * x"
        steady = [
            call.shifts.steady.data.tolist()  # type: ignore[union-attr]
            for call in calls(observe(code, probes=asking("f", inputs=(1, 2), numeric=True)))
        ]
        assert steady == [[False], [True]]

    def test_what_is_no_number_has_none(self, observe: Observer) -> None:
        (call,) = calls(observe("def f(x): return x, x", probes=asking("f", inputs=(1,), numeric=True)))
        assert call.shifts is not None
        assert call.shifts.steps.shape == (0,)


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
        probes = asking("f", "any", inputs=([1, 2], [3, 4]), numeric=True, second=True, branches=True)
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
        assert call.gradient.data.item() == 3  # type: ignore[union-attr]
