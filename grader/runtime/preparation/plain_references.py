"""Keeps torch's reference implementations from importing its compiler, which takes nearly a second.

Some operations have an implementation in Python, in ``torch._refs``; the second derivative of ``abs`` adds with one.
Relies on ``torch._compile._disable_dynamo``, which wraps them: at its first call, a wrapper imports the compiler to get
a function that the compiler leaves alone, and keeps that in the attribute ``__dynamo_disable``. Where the compiler is
switched off anyway, the function itself is as good. Where torch does this in another way, nothing is changed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from types import FunctionType
from typing import Any

MODULES = ("torch._refs", "torch._refs.linalg", "torch._refs.nn.functional", "torch._refs.special")
KEPT_AS = "__dynamo_disable"
WRAPPER = os.path.join("torch", "_compile.py")  # noqa: PTH118 - the end of the path of a code object


def keep_compiler_out() -> None:
    if os.environ.get("TORCHDYNAMO_DISABLE") != "1" or "torch._dynamo" in sys.modules:
        return
    for module in MODULES:
        for value in list(vars(sys.modules.get(module, object)).values()):
            for wrapper in _wrappers(value):
                function = wrapper.__wrapped__
                if type(function) is FunctionType and not hasattr(function, KEPT_AS):
                    setattr(function, KEPT_AS, function)


def _wrappers(value: Any) -> Iterator[Any]:
    """Of a function and those that it wraps: the wrappers that import the compiler."""
    while type(value) is FunctionType and hasattr(value, "__wrapped__"):
        code = value.__code__
        if code.co_filename.endswith(WRAPPER) and KEPT_AS in code.co_consts:
            yield value
        value = value.__wrapped__
