"""The record says of each error that came out of a call of torch whether torch itself raised it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from grader.model import Backward, CallProbe, FunctionCall, Observation, Probes, Raised, TorchError
from tests.helpers.observing import Observer

SETUP = "import torch\nx = torch.arange(4.0, requires_grad=True)\ny = 2 * torch.dot(x, x)\n"
TWICE = "raise RuntimeError('Trying to backward through the graph a second time')"


class Origin(NamedTuple):
    call: str
    origin: str
    line: int | None = None


def origins(observation: Observation) -> list[Origin]:
    found = []
    for event in observation.events:
        if isinstance(event, Backward | TorchError) and isinstance(event.error, Raised):
            place = event.error.raised_at
            found.append(Origin(event.call, event.error.origin, None if place is None else place.line))
    return found


class TestTorchRaised:
    @pytest.mark.parametrize(
        ("code", "call"),
        [
            ("y.backward()\ny.backward()", "backward"),
            ("y.backward()\ntry:\n    y.backward()\nexcept RuntimeError:\n    raise", "backward"),
            ("y.backward()\ntry:\n    y.backward()\nexcept RuntimeError as e:\n    raise OSError from e", "backward"),
            ("torch.autograd.grad(y, x)\ntorch.autograd.grad(y, x)", "grad"),
            ("(x * x).backward()", "backward"),
            ("torch.ones(3).sum().backward()", "backward"),
            ("x.numpy()", "numpy"),
            ("import numpy as np\nnp.asarray(x)", "__array__"),
            ("torch.nn.Parameter(torch.arange(4))", "Parameter"),
            ("torch.arange(4, requires_grad=True)", "arange"),
            ("x += 1", "add_"),
            ("if x > 1:\n    pass", "__bool__"),
            ("x.register_hook(print)\ny.backward()\ny.backward()", "backward"),
            ("from torch.utils.checkpoint import checkpoint\nz = checkpoint(torch.sum, x, use_reentrant=False)\n"
             "z.backward()\nx.numpy()", "numpy"),
            ("@torch.enable_grad()\ndef run():\n    y.backward()\n    y.backward()\nrun()", "backward"),
            ("def f(a):\n    return a.numpy()\nlist(map(f, [x]))", "numpy"),
        ],
    )  # fmt: skip
    def test_its_own_errors(self, observe: Observer, code: str, call: str) -> None:
        assert origins(observe(SETUP + code)) == [Origin(call, "torch")]

    def test_a_class_that_passes_the_call_on_does_not_count(self, observe: Observer) -> None:
        observation = observe(
            SETUP + "class Logging(torch.Tensor):\n"
            "    @classmethod\n"
            "    def __torch_function__(cls, func, types, args=(), kwargs=None):\n"
            "        print(func.__name__)\n"
            "        return super().__torch_function__(func, types, args, kwargs)\n"
            "x.as_subclass(Logging).numpy()"
        )
        assert origins(observation) == [Origin("numpy", "torch")]


class TestTheSubmissionRaised:
    @pytest.mark.parametrize(
        ("code", "call"),
        [
            (f"def h(g): {TWICE}\nx.register_hook(h)\ny.backward()", "backward"),
            (f"def h(*g): {TWICE}\ny.grad_fn.register_hook(h)\ny.backward()", "backward"),
            (f"def h(g): {TWICE}\ny.grad_fn.next_functions[0][0].register_prehook(h)\ny.backward()", "backward"),
            (f"def h(leaf): {TWICE}\nx.register_post_accumulate_grad_hook(h)\ny.backward()", "backward"),
            (f"def h(g): {TWICE}\nx.register_hook(h)\ntorch.autograd.grad(y, x)", "grad"),
            (f"def h(*a, **k): {TWICE}\ntorch.autograd._engine_run_backward = h\ny.backward()", "backward"),
            (f"def h(t): {TWICE}\nhooks = torch.autograd.graph.saved_tensors_hooks\nwith hooks(lambda t: t, h):\n"
             "    z = x.exp().sum()\nz.backward()", "backward"),
            (f"def h(t): {TWICE}\nhooks = torch.autograd.graph.saved_tensors_hooks\nwith hooks(h, h):\n"
             "    z = x.exp()", "exp"),
            ("class F(torch.autograd.Function):\n    forward = staticmethod(lambda _, a: a.sum())\n    @staticmethod\n"
             f"    def backward(ctx, g): {TWICE}\nF.apply(x).backward()", "backward"),
            ("class RuntimeError(Exception):\n    def __str__(self): return 'a second time'\n"
             "def h(g): raise RuntimeError()\nx.register_hook(h)\ny.backward()", "backward"),
            ("def h(g):\n    try: (x * x).backward()\n    except Exception as e: raise e\nx.register_hook(h)\n"
             "y.backward()", "backward"),
            ("class T(torch.Tensor):\n    @classmethod\n    def __torch_function__(cls, func, *rest):\n"
             "        raise RuntimeError('no numpy')\nx.as_subclass(T).numpy()", "numpy"),
            ("class T(torch.Tensor):\n    @classmethod\n    def __torch_function__(cls, func, *rest):\n"
             "        return x.numpy()\ny.detach().as_subclass(T).numpy()", "numpy"),
            ("class T(torch.Tensor):\n    def detach(self): raise RuntimeError('no')\n"
             "torch.nn.Parameter(torch.ones(2).as_subclass(T))", "Parameter"),
        ],
    )  # fmt: skip
    def test_code_that_torch_called(self, observe: Observer, code: str, call: str) -> None:
        found = [origin for origin in origins(observe(SETUP + code)) if origin.origin == "submission"]
        assert [origin.call for origin in found] == [call]
        assert found[0].line is not None
        assert found[0].line > 3

    def test_torchs_own_error_that_a_hook_raises_again(self, observe: Observer) -> None:
        """Its innermost frames are still torch's."""
        code = "y.backward()\ntry: y.backward()\nexcept RuntimeError as e: first = e\n"
        hook = "def h(g): raise first\nx.register_hook(h)\nz = x.exp().sum()\nz.backward()"
        assert origins(observe(SETUP + code + hook)) == [
            Origin("backward", "torch"),
            Origin("backward", "submission", 7),
        ]

    def test_an_error_that_a_library_raises_for_a_hook(self, observe: Observer) -> None:
        code = "from concurrent.futures import Future\nf = Future()\nf.set_exception(RuntimeError('a second time'))\n"
        assert origins(observe(SETUP + code + "x.register_hook(f.result)\ny.backward()")) == [
            Origin("backward", "submission")
        ]

    @pytest.mark.parametrize("file", ["'<string>'", "torch.autograd.__file__"])
    def test_compiled_text_under_any_file_name(self, observe: Observer, file: str) -> None:
        text = f"names = {{}}\nexec(compile(\"def h(g): {TWICE}\", {file}, 'exec'), names)\n"
        observation = observe(SETUP + text + "x.register_hook(names['h'])\ny.backward()")
        assert origins(observation) == [Origin("backward", "submission")]

    def test_a_module_that_came_with_the_file(self, observe: Observer) -> None:
        from grader.model import CompanionFile

        helper = CompanionFile(path="helper.py", content=f"def h(g):\n    {TWICE}\n".encode())
        observation = observe(SETUP + "import helper\nx.register_hook(helper.h)\ny.backward()", files=(helper,))
        assert origins(observation) == [Origin("backward", "submission")]


