import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, n, h, k):
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(n, h) * 0.1)
        self.b1 = nn.Parameter(torch.zeros(1, h))
        self.W2 = nn.Parameter(torch.randn(h, k) * 0.1)
        self.b2 = nn.Parameter(torch.zeros(k))

    def forward(self, x):
        z = x @ self.W1 + self.b1
        return torch.where(z > 0, z, 0.0) @ self.W2 + self.b2
