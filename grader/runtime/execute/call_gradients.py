"""The gradients of one call of a function: of the output's sum, of that gradient's sum, and of the weighed output.

The output's sum is that of all floating tensors that were returned, also in tuples, lists, dictionaries and modules.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from ..protocol.record import MAX_DIMENSIONS, MAX_ELEMENTS
from ..record.stream import Json, Stream, is_tensor
from ..record.structures import described_by, tensors_in

Numbers = np.ndarray[Any, Any]
Weights = list[Numbers | None]
"""For each tensor of ``summed``; None for one that is too large to be recorded."""
Leaves = Sequence[tuple[str, torch.Tensor]]
"""The tensors that a call is differentiated by, with their paths."""


class Gradients(NamedTuple):
    """Of one leaf: ``second`` is the gradient of ``gradient``'s sum, ``weighed`` that of the output times weights."""

    gradient: torch.Tensor | None = None
    second: torch.Tensor | None = None
    weighed: torch.Tensor | None = None


_NONE = Gradients()


_is_floating = torch.Tensor.is_floating_point
"""Asked past a method of that name in a submission's own class of tensors."""


def summed(output: object) -> list[torch.Tensor]:
    """The tensors of an output whose elements are summed: the output itself, or all floating tensors in it."""
    if is_tensor(output):
        return [output]
    with torch._C.DisableTorchFunction():
        return [tensor for _, tensor in tensors_in(output) if _is_floating(tensor)]


def weights_for(tensors: Sequence[torch.Tensor], *seed: int) -> Weights:
    """Weights for the elements of tensors.

    A backward that ignores the gradient it is given is right for weights of 1, and one that only looks at its size is
    right for weights above 0. So all of these are below 0, and differ.
    """
    found: Weights = []
    for position, tensor in enumerate(tensors):
        if tensor.numel() > MAX_ELEMENTS or tensor.dim() > MAX_DIMENSIONS:
            found.append(None)
            continue
        shape = tuple(tensor.shape)
        drawn = np.random.default_rng([*seed, *shape, *([position] if position else ())])
        found.append(np.asarray(-drawn.uniform(0.5, 2.0, shape)))
    return found


def described_weights(output: object, weights: Weights, stream: Stream) -> Json:
    """Weights as data, in a structure like that of the output."""
    if is_tensor(output):
        return stream.array(weights[0]) if weights[0] is not None else stream.value(None)
    left = iter(weights)

    def weight_of(value: object) -> Json:
        found = next(left, None) if is_tensor(value) and _is_floating(value) else None
        return stream.value(None) if found is None else stream.array(found)

    with torch._C.DisableTorchFunction():
        return described_by(weight_of, output)


def differentiate(
    output: object,
    leaves: Leaves,
    *,
    gradient_of: Callable[..., Any],
    second: bool,
    weights: Weights | None,
    call_again: Callable[[], tuple[object, Leaves]],
) -> list[Gradients]:
    """Autograd's gradients of an output, for each leaf. Raises what autograd raises.

    ``call_again`` returns the output and the leaves of another call with the same arguments.
    """
    tensors = [tensor for tensor in summed(output) if tensor.requires_grad] if leaves else []
    if not tensors:
        return [_NONE] * len(leaves)
    keeps = second or weights is not None
    wanted = [leaf for _, leaf in leaves]
    by = _one_or_all(wanted)
    gradients = gradient_of(_total(tensors), by, create_graph=second, retain_graph=keeps, allow_unused=True)
    weighed: Sequence[torch.Tensor | None] = [None] * len(wanted)
    if weights is not None and any(gradient is not None for gradient in gradients):
        try:
            weighed = _weighed(output, wanted, weights, gradient_of)
        except Exception:
            # Some graphs can be gone through only once, such as of a `Function` that drops what it saved.
            output_again, leaves_again = call_again()
            weighed = _weighed(output_again, [leaf for _, leaf in leaves_again], weights, gradient_of)
    seconds: Sequence[torch.Tensor | None] = [None] * len(wanted)
    if second:
        seconds = _seconds(gradients, wanted, gradient_of)
    return [
        Gradients(gradient, of_gradient, None if gradient is None else of_weighed)
        for gradient, of_gradient, of_weighed in zip(gradients, seconds, weighed, strict=True)
    ]


def _one_or_all(leaves: list[torch.Tensor]) -> torch.Tensor | list[torch.Tensor]:
    """What torch takes less time for: a single tensor instead of a list of one."""
    return leaves[0] if len(leaves) == 1 else leaves


def _total(tensors: Sequence[torch.Tensor]) -> torch.Tensor:
    total = tensors[0].sum()
    for tensor in tensors[1:]:
        total = total + tensor.sum()
    return total


def _weighed(
    output: object, wanted: list[torch.Tensor], weights: Weights, gradient_of: Callable[..., Any]
) -> list[torch.Tensor | None]:
    """The gradients of the weighed output; None for all where nothing that is weighed requires a gradient."""
    # Not by `grad_outputs`: the first pass with them imports sympy, which takes most of the time of a call.
    products = [
        tensor * torch.from_numpy(weight).to(tensor.dtype)
        for tensor, weight in zip(summed(output), weights, strict=False)
        if weight is not None and tensor.requires_grad and weight.shape == tuple(tensor.shape)
    ]
    if not products:
        return [None] * len(wanted)
    found = gradient_of(_total(products), _one_or_all(wanted), retain_graph=True, allow_unused=True)
    return [each if is_tensor(each) else None for each in found]


def _seconds(
    gradients: Sequence[torch.Tensor | None], wanted: list[torch.Tensor], gradient_of: Callable[..., Any]
) -> list[torch.Tensor | None]:
    """The second derivatives: zero where autograd sees a constant gradient, None where there is no gradient."""
    found: list[torch.Tensor | None] = []
    last = max((number for number, each in enumerate(gradients) if each is not None and each.requires_grad), default=0)
    for number, (gradient, leaf) in enumerate(zip(gradients, wanted, strict=True)):
        if gradient is None:
            found.append(None)
        elif not gradient.requires_grad:
            found.append(torch.zeros_like(gradient))
        else:
            keeps = number < last
            (second,) = gradient_of(gradient.sum(), leaf, retain_graph=keeps, allow_unused=True)
            found.append(torch.zeros_like(gradient) if second is None else second)
    return found


def sum_of(output: object, dtypes: Collection[torch.dtype]) -> float | None:
    """The sum of an output's elements; None where it is no number, or of a precision that none of the arguments has."""
    if not is_tensor(output) and issubclass(type(output), (int, float)):
        # Not `isinstance`, which asks `__class__`: that may be the student's code.
        return float(output)  # type: ignore[arg-type]  # by its type
    tensors = summed(output)
    total = 0.0
    for tensor in tensors:
        if tensor.is_complex() or (tensor.is_floating_point() and tensor.dtype not in dtypes):
            return None
        total += float(tensor.detach().double().sum())
    return total if tensors else None


def weighed_sum_of(output: object, weights: Weights | None) -> float:
    """The sum of an output's elements times their weights; NaN where there are none for its shapes."""
    tensors = summed(output)
    if not weights or len(tensors) != len(weights):
        return math.nan
    total = 0.0
    for tensor, weight in zip(tensors, weights, strict=True):
        if weight is None or tuple(tensor.shape) != weight.shape:
            return math.nan
        total += float((tensor.detach().double() * torch.from_numpy(weight)).sum())
    return total
