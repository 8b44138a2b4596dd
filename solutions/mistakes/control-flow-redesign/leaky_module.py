import torch
from torch import nn


class Leaky(nn.Module):
    def __init__(self, slope):
        super().__init__()
        self.slope = slope

    def forward(self, x):
        if x.sum() > 0:
            return x
        return self.slope * x


leaky = Leaky(0.1)
for values in ([1.0, 2.0], [-1.0, -2.0], [3.0, -5.0]):
    x = torch.tensor(values, requires_grad=True)
    leaky(x).sum().backward()
    print(values, x.grad)
# On each side the slope is that of the branch that ran; at a sum of exactly 0 it jumps.
