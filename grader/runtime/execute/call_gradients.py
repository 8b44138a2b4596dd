"""The gradients of one call of a function: of the output's sum, of that gradient's sum, and of the weighed output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch

from ..protocol.record import MAX_DIMENSIONS, MAX_ELEMENTS
from ..record.stream import is_tensor

Numbers = np.ndarray[Any, Any]


class Gradients(NamedTuple):
    """``second`` is the gradient of ``gradient``'s sum, ``weighed`` that of the output times weights."""

    gradient: torch.Tensor | None = None
    second: torch.Tensor | None = None
    weighed: torch.Tensor | None = None


def weights_for(output: object, *seed: int) -> Numbers | None:
    """Weights for the elements of an output; None where it is no tensor, or one that is not recorded.

    A backward that ignores the gradient it is given is right for weights of 1, and one that only looks at its size is
    right for weights above 0. So all of these are below 0, and differ.
    """
    if not is_tensor(output) or output.numel() > MAX_ELEMENTS or output.dim() > MAX_DIMENSIONS:
        return None
    shape = tuple(output.shape)
    return np.asarray(-np.random.default_rng([*seed, *shape]).uniform(0.5, 2.0, shape))


def differentiate(
    output: object,
    tensor: torch.Tensor,
    *,
    gradient_of: Callable[..., Any],
    second: bool,
    weights: Numbers | None,
    call_again: Callable[[torch.Tensor], Any],
) -> Gradients:
    """Autograd's gradients of an output with respect to a tensor. Raises what autograd raises."""
    if not is_tensor(output) or not output.requires_grad or not tensor.requires_grad:
        return Gradients()
    keeps = second or weights is not None
    (gradient,) = gradient_of(output.sum(), tensor, create_graph=second, retain_graph=keeps, allow_unused=True)
    weighed = None
    if weights is not None and gradient is not None and weights.shape == tuple(output.shape):
        try:
            weighed = _weighed(output, tensor, weights, gradient_of)
        except Exception:
            # Some graphs can be gone through only once, such as of a `Function` that drops what it saved.
            tensor_again = tensor.detach().clone().requires_grad_(True)
            weighed = _weighed(call_again(tensor_again), tensor_again, weights, gradient_of)
    return Gradients(gradient, _second(gradient, tensor, gradient_of) if second else None, weighed)


def _weighed(
    output: torch.Tensor, tensor: torch.Tensor, weights: Numbers, gradient_of: Callable[..., Any]
) -> torch.Tensor | None:
    # Not by `grad_outputs`: the first pass with them imports sympy, which takes most of the time of a call.
    total = (output * torch.from_numpy(weights).to(output.dtype)).sum()
    (found,) = gradient_of(total, tensor, retain_graph=True, allow_unused=True)
    return found if is_tensor(found) else None


def _second(
    gradient: torch.Tensor | None, tensor: torch.Tensor, gradient_of: Callable[..., Any]
) -> torch.Tensor | None:
    """The second derivative: zero where autograd sees a constant gradient, None where there is no gradient."""
    if gradient is None:
        return None
    if not gradient.requires_grad:
        return torch.zeros_like(gradient)
    (second,) = gradient_of(gradient.sum(), tensor, allow_unused=True)
    return torch.zeros_like(gradient) if second is None else second
