"""Which modules a worker imports before its first submission."""

from __future__ import annotations

import pytest

from grader.sandbox.preload import (
    COMPILED,
    EVERYTHING,
    FIGURES,
    GRADIENT_GIVEN,
    PROFILED,
    SOURCES,
    TORCH,
    TRANSFORMS,
    modules_for,
)
from grader.sandbox.worker_handle import RUNTIME


@pytest.mark.parametrize("name", [name for name in EVERYTHING if name.startswith(".")])
def test_a_module_of_the_runtime_exists_and_can_be_warmed_up(name: str) -> None:
    """The worker skips a module that it cannot import, so a wrong name would only cost time, unnoticed."""
    path = RUNTIME.joinpath(*name.removeprefix(".").split(".")).with_suffix(".py")
    assert "def warm_up() -> None:" in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "modules"),
    [
        (b"print(1)", TORCH),
        (b"import matplotlib.pyplot as plt", (*TORCH, *FIGURES)),
        (b"y.backward(gradient=v)", (*TORCH, *GRADIENT_GIVEN)),
        (b"torch.func.grad(f)", (*TORCH, *TRANSFORMS)),
        (b"torch.optim.SGD([w])", (*TORCH, *TRANSFORMS, *PROFILED)),
        (b"f = torch.compile(f)", (*TORCH, *TRANSFORMS, *COMPILED)),
        (b"import math, decimal", (*TORCH, "decimal")),
        (b"# decimal places", TORCH),
    ],
)
def test_a_submission_that_seems_to_need_a_module_gets_it(content: bytes, modules: tuple[str, ...]) -> None:
    assert modules_for([b"x = 1", content]) == modules


def test_sources_are_read_when_all_else_is_imported() -> None:
    assert modules_for([b"torch.manual_seed(0)", b"torch.func.grad(f)"]) == (*TORCH, *TRANSFORMS, *SOURCES)


def test_images_of_a_notebook_are_not_looked_at() -> None:
    image = b'     "image/png": "' + b"plotvmapones" * 100 + b'",\n'
    assert modules_for([b'{"source": "x",\n' + image + b"}"]) == TORCH


@pytest.mark.parametrize(
    "code",
    [
        b"x.abs()",
        b"torch.func.hessian(f)(x)",
        b"torch.func.jvp(torch.func.grad(f), (x,), (v,))",
        b"torch.autograd.forward_ad.make_dual(x, v)",
        b"import sympy",
    ],
)
def test_what_torch_decomposes_in_python_needs_sympy(code: bytes) -> None:
    assert "sympy" in modules_for([code])
