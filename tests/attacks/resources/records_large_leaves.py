"""Passes through large leaves that are all different: more than a record may hold, so that most are described only."""
# ends: completed
# seconds: 3

import torch

ys = [torch.rand(250_000, dtype=torch.float64, requires_grad=True) for _ in range(40)]
for _ in range(3):
    sum(y.sum() for y in ys).backward()
