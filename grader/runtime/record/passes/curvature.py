"""The curvature of a pass: how the gradient changes when the leaf changes.

At a leaf whose elements are all alike, other functions have the same value and the same gradient; and at any leaf, a
polynomial into which both were put. The judge tells them apart by the gradient of the gradient's sum, which is computed
here before the student's own pass frees the graph. Nothing of the student's may notice: hooks do not see this pass, and
it is left out where an own ``Function`` or a dispatch mode would run twice.
"""

from __future__ import annotations

import functools
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import numpy as np
import torch
from torch._C._functorch import is_dead_tensor_wrapper  # type: ignore[attr-defined]  # no stub has it
from torch.autograd.function import BackwardCFunction
from torch.utils._python_dispatch import _get_current_dispatch_mode

from ...protocol.record import MAX_ELEMENTS
from ..recorder import Recorder
from ..stream import Json, is_one_of, to_numpy
from .graph import walk
from .origins import Origins
from .transforms import layers_of

MANY = 100
"""Of larger leaves the first elements are looked at first, which for most are enough."""
MAX_NODES = 300
"""Nodes of a graph."""
MAX_PASSES_OF_A_LINE = 8
MAX_LOOKS_AT_A_LINE = 32
"""Passes of a line of which it is looked at whether the elements of a leaf are alike."""
MAX_PASSES = 200
"""Passes of a run. A training loop often has a leaf of one element; after its beginning it costs nothing."""


LEAST_POINTS, MOST_POINTS = 10, 10_000
"""Elements of a leaf that may be the points of a curve."""
MAX_BENDS_OF_A_LINE = 4
MAX_BENDS = 100
"""Passes of which it is recorded how the gradient bends, of a line and of a run."""

_ahead = threading.local()


def is_looking_ahead() -> bool:
    """Whether the pass that runs on this thread is one of the recorder's, which no hook of the student's may see."""
    return getattr(_ahead, "running", False)


