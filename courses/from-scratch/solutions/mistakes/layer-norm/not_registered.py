import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.gamma = torch.ones(features, requires_grad=True)
        self.beta = torch.zeros(features, requires_grad=True)
        self.eps = 1e-5

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        var = ((x - mean)**2).mean(-1, keepdim=True)
        return self.gamma * ((x - mean) / torch.sqrt(var + self.eps)) + self.beta

ln = LayerNorm(3)
print(list(ln.parameters()))   # [] ??
