import torch
from torch import nn
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p
    def forward(self, x):
        if self.training:
            drop = torch.rand(x.shape) < self.p
            x[drop] = 0
            if self.p < 1:
                x = x / (1 - self.p)
        return x
x = torch.ones(2, 5)
print(Dropout(0.4)(x), x)
