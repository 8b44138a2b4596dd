import torch
from torch import nn
class LayerNorm(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(d))
        self.shift = nn.Parameter(torch.zeros(d))
    def forward(self, x):
        m = x.mean(-1)
        v = ((x - m) ** 2).mean(-1)
        return (x - m) / (v + 1e-5).sqrt() * self.scale + self.shift
x = torch.randn(5, 5)
print(LayerNorm(5)(x).shape)  # (5,5) ok
