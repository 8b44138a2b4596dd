"""Describes a backward pass as the fields of its event: before it runs, and leaf by leaf after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any

import torch

from ...protocol.record import BACKWARD, RUN_NOTE
from ..hands.error_origin import described_error
from ..hands.found_hands import HandSet, hands_of
from ..hands.hands import Hands
from ..recorder import Recorder
from ..stream import MAX_NAME, Json, is_tensor
from .forward_mode import ForwardGradient
from .graph import is_affine, walk
from .origins import Origins
from .pass_graphs import PassGraphs
from .transforms import given_as

MAX_LEAVES = 64
MAX_OPERATIONS = 200
MAX_THROUGH = 200
"""Names, and tokens, of the tensors that a graph goes through."""


class DescribedPass:
    """What is known of a pass while it runs. ``leaf_passes`` are filled in after it, and ``acted`` while it runs.

    ``hands`` are those that its graph shows, ``acted`` those that acted in the pass.
    """

    def __init__(
        self,
        *,
        names: list[tuple[str, torch.Tensor]],
        leaves: tuple[torch.Tensor, ...],
        order: int,
        fields: Json,
        hands: HandSet,
    ) -> None:
        self.names = names
        self.leaves = leaves
        self.order = order
        self.fields = fields
        self.curvatures: dict[int, Json] = {}
        self.leaf_passes: list[Json] = []
        self.hands = hands
        self.acted: HandSet = {}
        self.given: dict[int, torch.Tensor] = {}
        """What a transform was called with, by the id of the leaf that it made of it."""


class PassDescriber:
    """Describes passes and sends their events."""

    def __init__(self, recorder: Recorder, origins: Origins, hands: Hands) -> None:
        self._recorder = recorder
        self._origins = origins
        self._hands = hands
        self.graphs = PassGraphs(recorder, origins.cut_uses)

    def begin(
        self, call: str, roots: tuple[torch.Tensor, ...], fields: Mapping[str, Any], *, gradients: Any, group: int
    ) -> DescribedPass | None:
        """Describe a pass before it runs. None: the record is full, or the tensors cannot be described, which a note
        says. ``group`` is that of the call that the pass is a part of; 0: none.
        """
        if self._recorder.is_full:
            return None
        try:
            return self._describe(call, roots, fields, gradients, group)
        except (RuntimeError, TypeError, ValueError, NotImplementedError) as error:  # sparse, meta, quantised …
            text = f"A {call}() was not recorded: {type(error).__name__}: {error}"
            self._recorder.stream.send(RUN_NOTE, place=self._recorder.place(), text=text)
            return None

    def _describe(
        self, call: str, roots: tuple[torch.Tensor, ...], fields: Mapping[str, Any], gradients: Any, group: int
    ) -> DescribedPass:
        """Must run before the pass, which frees the graph and changes ``.grad`` in place."""
        recorder, stream = self._recorder, self._recorder.stream
        recorder.send_names_in_between()
        with recorder.pause(), torch._C.DisableTorchFunction(), torch.no_grad():
            nodes, leaves = walk(roots)
            order = self._origins.order_through(nodes)
            leaves += self._origins.retained_in(nodes)
            root = roots[0] if roots else torch.zeros(0)
            output, weights, group_of_elements = self.start_of(root, gradients)
            names = recorder.tensors_in_sight()
            in_graph = {id(leaf) for leaf in leaves} | {id(tensor) for tensor in roots}
            through = [
                (name[:MAX_NAME], value) for name, value in names if id(value) in in_graph or value.grad_fn in nodes
            ]
            stale = recorder.stale_names_of(through)[:MAX_THROUGH]
            return DescribedPass(
                names=names,
                leaves=tuple(leaves[:MAX_LEAVES]),
                order=order,
                hands=self._hands.in_graph(nodes, leaves) if nodes else self._hands.in_forward_mode(),
                fields={
                    "place": recorder.place(),
                    "call": call,
                    "root": stream.tensor(root),
                    "output": stream.tensor(output),
                    "weights": stream.maybe_tensor(weights),
                    "root_names": _names_of(names, root),
                    "output_names": _names_of(names, output),
                    "through": sorted({name for name, _ in through})[:MAX_THROUGH],
                    "through_tokens": recorder.tokens_through(nodes, (value for _, value in through))[:MAX_THROUGH],
                    "functions": self._origins.functions_in(nodes),
                    "retain_graph": bool(fields.get("retain_graph")),
                    "create_graph": bool(fields.get("create_graph")),
                    "order": order,
                    "operations": operations_in(nodes),
                    "affine": call != "jvp" and is_affine(nodes),
                    "group": group or group_of_elements,
                    "stale": bool(stale),
                    "stale_names": stale,
                    "graph": self.graphs.number_of(roots, names),
                },
            )

    def described(self, tensor: torch.Tensor) -> Json | None:
        """A tensor as the record has it; None where it cannot be described."""
        return self._recorder.stream.maybe_tensor(tensor)

    def start_of(self, root: torch.Tensor, gradients: Any) -> tuple[torch.Tensor, torch.Tensor | None, int]:
        """The output that a root was reduced from, the gradient that the pass starts with there, and its group."""
        output, weights, group = self._origins.before_reduction(root)
        given = tensors_in(gradients)
        if given and weights is None:
            weights = given[0]
        elif given and weights is not None and given[0].numel() == 1:
            weights = weights * given[0].reshape(())
        elif weights is None and root.numel() == 1:
            weights = torch.ones_like(root)
        return output, weights, group

    def snapshots(
        self, leaves: tuple[torch.Tensor, ...], given: Mapping[int, torch.Tensor] = MappingProxyType({})
    ) -> tuple[tuple[torch.Tensor, ...], list[tuple[Json, Json | None]]]:
        """Leaves, their values and their ``.grad`` before the pass. Leaves that cannot be described are left out.

        A leaf that a transform made counts as the tensor that it was called with, in ``given``.
        """
        kept, found = [], []
        for leaf in leaves:
            with suppress(Exception):
                described = self._recorder.stream.tensor(given.get(id(leaf), leaf), with_grad=True)
                found.append((described, described["$array"].pop("grad", None)))
                kept.append(leaf)
        return tuple(kept), found

    def note_given(self, event: DescribedPass, leaves: Iterable[torch.Tensor], *, is_copied: bool) -> None:
        """Look for the tensors that a transform was called with, in place of the leaves that it has made."""
        named = {id(tensor) for _, tensor in event.names}
        with torch._C.DisableTorchFunction(), suppress(Exception):
            for leaf in leaves:
                found = None
                if id(leaf) not in named:
                    found = given_as(leaf, (tensor for _, tensor in event.names), is_copied=is_copied)
                if found is not None:
                    event.given[id(leaf)] = found

    def leaf_pass(
        self, event: DescribedPass, leaf: torch.Tensor, before: tuple[Json, Json | None], gradient: torch.Tensor | None
    ) -> Json:
        """A leaf after the pass. ``before`` is its snapshot, ``gradient`` what this pass computed for it."""
        stream = self._recorder.stream
        known = event.curvatures.get(id(leaf), {})
        leaf = event.given.get(id(leaf), leaf)
        after = leaf.grad if leaf.is_leaf or leaf.retains_grad else None
        return {
            "names": _names_of(event.names, leaf),
            "value": before[0],
            "gradient": stream.maybe_tensor(gradient),
            "grad_before": before[1],
            "grad_after": stream.maybe_tensor(after),
            **known,
        }

    def describe_forward(
        self,
        event: DescribedPass,
        inputs: tuple[torch.Tensor, ...],
        tangents: Sequence[torch.Tensor],
        found: ForwardGradient | None,
        curvature: Json | None,
    ) -> None:
        """The inputs of a pass of forward mode as its leaves, with their tangents, where these are known."""
        leaves, before = self.snapshots(inputs)
        stream = self._recorder.stream
        event.leaf_passes = [self.leaf_pass(event, *pair, None) for pair in zip(leaves, before, strict=True)]
        directions = {id(leaf): tangent for leaf, tangent in zip(inputs, tangents, strict=False)}
        for leaf, described in zip(leaves, event.leaf_passes, strict=True):
            described["tangent"] = stream.maybe_tensor(directions.get(id(leaf)))
            if found is not None:
                described |= {"gradient": stream.array(found.gradient, "tensor"), "curvature": curvature}
        if found is not None:
            event.fields["weights"] = stream.array(found.weights, "tensor")

    def finish(self, event: DescribedPass, error: BaseException | None = None) -> None:
        """Send the event of a pass that has run, or that raised an error."""
        self._recorder.send(
            BACKWARD,
            **event.fields,
            leaves=event.leaf_passes,
            error=None if error is None else described_error(error, self._recorder),
            hands=hands_of(event.hands, event.acted),
        )


def tensors_in(given: Any) -> tuple[torch.Tensor, ...]:
    """The tensors in an argument: a tensor, a sequence or mapping of tensors, or anything else."""
    if is_tensor(given):
        return (given,)
    if isinstance(given, Mapping):
        given = tuple(given.values())
    if isinstance(given, (tuple, list)):
        return tuple(item for item in given if is_tensor(item))
    return ()


def operations_in(nodes: Iterable[Any]) -> list[str]:
    """The names of a graph's nodes. Of a leaf, torch says ``torch::autograd::AccumulateGrad`` for what it prints as
    ``AccumulateGrad``.
    """
    return sorted({node.name().removeprefix("torch::autograd::")[:MAX_NAME] for node in nodes})[:MAX_OPERATIONS]


def _names_of(names: list[tuple[str, torch.Tensor]], tensor: torch.Tensor) -> list[str]:
    return list(dict.fromkeys(name[:MAX_NAME] for name, value in names if value is tensor))[:20]
