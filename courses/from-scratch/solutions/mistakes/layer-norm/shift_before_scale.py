import torch
import torch.nn as nn
class LayerNorm(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.a = nn.Parameter(torch.ones(n))
        self.b = nn.Parameter(torch.zeros(n))
    def forward(self, x):
        m = x.mean(-1, keepdim=True)
        v = ((x - m)**2).mean(-1, keepdim=True)
        return ((x - m) / torch.sqrt(v + 1e-5) + self.b) * self.a
print(LayerNorm(5)(torch.randn(2,3,5)))
