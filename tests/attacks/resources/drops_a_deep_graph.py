"""Drops a graph, and lists in lists, so deep that to take them apart by recursion would overflow the stack."""
# seconds: 3

import torch

y = torch.ones(1, requires_grad=True)
z = y
with torch._C.DisableTorchFunction():
    for _ in range(30_000):
        z = z + 1
del z
nested = None
for _ in range(100_000):
    nested = [nested]
del nested
