"""Swallows the errors of torch calls that failed, without end: each of them is recorded."""
# ends: timeout

import torch

a, b = torch.ones(2), torch.ones(3)
while True:
    try:
        a + b
    except RuntimeError:
        pass
