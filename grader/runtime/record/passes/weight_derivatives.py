"""Derivatives by the weights of an earlier pass, which is how ``hvp`` and ``jvp`` get theirs without forward mode.

A pass is linear in the gradient that it starts with. To differentiate its result by that gradient gives the derivative
in a direction: of the earlier pass's output, by its leaf. That is what such a pass is recorded as.
"""

from __future__ import annotations

import weakref

import torch

from ..stream import Json, to_numpy
from .describe_pass import DescribedPass, PassDescriber, tensors_in

MAX_REMEMBERED = 64


class WeightDerivatives:
    """The passes that started with weights that are differentiable themselves."""

    def __init__(self, describer: PassDescriber) -> None:
        self._describer = describer
        self._known: dict[int, tuple[weakref.ref[torch.Tensor], DescribedPass]] = {}

    def note(self, event: DescribedPass, gradients: object) -> bool:
        """Remember a pass that has run, if it has one leaf, and weights that require grad. Whether the weights are all
        zero: then the pass computes nothing itself.
        """
        given = tensors_in(gradients)
        if len(given) == 1 == len(event.leaf_passes) and given[0].requires_grad:
            while len(self._known) >= MAX_REMEMBERED:
                del self._known[next(iter(self._known))]
            self._known[id(given[0])] = weakref.ref(given[0]), event
            values = to_numpy(given[0])
            return values is not None and not values.any()
        return False

    def describe(self, event: DescribedPass, inputs: tuple[torch.Tensor, ...], gradients: object) -> None:
        """Describe a pass that has run as one from the output of the earlier pass, where its input are the weights of
        that pass. ``gradients``: what it starts with itself. The earlier pass was described with curvatures for ones.
        """
        if not self._known or len(inputs) != 1 or len(event.leaf_passes) != 1:
            return
        weights, earlier = self._known.get(id(inputs[0]), (None, None))
        if weights is None or earlier is None or weights() is not inputs[0]:
            return
        output, (leaf,), (passed,) = earlier.fields["output"], earlier.leaf_passes, event.leaf_passes
        self._describe_direction(event, earlier, gradients)
        if not _shape(output) == _shape(leaf["value"]) == _shape(event.fields["weights"]) == _shape(passed["gradient"]):
            if event.fields.get("jvp") is not None:
                event.fields["weights"] = None
            return
        event.order = earlier.order
        event.fields |= {name: earlier.fields[name] for name in ("output", "output_names", "order")}
        event.leaf_passes[0]["gradient"] = passed["gradient"]
        started_with = [to_numpy(weights) for weights in tensors_in(gradients)]
        if not all(values is not None and (values == 1).all() for values in started_with):
            event.leaf_passes[0] |= {"curvature": None, "bend": None}

    def _describe_direction(self, event: DescribedPass, earlier: DescribedPass, gradients: object) -> None:
        """Describe a pass as one of forward mode, where it starts with a direction at the leaf of the earlier pass."""
        (leaf,), (passed,), directions = earlier.leaf_passes, event.leaf_passes, tensors_in(gradients)
        tangent = self._describer.described(directions[0]) if len(directions) == 1 else None
        if _shape(tangent) != _shape(leaf["value"]) or _shape(passed["gradient"]) != _shape(earlier.fields["root"]):
            return
        event.order = earlier.order
        names = ("root", "root_names", "output", "output_names", "order")
        event.fields |= {name: earlier.fields[name] for name in names} | {"jvp": passed["gradient"]}
        event.leaf_passes = [{**leaf, "gradient": None, "curvature": None, "bend": None, "tangent": tangent}]


def _shape(described: Json | None) -> object:
    return None if described is None else described["$array"]["shape"]
