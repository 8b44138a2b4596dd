import torch
from torch import nn

class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if self.training:
            keep = 1 - self.p
            return x * (torch.rand(x.size()) < keep) / keep
        return x

torch.manual_seed(0)
x = torch.ones(1000)
print(Dropout(0.4)(x).mean())
