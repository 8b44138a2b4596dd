"""The record says of each backward pass what had a hand in it besides torch, and whether that changed anything."""

from __future__ import annotations

import pytest

from grader.model import Backward, Observation
from tests.helpers.observing import Observer, events

SETUP = "import torch\nx = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)\n"
SQUARE = """
class Square(torch.autograd.Function):
    generate_vmap_rule = True
    @staticmethod
    def forward(a):
        return a * a
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)
    @staticmethod
    def backward(ctx, g):
        a, = ctx.saved_tensors
        return 2 * a * g
    @staticmethod
    def jvp(ctx, t):
        a, = ctx.saved_tensors
        return 2 * a * t
square = Square.apply
"""
OPERATOR = """
@torch.library.custom_op("mine::square", mutates_args=())
def square(a: torch.Tensor) -> torch.Tensor:
    return a * a
def keep(ctx, inputs, output):
    ctx.save_for_backward(*inputs)
def backward(ctx, g):
    a, = ctx.saved_tensors
    return 2 * a * g
square.register_autograd(backward, setup_context=keep)
"""
Y = "y = (x ** 2).sum()\n"


def hands(observation: Observation) -> list[list[tuple[str, str, bool]]]:
    """Kind, name and whether something was changed, for each pass."""
    assert all(event.error is None for event in events(observation, Backward))
    return [[(hand.kind, hand.name, hand.changed) for hand in event.hands] for event in events(observation, Backward)]


class TestWhatOnlyLooks:
    @pytest.mark.parametrize(
        "code",
        [
            Y + "y.backward()",
            Y + "y.backward()\ntorch.nn.utils.clip_grad_norm_([x], 1.0)\nx.grad.zero_()\n" + Y + "y.backward()",
            "from torch.utils.checkpoint import checkpoint\n"
            "for again in (True, False):\n    checkpoint(lambda v: (v * v).sum(), x, use_reentrant=again).backward()",
            "for _ in range(3):\n    y = (x ** 2).sum()\n    y.backward()\n"
            "    x.data -= 0.1 * x.grad\n    x.grad.data.zero_()",
            "for _ in range(3):\n    y = (x ** 2).sum()\n    y.backward()\n    with torch.no_grad():\n"
            "        x -= 0.1 * x.grad\n        x.grad = None",
            "o = torch.optim.Adam([x])\nfor _ in range(3):\n    o.zero_grad()\n    (x ** 2).sum().backward()\n"
            "    o.step()\n    print(x.detach().numpy(), x.data)",
            "x.data.fill_(3)\n" + Y + "y.backward()",
            Y + "a = x.detach().numpy()\nb = x.data\ny.backward()\na[0] = 5\nb[1] = 5\n" + Y + "y.backward()",
            "import numpy as np\na = np.ones(3)\nx = torch.from_numpy(a).requires_grad_()\n" + Y + "y.backward()\n"
            "a[0] = 2\n" + Y + "y.backward()",
            "y = (2 * x).sum()\nwith torch.no_grad():\n    x += 1\ny.backward()",
            "class Plain(torch.Tensor):\n    pass\nz = x.as_subclass(Plain).exp().sum()\nz.backward()",
            "class Loud(torch.Tensor):\n    @classmethod\n"
            "    def __torch_function__(cls, func, types, args=(), kwargs=None):\n"
            "        print(func)\n        return super().__torch_function__(func, types, args, kwargs)\n"
            "x.as_subclass(Loud).exp().sum().backward()",
            SQUARE + Y + "y.backward()",
            OPERATOR + Y + "y.backward()",
        ],
    )  # fmt: skip
    def test_no_hand_is_recorded(self, observe: Observer, code: str) -> None:
        found = hands(observe(SETUP + code))
        assert found
        assert not any(found)

    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("x.register_hook(print)\n" + Y, "x"),
            ("seen = []\nx.register_hook(seen.append)\n" + Y, "x"),
            ("x.register_hook(lambda g: g)\n" + Y, "x"),
            ("x.register_hook(lambda g: g.clone())\n" + Y, "x"),
            (Y + "y.register_hook(lambda g: print(g))\n", "y"),
            (Y + "y.grad_fn.register_hook(lambda given, got: print(given, got))\n", "SumBackward0"),
            (Y + "y.grad_fn.register_prehook(lambda got: None)\n", "SumBackward0"),
            ("x.register_post_accumulate_grad_hook(lambda leaf: print(leaf.grad))\n" + Y, "x"),
            ("def clear(leaf):\n    leaf.grad = None\nx.register_post_accumulate_grad_hook(clear)\n" + Y, "x"),
            ("torch.autograd.graph.register_multi_grad_hook((x,), print)\n" + Y, "x"),
        ],
    )
    def test_a_hook_that_changes_nothing(self, observe: Observer, code: str, name: str) -> None:
        assert hands(observe(SETUP + code + "y.backward()")) == [[("hook", name, False)]]

    def test_hooks_that_keep_saved_tensors_elsewhere(self, observe: Observer) -> None:
        hooks = "torch.autograd.graph.saved_tensors_hooks(lambda t: t.detach().numpy(), torch.from_numpy)"
        code = f"with {hooks}:\n    y = (x ** 2).sum()\ny.backward()"
        assert hands(observe(SETUP + code)) == [[("saved_tensor_hook", "", False)]]


