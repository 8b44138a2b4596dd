"""What the second run changes: the results of every backward pass, by a factor for each element.

The factor of an element follows from the line of the pass and from the value of the leaf (in forward mode: of the
output), so that a curve shows by its change which pass computed it, and for which point. A gradient that multiplies a
formula changes all points of the formula alike.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch

from ...protocol.record import SECOND_RUN_CHANGE, SECOND_RUN_LEAST, SECOND_RUN_SWING, second_run_turns
from ..hands.watched_hooks import register_hook
from ..stream import Json, is_tensor
from .graph import walk
from .origins import Origins


@contextmanager
def changed_pass(roots: tuple[torch.Tensor, ...], origins: Origins, place: Json) -> Iterator[None]:
    """Change a pass: double it at its roots, halve it at its leaves, and change it there by elements.

    A pass is linear, and doubling is exact. So whatever it computes besides, such as what a hook sees, is doubled; and
    the gradients of leaves have no other rounding errors than those of the first run.
    """
    with torch._C.DisableTorchFunction():
        nodes, leaves = walk(roots)
        retained = [(tensor, _copy(tensor.grad)) for tensor in origins.retained_in(nodes)]
        handles = [_hook_first(root, 2.0) for root in roots if root.requires_grad]
        handles += [_hook_first(leaf, _factor(leaf, place) / 2) for leaf in leaves if leaf.requires_grad]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
    with torch._C.DisableTorchFunction(), torch.no_grad():
        for tensor, before in retained:
            if tensor.grad is not None and not tensor.grad.requires_grad:
                own = tensor.grad if before is None else tensor.grad - before
                own = own * (_factor(tensor, place) / 2)
                tensor.grad.copy_(own if before is None else before + own)


def watch_retained(origins: Origins) -> None:
    """Note every call of ``retain_grad``, also where no torch function mode is active."""
    original: Any = torch.Tensor.retain_grad

    @functools.wraps(original)
    def retain_grad(self: torch.Tensor) -> None:
        original(self)
        origins.note_retained(self)

    torch.Tensor.retain_grad = retain_grad  # type: ignore[assignment, method-assign]  # for this run only


def changed_gradients(result: Any, inputs: Any, place: Json) -> Any:
    """The result of ``torch.autograd.grad``, scaled. ``inputs`` are what it was asked for."""
    leaves = inputs.values() if isinstance(inputs, Mapping) else (inputs,) if is_tensor(inputs) else inputs
    if isinstance(result, Mapping):
        pairs = zip(result.items(), leaves, strict=False)
        return {key: changed(gradient, leaf, place) for (key, gradient), leaf in pairs}
    return tuple(changed(gradient, leaf, place) for gradient, leaf in zip(result, leaves, strict=False))


def changed(gradient: Any, point: Any, place: Json) -> Any:
    """A gradient or tangent, changed by elements. ``point`` has the values that the factors follow from."""
    if gradient is None:
        return None
    try:
        return gradient * _factor(point, place)
    except RuntimeError:  # sparse, or of another shape
        return gradient * (1 + SECOND_RUN_CHANGE * SECOND_RUN_LEAST)


def _factor(point: Any, place: Json) -> float | torch.Tensor:
    """The factors of a gradient's elements: one for all where the point has no real values."""
    units: float | torch.Tensor = SECOND_RUN_LEAST
    if is_tensor(point) and point.is_floating_point() and point.layout == torch.strided:
        factor, start = second_run_turns(place["cell"], place["line"])
        turns = point.detach() * factor + start
        side = 2 * (turns - torch.floor(turns)) - 1
        units = SECOND_RUN_SWING * side + SECOND_RUN_LEAST * torch.sign(side)
    return 1 + SECOND_RUN_CHANGE * units


def _copy(gradient: torch.Tensor | None) -> torch.Tensor | None:
    return None if gradient is None else gradient.detach().clone()


def _hook_first(tensor: torch.Tensor, factor: float | torch.Tensor) -> Any:
    """A hook that scales a tensor's gradient before the submission's own hooks see it."""
    handle = register_hook(tensor, functools.partial(_times, factor))  # type: ignore[no-untyped-call]  # torch's
    hooks: Any = tensor._backward_hooks
    for key in list(hooks):  # torch runs them in the order of insertion
        if key != handle.id:
            hooks[key] = hooks.pop(key)
    return handle


def _times(factor: float | torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    return gradient * factor
