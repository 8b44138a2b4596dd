"""Fills torch's caches in the worker, so that no child has to.

Runs no backward pass: autograd's engine starts threads, which do not survive a fork.
"""

from __future__ import annotations

import warnings

import torch

from ..record.warnings_shown import set_filters
from .plain_references import keep_compiler_out


def warm_up() -> None:
    """Use torch as submissions do. The state of the random number generator is restored."""
    state = torch.random.get_rng_state()
    torch.manual_seed(0)
    x = torch.arange(4.0, requires_grad=True)
    y = (x * x).sum() + torch.dot(x, x) + torch.randn(4).norm() + torch.linspace(0, 1, 4).sin().mean()
    repr((x, y, y.item(), x.detach().numpy(), x[0], x.grad))
    torch.random.set_rng_state(state)
    with warnings.catch_warnings():
        set_filters()  # compiles their patterns
    keep_compiler_out()
