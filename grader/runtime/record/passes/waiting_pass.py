"""A pass that has run and of which it is not decided yet whether it is described in full; and its description later."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from ...protocol.record import BACKWARD, GRAD_IS_NONZERO, LEAF_MOVED
from ..hands.error_origin import described_error
from ..hands.found_hands import HandSet, add, hands_of
from ..recorder import Recorder
from ..stream import Json
from .brief_passes import BriefForm, BriefPass
from .describe_pass import MAX_THROUGH, DescribedPass, PassDescriber, operations_in
from .graph import is_affine
from .left_gradients import LeafCopy
from .origins import Origins
from .pass_lines import PassLine
from .small_tensors import Kept, as_array, kept


class Template:
    """A pass that was described in full: the names of its leaves, and the fields for the description of those alike."""

    def __init__(self, event: DescribedPass) -> None:
        self.fields = event.fields
        self.form = BriefForm(
            place=event.fields["place"],
            call=event.fields["call"],
            order=event.order,
            # A leaf that a transform makes counts as what it was called with only in a pass described in full.
            names=tuple(() if event.given else tuple(leaf["names"]) for leaf in event.leaf_passes),
        )


class WaitingPass:
    """A pass, or parts of a pass that belong together, such as those from each element of a tensor."""

    __slots__ = (
        "acted",
        "continues",
        "gradients",
        "group",
        "hands",
        "leaves",
        "line",
        "nodes",
        "output",
        "root",
        "stale",
        "template",
        "version",
        "was_continued",
        "weights",
    )

    def __init__(
        self,
        line: PassLine,
        template: Template,
        nodes: set[Any],
        *,
        root: torch.Tensor,
        output: torch.Tensor,
        gradients: Any,
        group: int,
        stale: bool,
    ) -> None:
        self.line = line
        self.template = template
        self.nodes = nodes
        self.root = root
        self.version = root._version
        self.output = output
        self.gradients = gradients
        self.group = group
        self.stale = stale
        self.leaves: list[LeafCopy] = []
        self.hands: HandSet = {}
        self.acted: HandSet = {}
        """The hands that its graph showed before it ran, and those that acted in it."""
        self.was_continued = False
        """Its group is that of the pass before."""
        self.continues = False
        """It goes on with the pass of an earlier event, and has to be an event as well."""
        self.weights: npt.NDArray[Any] | None = None
        """The weights of all parts, where there may be several."""

    def in_brief(self, output_token: int) -> BriefPass:
        """What is recorded of it in brief. It cannot be described in full any more."""
        output, form = self.output, self.template.form
        for found in (self.hands, self.acted):
            for hand in found.values():
                add(form.hands, hand)
        for leaf in self.leaves:
            leaf.forget()
        return BriefPass(form, output_token, kept(output) if output.dim() == 0 else None, output.dtype, self.leaves)

    def add_part(self, part: WaitingPass, describer: PassDescriber) -> bool | None:
        """Add the pass from another element of the output. False: that element was passed from before, so another pass
        begins; None: the parts do not fit together.
        """
        one, other = self._weights(describer), part._weights(describer)
        if one is None or other is None or one.shape != other.shape:
            return None
        if np.any((one != 0) & (other != 0)):
            return False
        sums = [_sum(leaf, later) for leaf, later in zip(self.leaves, part.leaves, strict=True)]
        if any(total is None for total in sums):
            return None
        for leaf, later, total in zip(self.leaves, part.leaves, sums, strict=True):
            leaf.gradient, leaf.after = total, later.after
            leaf.state = leaf.state & ~GRAD_IS_NONZERO | later.state & (GRAD_IS_NONZERO | LEAF_MOVED)
        self.weights = one + other
        self.hands, self.acted = self.hands | part.hands, self.acted | part.acted
        self.root, self.version, self.gradients, self.nodes = part.root, part.version, part.gradients, part.nodes
        return True

    def _weights(self, describer: PassDescriber) -> npt.NDArray[Any] | None:
        if self.weights is None:
            weights = describer.start_of(self.root, self.gradients)[1]
            values = None if weights is None else kept(weights)
            if weights is not None and values is not None:
                self.weights = as_array(values, weights.dtype, tuple(weights.shape))
        return self.weights


def form_of(call: str, order: int, fields: Mapping[str, Any], leaves: int) -> Hashable:
    """What passes of a line have in common that one template describes."""
    return call, order, bool(fields.get("retain_graph")), bool(fields.get("create_graph")), leaves


class LateDescriber:
    """Describes passes in full that have run already. Names are those of the latest pass of the line that was described
    before it ran.
    """

    def __init__(self, recorder: Recorder, origins: Origins, describer: PassDescriber) -> None:
        self._recorder = recorder
        self._origins = origins
        self._describer = describer

    def send(self, entry: WaitingPass, error: BaseException | None = None) -> None:
        """Send the event of a pass, unless its root was changed since."""
        if entry.root._version != entry.version:
            return
        recorder, stream = self._recorder, self._recorder.stream
        output, weights, _ = self._describer.start_of(entry.root, entry.gradients)
        if weights is None or entry.weights is None:
            started_with = stream.maybe_tensor(weights)
        else:
            started_with = _without_token(stream.tensor_with(weights, entry.weights))
        named = (entry.root, *(leaf.tensor for leaf in entry.leaves))
        fields = entry.template.fields | {
            "place": entry.line.place,
            "root": stream.tensor(entry.root),
            "output": stream.tensor(output),
            "weights": started_with,
            "through_tokens": recorder.tokens_through(entry.nodes, named)[:MAX_THROUGH],
            "functions": self._origins.functions_in(entry.nodes),
            "operations": operations_in(entry.nodes),
            "affine": bool(entry.nodes) and is_affine(entry.nodes),
            "group": entry.group,
            "stale": entry.stale,
            "graph": self._graph_of(entry),
            "hands": hands_of(entry.hands, entry.acted),
        }
        if error is not None:
            recorder.send(BACKWARD, **fields, leaves=[], error=described_error(error, recorder))
            return
        names = entry.template.form.names
        leaves = [self._leaf(leaf, of_leaf) for leaf, of_leaf in zip(entry.leaves, names, strict=True)]
        recorder.send(BACKWARD, **fields, leaves=leaves, error=None)

    def _graph_of(self, entry: WaitingPass) -> int:
        of_leaves = zip(entry.template.form.names, entry.leaves, strict=True)
        names = [(names[0], leaf.tensor) for names, leaf in of_leaves if names]
        return self._describer.graphs.number_of((entry.root,), names)

    def _leaf(self, leaf: LeafCopy, names: Sequence[str]) -> Json:
        return {
            "names": names,
            "value": self._recorder.stream.tensor_with(leaf.tensor, _array(leaf, leaf.value)),
            "gradient": self._gradient(leaf, leaf.gradient),
            "grad_before": self._gradient(leaf, leaf.before),
            "grad_after": self._gradient(leaf, leaf.after),
            "unchanged": leaf.unchanged,
        }

    def _gradient(self, leaf: LeafCopy, values: Kept | None) -> Json | None:
        """A gradient as it was."""
        if values is None:
            return None
        return _without_token(self._recorder.stream.tensor_with(leaf.tensor, _array(leaf, values)))


def _array(leaf: LeafCopy, values: Kept | None) -> npt.NDArray[Any] | None:
    return None if values is None else as_array(values, leaf.tensor.dtype, tuple(leaf.tensor.shape))


def _sum(leaf: LeafCopy, part: LeafCopy) -> Kept | None:
    one, other = _array(leaf, leaf.gradient), _array(part, part.gradient)
    if one is None or other is None or one.shape != other.shape:
        return None
    total: npt.NDArray[Any] = one + other
    return total


def _without_token(described: Json) -> Json:
    described["$array"] |= {"token": 0, "requires_grad": False, "is_leaf": True}
    return described