class TestOfAFunctionOnHiddenInputs:
    """Where its own ``raise`` ends a call, torch did not, whatever the text says."""

    @pytest.mark.parametrize(
        ("body", "origin"),
        [
            (TWICE, "submission"),
            ("assert x.sum() < 0, 'a leaf Variable that requires grad'", "submission"),
            (f"x.register_hook(hook)\n    return torch.autograd.grad(x.sum(), x)\ndef hook(g): {TWICE}", "submission"),
            ("try: x.numpy()\n    except RuntimeError as e: raise ValueError(str(e))", "submission"),
            ("x += 1", "torch"),
            ("return float(x)", "torch"),
            ("if x > 1: return x", "torch"),
            ("import math\n    return math.sin(x)", "torch"),
            ("try: x.numpy()\n    except RuntimeError: raise", "torch"),
            ("torch.autograd.grad(torch.ones(1), x)", "torch"),
            ("for _ in range(2): x.sin().sum().backward(); y.backward()", "torch"),
        ],
    )
    def test_who_raised(self, observe: Observer, body: str, origin: str) -> None:
        inputs = (np.asarray([1.0, 2.0], dtype=np.float32),)
        probes = Probes(calls=(CallProbe(id="probe", functions=("f",), inputs=inputs),))
        found = observe(f"{SETUP}def f(x):\n    {body}\n", probes=probes).events
        (call,) = [event for event in found if isinstance(event, FunctionCall)]
        assert call.error is not None
        assert call.error.origin == origin
