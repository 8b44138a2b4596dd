"""Which modules a worker imports before it forks, so that submissions need not."""

from __future__ import annotations

import re
from collections.abc import Iterable

TORCH = (".preparation.torch_caches",)
"""Names with a leading dot are modules of ``grader/runtime``; the worker imports them and calls their ``warm_up()``."""
FIGURES = ("matplotlib.pyplot", ".record.plots.matplotlib_backend", ".preparation.lazy_ticks")
GRADIENT_GIVEN = ("torch.fx.experimental.symbolic_shapes",)
"""torch imports this lazily, at the first ``backward(gradient)``."""
TRANSFORMS = ("torch._dynamo",)
"""torch imports this lazily, at the first transform."""
EVERYTHING = (*TORCH, *FIGURES, *GRADIENT_GIVEN, *TRANSFORMS)
"""For a worker whose submissions are not known yet."""

_SIGNS = {
    FIGURES: re.compile(rb"plot|pylab|seaborn"),
    GRADIENT_GIVEN: re.compile(rb"gradient\s*=|grad_outputs|ones|jac|vjp|hess|backward\(\s*\w"),
    TRANSFORMS: re.compile(rb"\bfunc\b|functorch|vmap|compile|jacrev|jacfwd|hess|jvp"),
}


def modules_for(contents: Iterable[bytes]) -> tuple[str, ...]:
    """The modules that submissions seem to need, by the contents of their files.

    An unneeded module costs up to a second once; a missing one costs that in every submission that needs it.
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
