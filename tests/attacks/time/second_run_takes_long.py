"""Draws a gradient and leaves for its second run what takes long: a full disk, thousands of modules and files."""
# ends: completed

import sys
import types
import matplotlib.pyplot as plt
import torch

y = torch.arange(3.0, requires_grad=True)
(y**2).sum().backward()
plt.plot(y.detach(), y.grad)
plt.show()


class Endless(types.ModuleType):
    @property
    def __file__(self):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass


sys.modules["endless"] = Endless("endless")
