import torch
import torch.nn as nn
class BatchNorm(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.w = nn.Parameter(torch.ones(d))
        self.b = nn.Parameter(torch.zeros(d))
        self.register_buffer("m", torch.zeros(d))
        self.register_buffer("v", torch.zeros(d))
    def forward(self, x):
        if self.training:
            with torch.no_grad():
                mean = x.mean(0)
                var = x.var(0, unbiased=False)
                n = x.shape[0]
                self.m = 0.9 * self.m + 0.1 * mean
                self.v = 0.9 * self.v + 0.1 * var * n / (n - 1)
        else:
            mean, var = self.m, self.v
        return self.w * (x - mean) / torch.sqrt(var + 1e-5) + self.b
