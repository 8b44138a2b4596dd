"""Modules that a worker imports before it forks, so that no submission has to."""

from __future__ import annotations

import re
from collections.abc import Iterable

TORCH = (".execute.warmup",)
"""Names with a leading dot are modules of ``grader/runtime``; the worker imports them and calls their ``warm_up()``."""
FIGURES = ("matplotlib.pyplot", ".record.matplotlib_backend")
GRADIENT_GIVEN = ("torch.fx.experimental.symbolic_shapes",)
"""What torch imports lazily at the first ``backward(gradient)``."""
TRANSFORMS = ("torch._dynamo",)
"""And at the first transform."""
EVERYTHING = (*TORCH, *FIGURES, *GRADIENT_GIVEN, *TRANSFORMS)
"""For a worker of which nobody knows what it will run."""

_SIGNS = {
    FIGURES: re.compile(rb"plot|pylab|seaborn"),
    GRADIENT_GIVEN: re.compile(rb"gradient\s*=|grad_outputs|ones|jac|vjp|hess|backward\(\s*\w"),
    TRANSFORMS: re.compile(rb"\bfunc\b|functorch|vmap|compile|jacrev|jacfwd|hess|jvp"),
}


def modules_for(contents: Iterable[bytes]) -> tuple[str, ...]:
    """The modules that submissions seem to need, by their files' contents: imports take longer than grading one.

    Too many cost a second, too few cost each submission that needs one as much.
    """
    found = dict.fromkeys(TORCH)
    waiting = dict(_SIGNS)
    for content in contents:
        for modules in [modules for modules, sign in waiting.items() if sign.search(content)]:
            found |= dict.fromkeys(modules)
            del waiting[modules]
        if not waiting:
            break
    return tuple(found)
