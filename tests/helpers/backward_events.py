"""Backward events of hand-built observations: a plain pass, whose fields a test replaces as it needs."""

from __future__ import annotations

from typing import Any

from grader.model import Array, Backward, LeafPass, RunPlace

HERE = RunPlace(cell=0, line=1, statement=1)


def backward_event(*leaves: LeafPass, root: Array, output: Array, **fields: Any) -> Backward:
    """A pass that worked, of first order, by ``backward``, over a graph of which nothing else is known."""
    plain: dict[str, Any] = {
        "place": HERE,
        "call": "backward",
        "weights": None,
        "root_names": (),
        "output_names": (),
        "through": (),
        "functions": (),
        "retain_graph": False,
        "create_graph": False,
        "order": 1,
        "operations": (),
        "group": 0,
        "stale": False,
        "error": None,
    }
    return Backward(leaves=leaves, root=root, output=output, **(plain | fields))
