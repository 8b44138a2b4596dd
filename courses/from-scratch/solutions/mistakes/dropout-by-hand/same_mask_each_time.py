import torch
from torch import nn

class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if self.training:
            torch.manual_seed(42)  # reproducible
            mask = torch.rand_like(x) > self.p
            x = mask * x * (1 / (1 - self.p) if self.p != 1 else 0)
        return x

d = Dropout(0.4)
print(d(torch.ones(8)))
