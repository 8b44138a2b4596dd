import torch
from torch import nn


class Normalise(nn.Module):
    def __init__(self, count):
        super().__init__()
        self.gamma, self.beta = nn.Parameter(torch.ones(count)), nn.Parameter(torch.zeros(count))
        self.register_buffer("moving_mean", torch.zeros(count))
        self.register_buffer("moving_variance", torch.ones(count))

    def forward(self, x):
        if not self.training:
            normal = (x - self.moving_mean) / (self.moving_variance + 1e-5) ** 0.5
            return self.gamma * normal + self.beta
        mean = x.mean(dim=0)
        variance = ((x - mean) ** 2).mean(dim=0)
        n = x.shape[0]
        self.moving_mean = 0.9 * self.moving_mean + 0.1 * mean.detach()
        self.moving_variance = 0.9 * self.moving_variance + 0.1 * variance.detach() * n / (n - 1)
        return self.gamma * (x - mean) / (variance + 1e-5) ** 0.5 + self.beta
