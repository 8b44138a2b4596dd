"""Large modules of torch run their code when something asks for more of them than a few small functions."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest
import torch

from grader.model import Outcome
from grader.runtime.preparation import light_modules
from tests.helpers.observing import Observer

USES = {
    "import torch.fx.experimental.symbolic_shapes as s; s.ShapeEnv()": True,
    "from torch.fx.experimental.symbolic_shapes import sym_eq; say(sym_eq is SHAPES.sym_eq)": True,
    "from torch.fx.experimental.symbolic_shapes import *; ShapeEnv": True,
    "say(pickle.loads(pickle.dumps(SHAPES.DimDynamic.STATIC)))": True,
    "say(len(dir(SHAPES)) > 100)": True,
    "SHAPES.sym_eq = None": True,
    "import torch._dynamo.config": True,
    "from torch._dynamo import disable; say(disable(lambda: 3)())": True,
    "say(torch.compile(torch.sin)(x))": True,
    "import inspect; inspect.stack(); inspect.getmodule(torch.sin)": False,
    "(x * 2).backward(torch.ones(3)); say(x.grad)": False,
    "(x * 2).backward(torch.ones(2))": False,
    "say(torch.autograd.grad(x * 2, x, torch.ones(2, 3), is_grads_batched=True))": False,
    "step = make(); (x * x).sum().backward(); step.step(); step.zero_grad(); say(x, x.grad)": False,
    "step = make(); torch._dynamo.config; step.add_param_group({'params': [torch.ones(1)]}); say(step)": True,
    "say(torch.func.grad(lambda v: (v**3).sum())(x), torch.func.jacrev(torch.sin)(x))": False,
    "say(torch.func.hessian(lambda v: (v**3).sum() * v.norm())(x.detach()))": False,
}
"""Code of submissions, and whether a module that is light has to run its code for it."""


def test_the_installed_release_of_torch_is_known() -> None:
    """If this fails for a new release, and the other tests pass with it, add its digests to ``KNOWN``."""
    for name, known in light_modules.KNOWN.items():
        assert known.get(light_modules.digest(name)) == torch.__version__.partition("+")[0], name


def test_usual_code_does_not_load_the_large_modules(observe: Observer) -> None:
    lines = [f"with suppress(RuntimeError):\n    {code}" for code, loads in USES.items() if not loads]
    observation = observe("\n".join([_BEGIN, *lines, _ARE_LIGHT]))
    assert observation.outcome is Outcome.COMPLETED, observation.detail


def test_a_submission_that_asks_for_such_a_module_gets_all_of_it(observe: Observer) -> None:
    code = f"""
        from {light_modules.SHAPES} import ShapeEnv, sym_eq
        assert (ShapeEnv.__name__, sym_eq.__module__) == ("ShapeEnv", "{light_modules.SHAPES}")
    """
    observation = observe(code)
    assert observation.outcome is Outcome.COMPLETED, observation.detail


@pytest.mark.exhaustive
def test_code_sees_what_it_sees_without_light_modules() -> None:
    light, plain = (
        subprocess.run(
            [sys.executable, "-c", _PROGRAM, mode, repr(tuple(USES))],
            env={**os.environ, "TORCHDYNAMO_DISABLE": "1", "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for mode in ("light", "plain")
    )
    of_light, of_plain = (
        dict(zip(USES, map(ast.literal_eval, said.splitlines()), strict=True)) for said in (light, plain)
    )
    assert [said for said, _ in of_light.values()] == [said for said, _ in of_plain.values()]
    assert {code: loaded for code, (_, loaded) in of_light.items()} == USES


_ARE_LIGHT = f"assert {{type(sys.modules[name]).__name__ for name in {[*light_modules.KNOWN]}}} == {{'_Light'}}"
_BEGIN = """
import pickle, sys
from contextlib import suppress
import torch
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
make = lambda: torch.optim.SGD([x], lr=1.0)
said = []
say = lambda *values: said.append(repr(values))
"""
_PROGRAM = f"""
import ast, os, sys
import torch
if sys.argv[1] == "light":
    from grader.runtime.preparation import light_modules
    light_modules.warm_up()
import torch.fx.experimental.symbolic_shapes, torch._dynamo
SHAPES = sys.modules["torch.fx.experimental.symbolic_shapes"]
for code in ast.literal_eval(sys.argv[2]):
    if os.fork() == 0:
        exec({_BEGIN!r})
        try:
            exec(code)
        except Exception as error:
            said.append(repr(error))
        print((said, {{type(SHAPES).__name__, type(torch._dynamo).__name__}} != {{"_Light"}}), flush=True)
        os._exit(0)
    os.wait()
"""
