import torch
from torch import nn


class LayerNormalization(nn.Module):
    def __init__(self, features, epsilon=1e-5):
        super().__init__()
        self.epsilon = epsilon
        self.alpha = nn.Parameter(torch.ones(features))
        self.bias = nn.Parameter(torch.zeros(features))

    def forward(self, x):
        mu = torch.mean(x, dim=-1, keepdim=True)
        sd = torch.std(x, dim=-1, keepdim=True, correction=0)
        return self.alpha * (x - mu) / (sd + self.epsilon) + self.bias


h = torch.randn(2, 7, 16)
print(LayerNormalization(16)(h).shape)
