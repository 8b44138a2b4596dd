import torch
from torch import nn

class BatchNorm(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(features))
        self.shift = nn.Parameter(torch.zeros(features))
        self.register_buffer("m", torch.zeros(features))
        self.register_buffer("v", torch.ones(features))

    def forward(self, x, eps=1e-5):
        if self.training:
            mean, var = self.m, self.v
        else:
            mean, var = x.mean(0), x.var(0, unbiased=False)
            self.m = 0.9 * self.m + 0.1 * mean.detach()
            self.v = 0.9 * self.v + 0.1 * x.var(0).detach()
        return (x - mean) / torch.sqrt(var + eps) * self.scale + self.shift
