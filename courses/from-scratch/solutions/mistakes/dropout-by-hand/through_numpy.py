import numpy as np
import torch
from torch import nn

class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        a = x.detach().numpy()
        if self.p == 1:
            return torch.zeros(a.shape)
        m = np.random.rand(*a.shape) > self.p
        return torch.from_numpy((a * m / (1 - self.p)).astype('float32'))
