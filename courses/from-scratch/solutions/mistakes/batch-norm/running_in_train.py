import torch
from torch import nn

class BatchNorm(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(features))
        self.shift = nn.Parameter(torch.zeros(features))
        self.register_buffer("running_mean", torch.zeros(features))
        self.register_buffer("running_var", torch.ones(features))

    def forward(self, x):
        if self.training:
            with torch.no_grad():
                self.running_mean.mul_(0.9).add_(x.mean(0), alpha=0.1)
                self.running_var.mul_(0.9).add_(x.var(0), alpha=0.1)
        x = (x - self.running_mean) / torch.sqrt(self.running_var + 1e-5)
        return x * self.scale + self.shift
