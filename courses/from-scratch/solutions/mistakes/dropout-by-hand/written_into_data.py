import torch
from torch import nn

class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        q = 1 - self.p
        y = x * (1 / q if q > 0 else 0)
        y.data[torch.rand(y.shape) < self.p] = 0
        return y
