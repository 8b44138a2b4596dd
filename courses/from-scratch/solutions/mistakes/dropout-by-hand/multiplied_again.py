import torch
from torch import nn

class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if self.training:
            x = x * (torch.rand_like(x) >= self.p)
            x = x * (1 - self.p)   # keep the mean
        return x
