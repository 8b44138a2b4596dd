"""Builds a graph of as many nodes as there is time for, and asks for a pass through it, then through twice of it."""
# ends: timeout
# seconds: 2

import torch

y = torch.ones(1, requires_grad=True)
z = y
with torch._C.DisableTorchFunction():
    try:
        while True:
            z = z + z
    except BaseException:
        pass
z.sum().backward(retain_graph=True)
(z + z).sum().backward()
