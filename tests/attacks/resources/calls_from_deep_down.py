"""Runs its passes, prints and draws warnings where hardly any of the recursion limit is left for the recorder."""
# ends: completed, failed, timeout

import warnings
import torch

y = torch.arange(3.0, requires_grad=True)


def deeper():
    try:
        deeper()
    except RecursionError:
        pass
    (y**2).sum().backward()
    print("deep")
    warnings.warn("deep")


try:
    deeper()
except RecursionError:
    pass
