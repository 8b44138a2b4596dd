"""Lowers the limit on recursion as far as it goes, so that the recorder cannot call its own functions."""
# ends: completed, failed, crashed

import sys
import torch

y = torch.arange(3.0, requires_grad=True)
for limit in range(1, 100):
    try:
        sys.setrecursionlimit(limit)
        break
    except RecursionError:
        pass
(y**2).sum().backward()
print("deep")