class Curvatures:
    """Computes curvatures by ``grad``, which is torch's own ``autograd.grad``."""

    def __init__(self, recorder: Recorder, origins: Origins, grad: Callable[..., Any]) -> None:
        self._recorder = recorder
        self._origins = origins
        self._grad = grad
        self._unseen = False
        """Saved tensors may be unpacked by code of the student's, which the graph does not show."""
        self._looks: Counter[tuple[int, int]] = Counter()
        self._passes: Counter[tuple[int, int]] = Counter()
        self._all_passes = 0
        self._bends: Counter[tuple[int, int]] = Counter()
        self.of_curves = False
        """Whether the gradients may be drawn as curves whose source is asked for."""

    def install(self) -> None:
        """Watch what would run a second time: hooks that unpack saved tensors. ``checkpoint`` is made of them."""
        autograd = torch._C._autograd
        push = autograd._push_saved_tensors_default_hooks

        @functools.wraps(push)
        def watched(*args: Any) -> Any:
            self._unseen = True
            return push(*args)

        autograd._push_saved_tensors_default_hooks = watched  # type: ignore[assignment]

    def of(
        self,
        place: Json,
        roots: tuple[torch.Tensor, ...],
        weights: tuple[torch.Tensor, ...],
        leaves: Iterable[torch.Tensor],
    ) -> dict[int, Json]:
        """The fields ``curvature`` and ``bend`` of the leaves of a pass that is about to run, by the id of the leaf.

        ``weights``: its ``grad_outputs``.
        """
        leaves, key = tuple(leaves), (place["cell"], place["line"])
        bends = self._bends_of(key, roots, weights, leaves) if self.of_curves else {}
        return bends | self._curvatures_of(key, roots, weights, leaves)

    def _bends_of(
        self,
        key: tuple[int, int],
        roots: tuple[torch.Tensor, ...],
        weights: tuple[torch.Tensor, ...],
        leaves: tuple[torch.Tensor, ...],
    ) -> dict[int, Json]:
        if self._unseen or self._bends[key] >= MAX_BENDS_OF_A_LINE or self._bends.total() >= MAX_BENDS:
            return {}
        with self._recorder.pause(), torch._C.DisableTorchFunction(), suppress(Exception):
            points = [leaf for leaf in leaves if leaf.requires_grad and _are_points(leaf, roots)]
            if points and self._is_plain(roots, points):
                self._bends[key] += 1
                with torch.enable_grad():
                    return self._curvatures("bend", roots, weights, points)
        return {}

    def _curvatures_of(
        self,
        key: tuple[int, int],
        roots: tuple[torch.Tensor, ...],
        weights: tuple[torch.Tensor, ...],
        leaves: tuple[torch.Tensor, ...],
    ) -> dict[int, Json]:
        if self._unseen or self._looks[key] >= MAX_LOOKS_AT_A_LINE or self._passes[key] >= MAX_PASSES_OF_A_LINE:
            return {}
        self._looks[key] += 1
        with self._recorder.pause(), torch._C.DisableTorchFunction(), suppress(Exception):
            alike = [leaf for leaf in leaves if leaf.requires_grad and _is_alike(leaf)]
            if alike and self._all_passes < MAX_PASSES and self._is_plain(roots, alike):
                self._passes[key] += 1
                self._all_passes += 1
                with torch.enable_grad():
                    return self._curvatures("curvature", roots, weights, alike)
        return {}

    def of_derivative(
        self, roots: tuple[torch.Tensor, ...], weights: tuple[torch.Tensor, ...], leaf: torch.Tensor
    ) -> Json | None:
        """The curvature of a pass of forward mode over the gradient of a backward pass that is about to run."""
        if self._unseen:
            return None
        with self._recorder.pause(), torch._C.DisableTorchFunction(), suppress(Exception):
            if leaf.requires_grad and _is_alike(leaf) and self._is_plain(roots, [leaf]):
                with torch.enable_grad():
                    held = [weight.detach() for weight in weights] or None
                    found: torch.Tensor | None = None
                    (found,) = self._grad([root for root in roots if root.requires_grad], leaf, held, create_graph=True)
                    for _ in range(2):
                        if found is None or not found.requires_grad:
                            return None
                        (found,) = self._grad(found.sum(), leaf, create_graph=True, allow_unused=True)
                    values = None if found is None else to_numpy(found)
                    return None if values is None else self._recorder.stream.array(values, "tensor")
        return None

    def _is_plain(self, roots: tuple[torch.Tensor, ...], leaves: Iterable[torch.Tensor]) -> bool:
        """Whether a further pass over the graph runs nothing but torch's own code, and changes nothing."""
        if any(root.numel() > MAX_ELEMENTS or not _is_torchs(root) for root in roots):
            return False
        if _get_current_dispatch_mode() is not None or torch.is_anomaly_enabled() or torch.is_inference_mode_enabled():
            return False
        nodes, _ = walk(roots)
        if len(nodes) > MAX_NODES or self._origins.retained_in(nodes):  # a retained `.grad` would be set
            return False
        return not any(issubclass(type(node), BackwardCFunction) for node in nodes)

    def _curvatures(
        self,
        field: str,
        roots: tuple[torch.Tensor, ...],
        weights: tuple[torch.Tensor, ...],
        leaves: list[torch.Tensor],
    ) -> dict[int, Json]:
        _ahead.running = True
        try:
            return {leaf: {field: found} for leaf, found in self._differentiated(roots, weights, leaves).items()}
        finally:
            _ahead.running = False

    def _differentiated(
        self, roots: tuple[torch.Tensor, ...], weights: tuple[torch.Tensor, ...], leaves: list[torch.Tensor]
    ) -> dict[int, Json]:
        outputs = [root for root in roots if root.requires_grad]
        held = [weight.detach() for weight in weights] or None
        gradients = self._grad(outputs, leaves, held, create_graph=True, allow_unused=True)
        found: dict[int, Json] = {}
        for leaf, gradient in zip(leaves, gradients, strict=True):
            if gradient is None:
                continue
            second = None
            if gradient.requires_grad:
                (second,) = self._grad(gradient.sum(), leaf, retain_graph=True, allow_unused=True)
            elif len({layer.dim() for layer in layers_of(gradient)}) > 1 or is_dead_tensor_wrapper(leaf):
                continue  # inside `vmap`, and after `vjp`, a gradient does not show whether it has a graph
            point = to_numpy(leaf)
            values = np.zeros(tuple(leaf.shape), np.float32) if second is None else to_numpy(second)
            if values is not None:
                if point is not None and point.size == values.size:
                    values = values.reshape(point.shape)  # `vmap` adds a dimension to results
                found[id(leaf)] = self._recorder.stream.array(values, "tensor")
        return found


def _are_points(leaf: torch.Tensor, roots: tuple[torch.Tensor, ...]) -> bool:
    """Whether a leaf may have the points of a curve. Where all its elements are alike, the curvature is recorded."""
    if not LEAST_POINTS <= leaf.numel() <= MOST_POINTS or not leaf.is_floating_point() or not _is_torchs(leaf):
        return False
    return len(roots) == 1 and roots[0].numel() in (1, leaf.numel()) and not _is_alike(leaf)


def _is_alike(leaf: torch.Tensor) -> bool:
    """Whether the elements are all alike, or only 0, 1 and -1, as ``grader.judging.coincidence`` asks."""
    if not 0 < leaf.numel() <= MAX_ELEMENTS or not leaf.is_floating_point() or not _is_torchs(leaf):
        return False
    if leaf.numel() > MANY and not _are_alike(to_numpy(leaf.detach().reshape(-1)[:4])):
        return False
    return _are_alike(to_numpy(leaf))


def _are_alike(data: np.ndarray[Any, Any] | None) -> bool:
    return data is not None and bool((data == data.flat[0]).all() or ((data == 0) | (np.abs(data) == 1)).all())


def _is_torchs(tensor: torch.Tensor) -> bool:
    """Whether a tensor is of torch's own classes: operators of others call the student's code."""
    return is_one_of(type(tensor), (torch.Tensor, torch.nn.Parameter))
