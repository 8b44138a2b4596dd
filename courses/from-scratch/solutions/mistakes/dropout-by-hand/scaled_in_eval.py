import torch
from torch import nn
from torch.distributions import Bernoulli

class Dropout(nn.Module):
    def __init__(self, p):
        super(Dropout, self).__init__()
        self.keep = 1.0 - p

    def forward(self, x):
        if self.keep == 0:
            return torch.zeros_like(x)
        if self.training:
            x = x * Bernoulli(self.keep).sample(x.shape)
        return x / self.keep
