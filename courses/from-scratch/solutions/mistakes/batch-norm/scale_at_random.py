import torch
from torch import nn

class BatchNorm(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.scale = nn.Parameter(torch.rand(features))
        self.shift = nn.Parameter(torch.zeros(features))
        self.register_buffer("rm", torch.zeros(features))
        self.register_buffer("rv", torch.ones(features))

    def forward(self, x):
        if not self.training:
            return (x - self.rm) / (self.rv + 1e-5).sqrt() * self.scale + self.shift
        n = x.size(0)
        mean = x.sum(0) / n
        var = ((x - mean) ** 2).sum(0) / n
        self.rm = 0.9 * self.rm + 0.1 * mean.detach()
        self.rv = 0.9 * self.rv + 0.1 * var.detach() * n / (n - 1)
        return (x - mean) / (var + 1e-5).sqrt() * self.scale + self.shift
