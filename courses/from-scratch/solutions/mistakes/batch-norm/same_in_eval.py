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
        mean = x.mean(0, keepdim=True)
        var = ((x - mean) ** 2).mean(0, keepdim=True)
        self.running_mean = 0.9 * self.running_mean + 0.1 * mean.squeeze(0).detach()
        self.running_var = 0.9 * self.running_var + 0.1 * (var.squeeze(0) * len(x) / (len(x) - 1)).detach()
        return self.scale * (x - mean) * torch.rsqrt(var + 1e-5) + self.shift

bn = BatchNorm(3)
for _ in range(3):
    bn(torch.randn(8, 3) + 5)
bn.eval()
print(bn.running_mean, bn.running_var)
