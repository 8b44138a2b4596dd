"""What is remembered of tensors and graph nodes until a pass goes through them, for the description of that pass."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import Any

import torch
from torch.autograd.function import BackwardCFunction

from ..callables import look_into
from ..hands.own_functions import own_function
from ..recorder import Recorder
from ..stream import is_tensor
from .cut_uses import CutUses
from .transforms import layers_of

MAX_REDUCTIONS = 4_096
MAX_DERIVATIVES = 1_024
"""Nodes of gradients, each of which keeps its graph."""
MAX_RETURNED = 512
MAX_RETAINED = 64


class Origins:
    """Reductions to a scalar, calls of ``retain_grad``, results of the student's functions, and nodes of gradients."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._reductions: dict[int, tuple[weakref.ref[torch.Tensor], str, torch.Tensor, tuple[Any, ...]]] = {}
        self._retained: list[weakref.ref[torch.Tensor]] = []
        self._derivative_nodes: dict[Any, int] = {}
        self._returned: dict[Any, CodeType] = {}
        self.cut_uses = CutUses()

    def note_reduction(self, call: str, result: object, args: tuple[Any, ...]) -> None:
        """Remember which tensor a scalar is a sum, mean or element of. A pass from it records that tensor as output."""
        if not is_tensor(result) or not args or not is_tensor(args[0]):
            return
        if type(result) is torch.Tensor is type(args[0]):  # no code of a class of the submission's is asked
            sizes = result.numel(), args[0].numel()
        else:
            with torch._C.DisableTorchFunction():
                sizes = result.numel(), args[0].numel()
        if sizes[0] != 1 or sizes[1] > 1_000_000:
            return
        known, key = self._reductions, id(result)
        if key not in known and len(known) >= MAX_REDUCTIONS:
            del known[next(iter(known))]
        known[key] = (weakref.ref(result), call, args[0], args[1:])

    def note_returned(self, value: Any) -> Any:
        """Called with what a function of the student's returns, from inside that function; returns the value unchanged.

        The graph's node is remembered instead of the tensor, which may no longer exist when the pass runs.
        """
        if is_tensor(value) and not self._recorder.paused:
            with torch._C.DisableTorchFunction():
                node = value.grad_fn
            if node is not None:
                while len(self._returned) >= MAX_RETURNED:
                    del self._returned[next(iter(self._returned))]
                self._returned[node] = sys._getframe(1).f_code
        return value

    def note_retained(self, tensor: torch.Tensor) -> None:
        """Remember a non-leaf tensor whose ``retain_grad`` was called: it has a ``.grad`` like a leaf."""
        if len(self._retained) >= MAX_RETAINED:
            self._retained = [known for known in self._retained if known() is not None]
        if len(self._retained) < MAX_RETAINED:
            self._retained.append(weakref.ref(tensor))

    def note_gradients(self, order: int, gradients: Iterable[torch.Tensor | None]) -> None:
        """Keep the nodes of differentiable gradients: a pass through one of them is of the next order."""
        for gradient in gradients:
            for layer in () if gradient is None else layers_of(gradient):
                if layer.grad_fn is None:
                    continue
                while len(self._derivative_nodes) >= MAX_DERIVATIVES:
                    del self._derivative_nodes[next(iter(self._derivative_nodes))]
                self._derivative_nodes[layer.grad_fn] = max(order, self._derivative_nodes.get(layer.grad_fn, 0))

    # ----------------------------------------------------------------------------------------------------------------
    # Asked when a pass is described
    # ----------------------------------------------------------------------------------------------------------------

    def output_of(self, root: torch.Tensor) -> tuple[torch.Tensor, str, int]:
        """The tensor that a scalar root was reduced from, by which call, and its group. No call: it is the root."""
        known = self._reductions.get(id(root))
        if known is None or known[0]() is not root:
            return root, "", 0
        _, call, output, _ = known
        if not output.is_floating_point() and not output.is_complex():
            return root, "", 0
        return output, call, self._recorder.stream.tokens.of(output) if call == "__getitem__" else 0

    def before_reduction(self, root: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None, int]:
        """The tensor that a scalar root was reduced from, the weights of its elements in the root, and its group."""
        output, call, group = self.output_of(root)
        if not call:
            return root, None, 0
        if call == "sum":
            return output, torch.ones_like(output), 0
        if call == "mean":
            return output, torch.full_like(output, 1 / output.numel()), 0
        weights = torch.zeros_like(output)
        try:
            weights[self._reductions[id(root)][3][0]] = 1
        except Exception:  # the index was changed in place since
            return root, None, 0
        return output, weights, group

    def order_through(self, nodes: set[Any]) -> int:
        """The order of the derivative that a pass through these nodes computes."""
        if not self._derivative_nodes:
            return 1
        return 1 + max((self._derivative_nodes.get(node, 0) for node in nodes), default=0)

    def retained_in(self, nodes: set[Any]) -> list[torch.Tensor]:
        """The tensors of the graph, other than leaves, that keep their gradient."""
        if not self._retained:
            return []
        return [tensor for ref in self._retained if (tensor := ref()) is not None and tensor.grad_fn in nodes]

    def functions_in(self, nodes: set[Any]) -> list[tuple[int, int]]:
        """Cell and line of the definition of every function whose result is in the graph."""
        codes = {code for node, code in self._returned.items() if node in nodes}
        codes.update(self._codes_of_own_nodes(nodes))
        found = (self._recorder.place_of(code.co_filename, code.co_firstlineno) for code in codes)
        return sorted({(place["cell"], place["line"]) for place in found})[:200]

    @staticmethod
    def _codes_of_own_nodes(nodes: set[Any]) -> Iterator[CodeType]:
        """The code of the ``forward`` of each own ``Function`` in the graph. It runs without gradients, so what it
        returns has no node yet when it returns; the node knows its class instead.
        """
        for kind in set(map(type, nodes)):
            function = own_function(kind) if issubclass(kind, BackwardCFunction) else None
            called = None if function is None else look_into(function)
            if called is not None and called.function is not None:
                yield called.function.__code__
