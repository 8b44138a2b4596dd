import torch
from torch import nn

class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        assert 0 <= p <= 1
        self.p = p

    def forward(self, X):
        if not self.training:
            return X
        if self.p == 0:
            return torch.zeros_like(X)
        mask = torch.rand(X.shape) < self.p
        return mask * X / self.p

layer = Dropout(0.4)
X = torch.arange(16, dtype=torch.float32).reshape(2, 8)
print(layer(X))
