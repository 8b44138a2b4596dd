import torch
from torch import nn
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p
        self.mask = None
    def forward(self, x):
        if not self.training: return x
        if self.mask is None or self.mask.shape != x.shape:
            self.mask = (torch.rand(x.shape) > self.p) / max(1 - self.p, 1e-12)
        return x * self.mask
d = Dropout(0.4)
print(d(torch.ones(2, 8)))
