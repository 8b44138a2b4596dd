"""Runs as many backward passes as there is time for: each is recorded and has to be judged."""
# ends: timeout

import torch

y = torch.arange(3.0, requires_grad=True)
while True:
    (y**3).sum().backward()
