"""Modules that a worker imports before it forks, so that no submission has to."""

from __future__ import annotations

TORCH = (".warmup",)
"""Names with a dot in front are the runtime's own: they are imported and warmed up."""
FIGURES = ("matplotlib.pyplot", ".mplbackend")
GRADIENT_GIVEN = ("torch.fx.experimental.symbolic_shapes",)
"""What torch imports lazily at the first ``backward(gradient)``."""
TRANSFORMS = ("torch._dynamo",)
"""And at the first transform."""
EVERYTHING = (*TORCH, *FIGURES, *GRADIENT_GIVEN, *TRANSFORMS)
"""For a worker that runs many submissions."""
