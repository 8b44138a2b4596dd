"""Draws a gradient and never ends, so that a second run, to see where the curve came from, never ends either."""
# ends: timeout

import matplotlib.pyplot as plt
import torch

y = torch.arange(3.0, requires_grad=True)
(y**2).sum().backward()
plt.plot(y.detach(), y.grad)
plt.show()
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
