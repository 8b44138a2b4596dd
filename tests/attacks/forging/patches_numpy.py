"""Replaces what numpy does with arrays."""
# ends: failed, completed, crashed, exited

import numpy as np
import torch


def nothing(*arguments, **options):
    return None


for name in dir(np):
    if callable(getattr(np, name)):
        setattr(np, name, nothing)

y = torch.ones(2, requires_grad=True)
try:
    (y**2).sum().backward()
    print(y.grad)
except BaseException:
    pass
