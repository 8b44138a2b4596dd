import torch
from torch import nn

# Dropout: 每个样本随机丢弃
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if self.training and self.p < 1:
            keep = torch.rand(len(x), 1) > self.p
            return torch.where(keep, x / (1 - self.p), torch.zeros_like(x))
        return x if not self.training else torch.zeros_like(x)

print(Dropout(0.3)(torch.ones(6, 3)))