class TestWhatChangesSomething:
    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("x.register_hook(lambda g: 2 * g)\n" + Y, "x"),
            ("x.register_hook(lambda g: torch.tensor([0., 1., 4.]))\n" + Y, "x"),
            ("x.register_hook(torch.neg)\n" + Y, "x"),
            ("def h(g):\n    g.mul_(2)\nx.register_hook(h)\n" + Y, "x"),
            ("def h(g):\n    g.data[0] = 7\nx.register_hook(h)\n" + Y, "x"),
            ("def h(g):\n    g.numpy()[0] = 7\nx.register_hook(h)\n" + Y, "x"),
            ("torch.Tensor.register_hook(x, lambda g: 2 * g)\n" + Y, "x"),
            (Y + "y.register_hook(lambda g: 2 * g)\n", "y"),
            (Y + "y.grad_fn.register_hook(lambda given, got: (2 * given[0],))\n", "SumBackward0"),
            (Y + "y.grad_fn.next_functions[0][0].register_prehook(lambda got: (2 * got[0],))\n", "PowBackward0"),
            ("y = x.exp()\ny.grad_fn.next_functions[0][0].register_prehook(lambda g: (2 * g[0],))\ny = y.sum()\n", "x"),
            ("def h(leaf):\n    leaf.grad *= 2\nx.register_post_accumulate_grad_hook(h)\n" + Y, "x"),
            (Y + "def h(g):\n    x.grad = torch.full((3,), 9.0)\ny.register_hook(h)\n", "y"),
            ("import threading\n" + Y + "x.register_hook(lambda g: 2 * g)\n", "x"),
        ],
    )  # fmt: skip
    def test_a_hook(self, observe: Observer, code: str, name: str) -> None:
        assert hands(observe(SETUP + code + "y.backward()")) == [[("hook", name, True)]]

    @pytest.mark.parametrize(
        "code",
        [
            "x.register_hook(lambda g: g)\n"
            "def h(leaf):\n    leaf.grad *= 0.5\nx.register_post_accumulate_grad_hook(h)\n",
            "x.register_hook(print)\n"
            "def h(leaf):\n    leaf.grad.data *= 0.5\nx.register_post_accumulate_grad_hook(h)\n",
            "y.register_hook(print)\ndef h(g):\n    x.grad = torch.full((3,), 9.0)\nx.register_hook(h)\n",
            "y.grad_fn.register_hook(lambda a, b: print(a))\n"
            "def h(g):\n    x.grad.add_(1)\nx.grad = torch.ones(3)\nx.register_hook(h)\n",
            "y.register_hook(print)\nx.register_hook(lambda g: 2 * g)\n",
            "x.register_post_accumulate_grad_hook(lambda leaf: print(leaf.grad))\ny.register_hook(lambda g: 2 * g)\n",
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("passes", [1, 150])
    def test_hooks_beside_it_that_print_are_not_marked(self, observe: Observer, code: str, passes: int) -> None:
        start = SETUP + Y + code
        start += f"for _ in range({passes}):\n    y.backward(retain_graph=True)\n"
        observation = observe(start)
        assert all(event.error is None for event in events(observation, Backward))
        found = [
            [(hand.place is not None and hand.place.line, hand.changed, hand.suspected) for hand in event.hands]
            for event in events(observation, Backward)
        ]
        last = max(line for line, text in enumerate(start.splitlines(), 1) if "register" in text)
        other = min(line for line, text in enumerate(start.splitlines(), 1) if "register" in text)
        assert found
        assert all(sorted(hands) == [(other, False, False), (last, True, False)] for hands in found)

    def test_where_no_hook_was_seen_to_write_all_are_suspected(self, observe: Observer) -> None:
        write = "def h(g):\n    x.grad.data.mul_(5)\nx.grad = torch.ones(3)\ny.register_hook(h)\n"
        (event,) = events(observe(SETUP + Y + "x.register_hook(print)\n" + write + "y.backward()"), Backward)
        assert [(hand.changed, hand.suspected) for hand in event.hands] == [(True, True)] * 2
        (event,) = events(observe(SETUP + Y + write + "y.backward()"), Backward)
        assert [(hand.changed, hand.suspected) for hand in event.hands] == [(True, False)]

    def test_a_hook_of_saved_tensors(self, observe: Observer) -> None:
        hooks = "torch.autograd.graph.saved_tensors_hooks(lambda t: t, torch.ones_like)"
        code = f"with {hooks}:\n    y = (x ** 2).sum()\ny.backward()"
        assert hands(observe(SETUP + code)) == [[("saved_tensor_hook", "", True)]]

    def test_a_hook_of_a_module(self, observe: Observer) -> None:
        code = "net = torch.nn.Linear(3, 1)\nnet.register_full_backward_hook(lambda m, given, got: (2 * given[0],))\n"
        ((hand,),) = hands(observe(SETUP + code + "net(x).backward()"))
        assert hand[0] == "hook"
        assert hand[2]

    @pytest.mark.parametrize(
        "code",
        [
            "square(x).sum().backward()",
            "torch.autograd.grad(square(x).sum(), x)",
            "torch.func.grad(lambda v: square(v).sum())(x)",
            "torch.vmap(torch.func.grad(square))(x)",
            "torch.func.jvp(square, (x,), (torch.ones(3),))",
            "import threading\nt = threading.Thread(target=lambda: square(x).sum().backward())\nt.start()\nt.join()",
            "torch.autograd.Function.apply.__func__(Square, x).sum().backward()",
        ],
    )
    def test_an_own_function(self, observe: Observer, code: str) -> None:
        assert hands(observe(SETUP + SQUARE + code)) == [[("function", "Square", True)]]

    def test_an_operator_of_torch_library(self, observe: Observer) -> None:
        assert hands(observe(SETUP + OPERATOR + "square(x).sum().backward()")) == [[("operator", "mine::square", True)]]

    def test_an_operator_of_torchs_that_was_replaced(self, observe: Observer) -> None:
        code = 'lib = torch.library.Library("aten", "IMPL")\nlib.impl("sin", lambda a: a * a, "AutogradCPU")\n'
        found = hands(observe(SETUP + code + "x.sin().sum().backward()"))
        assert found == [[("operator", "aten::sin", True)]]

    @pytest.mark.parametrize(
        ("code", "name"),
        [
            (Y + "x.data.fill_(2)\n", "x"),
            (Y + "x.data = torch.ones(3)\n", "x"),
            ("y = (3 * x).sum()\nwith torch.no_grad():\n    x.set_(torch.ones(3))\n", "x"),
            ("a = x.data\n" + Y + "a[0] = 7\n", "x"),
            (Y + "x.detach().numpy()[0] = 7\n", "x"),
            ("import numpy as np\na = np.ones(3)\nx = torch.from_numpy(a).requires_grad_()\n" + Y + "a[0] = 2\n", "x"),
            ("u = 2 * x\nu.data.fill_(3)\ny = (u * u).sum()\n", "u"),
            (Y + "y.data.fill_(3)\n", "y"),
            (Y + "x.data.fill_(2)\nz = x.exp().sum()\nz.backward()\nx.grad = None\n", "x"),
        ],
    )
    def test_values_that_were_written_past_autograd(self, observe: Observer, code: str, name: str) -> None:
        assert hands(observe(SETUP + code + "y.backward()"))[-1] == [("data", name, True)]

    @pytest.mark.parametrize(
        ("base", "method"),
        [
            ("torch.Tensor", "@classmethod\n    def __torch_function__"),
            ("torch.overrides.TorchFunctionMode", "def __torch_function__"),
            ("torch.utils._python_dispatch.TorchDispatchMode", "def __torch_dispatch__"),
        ],
    )
    def test_a_class_that_torch_calls(self, observe: Observer, base: str, method: str) -> None:
        code = (
            "import torch.utils._python_dispatch\n"
            f"class Mine({base}):\n    {method}(self, func, types, args=(), kwargs=None):\n"
            "        args = [a.as_subclass(torch.Tensor) if isinstance(a, torch.Tensor) else a for a in args]\n"
            "        return func(*args, **(kwargs or {}))\n"
        )
        use = "y = x.as_subclass(Mine).exp()\n" if base == "torch.Tensor" else "with Mine():\n    y = x.exp()\n"
        assert hands(observe(SETUP + code + use + "y.sum().backward()")) == [[("class", "Mine", True)]]

    @pytest.mark.parametrize(
        ("base", "method"),
        [
            ("torch.overrides.TorchFunctionMode", "function"),
            ("torch.utils._python_dispatch.TorchDispatchMode", "dispatch"),
        ],
    )
    def test_a_mode_has_a_hand_in_it_only_where_it_changes_something(
        self, observe: Observer, base: str, method: str
    ) -> None:
        looking = {
            "Plain": "return func(*args, **(kwargs or {}))",
            "Printing": "print(func, args)\n        r = func(*args, **(kwargs or {}))\n"
            "        print(r)\n        return r",
        }
        changing = {
            "After": "r = func(*args, **(kwargs or {}))\n        return r * 2 if 'exp' in str(func) else r",
            "Inside": "r = func(*args, **(kwargs or {}))\n        if 'mul' in str(func):\n"
            "            with torch.no_grad():\n                r.add_(1)\n        return r",
            "Unseen": "r = func(*args, **(kwargs or {}))\n        if 'mul' in str(func):\n"
            "            with torch._C._DisableTorchDispatch(), torch.no_grad():\n                r.add_(1)\n"
            "        return r",
            "Other": "return (torch.sin if 'exp' in str(func) else func)(*args, **(kwargs or {}))",
        }
        code = "import torch.utils._python_dispatch\n"
        for name, body in (looking | changing).items():
            code += f"class {name}({base}):\n    def __torch_{method}__(self, func, types, args=(), kwargs=None):\n"
            code += f"        {body}\n"
        uses = "".join(f"with {name}():\n    y = (x.exp() * x).sum()\ny.backward()\n" for name in looking)
        both = "with Plain():\n    y = x.exp().mul(x).T.sum()\n    y.backward()\n"
        assert hands(observe(SETUP + code + uses + both)) == [[], [], []]
        for name in changing:
            uses = f"with {name}():\n    y = (x.exp() * x).sum()\ny.backward()\n"
            assert hands(observe(SETUP + code + uses)) == [[("class", name, True)]]

    def test_it_is_told_in_passes_that_go_on_from_there(self, observe: Observer) -> None:
        code = "x.register_hook(lambda g: 2 * g)\ng, = torch.autograd.grad((x ** 3).sum(), x, create_graph=True)\n"
        assert hands(observe(SETUP + code + "h = g.sum()\nh.backward()")) == [[("hook", "x", True)]] * 2

    def test_the_place_is_where_it_was_registered_or_defined(self, observe: Observer) -> None:
        code = "def h(g):\n    return 2 * g\nx.register_hook(h)\n" + SQUARE + "square(x).sum().backward()"
        (event,) = events(observe(SETUP + code), Backward)
        places = {hand.kind: hand.place.line for hand in event.hands if hand.place is not None}
        assert places == {"hook": 5, "function": 17}
