"""Runs passes through the largest leaf that is recorded: its bytes go out once, and are to be judged each time."""
# ends: timeout, output

import torch

y = torch.arange(250_000.0).div(250_000).requires_grad_()
y.grad = torch.zeros_like(y)
root = (y**3).sum()
while True:
    torch.autograd.grad(root, y, retain_graph=True)
