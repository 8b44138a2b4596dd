"""Thousands of leaves in one pass, thousands of names for each of them, and names of ten megabytes."""
# ends: completed, timeout

import torch

ys = [torch.ones(1, requires_grad=True) for _ in range(5_000)]
for number in range(5_000):
    globals()[f"name_{number}_" + "x" * 1_000] = ys[number]
globals()["z" * 10**7] = ys[0]
torch.cat(ys).sum().backward()
