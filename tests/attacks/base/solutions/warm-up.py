"""The solution, CANARY."""

import torch

x = torch.arange(1.0, 5.0, requires_grad=True)
(x**3).sum().backward()
