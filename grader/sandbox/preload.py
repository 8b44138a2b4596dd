"""Modules that a worker imports before it forks, so that no submission has to."""

from __future__ import annotations

EVERYTHING = ("matplotlib.pyplot", ".mplbackend", "torch.fx.experimental.symbolic_shapes", "torch._dynamo")
"""For a worker that runs many submissions: figures, and what torch imports lazily, at the first ``backward(gradient)``
and at the first transform. ``.mplbackend`` is the runtime's own.
"""
