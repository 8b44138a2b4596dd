"""Reads source files that stacks of submissions pass through.

``torch.manual_seed`` formats the stack of its caller, for an error that a graphics card may report later. Without this,
every submission that calls it reads the source of each function on the stack.
"""

from __future__ import annotations

import linecache
import sys

_RUNTIME = (
    "execute.run",
    "execute.statements",
    "record.passes.autograd",
    "record.torch_calls",
    "server.children",
    "server.worker",
)
_TORCH = (
    "torch._compile",
    "torch._dynamo.eval_frame",
    "torch.autograd",
    "torch.cuda",
    "torch.cuda.random",
    "torch.random",
)
"""Those of them that are not imported are not on the stack either."""


def warm_up() -> None:
    top = __package__.partition(".")[0]
    for name in ("__main__", *(f"{top}.{module}" for module in _RUNTIME), *_TORCH):
        file = getattr(sys.modules.get(name), "__file__", None)
        if file is not None:
            linecache.getlines(file)
