"""Binds the leaf of a recorded pass to a name of five million letters, which is recorded with it."""

import torch

y = torch.ones(2, requires_grad=True)
globals()["z" * 5_000_000] = y
(2 * y).sum().backward()
