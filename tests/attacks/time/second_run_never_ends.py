"""Draws a gradient, and loops where it finds that it runs for the second time."""
# ends: completed

import builtins
import matplotlib.pyplot as plt
import torch

y = torch.linspace(0, 1, 5, requires_grad=True)
(y**2).sum().backward()
plt.plot(y.detach(), y.grad)
plt.show()
while hasattr(builtins, "was_here"):
    try:
        while True:
            pass
    except BaseException:
        pass
builtins.was_here = True
