"""Calls one function of torch that takes hours."""
# ends: timeout

import torch

a = torch.ones(10_000, 10_000)
torch.linalg.matrix_power(a, 10_000_000)
