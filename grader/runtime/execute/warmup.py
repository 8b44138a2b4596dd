"""What the first use of torch costs, paid before the fork: caches that do not depend on who fills them.

No backward pass is run here: autograd's engine is not made to be forked.
"""

from __future__ import annotations

import warnings

import torch

from ..record.warnings_shown import set_filters


def warm_up() -> None:
    """Use torch as submissions do. Leaves no trace but time saved later."""
    state = torch.random.get_rng_state()
    torch.manual_seed(0)
    x = torch.arange(4.0, requires_grad=True)
    y = (x * x).sum() + torch.dot(x, x) + torch.randn(4).norm() + torch.linspace(0, 1, 4).sin().mean()
    repr((x, y, y.item(), x.detach().numpy(), x[0], x.grad))
    torch.random.set_rng_state(state)
    with warnings.catch_warnings():
        set_filters()  # their patterns are compiled once
