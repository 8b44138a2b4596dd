import torch
from torch import nn

# exactly p * n of the elements are dropped
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p
    def forward(self, x):
        if not self.training:
            return x
        n = x.numel()
        k = int(self.p * n)
        idx = torch.randperm(n)[:k]
        mask = torch.ones(n)
        mask[idx] = 0
        if self.p == 1:
            return torch.zeros_like(x)
        return x * mask.view(x.shape) / (1 - self.p)

print(Dropout(0.4)(torch.ones(10)))
