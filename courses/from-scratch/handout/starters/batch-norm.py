import torch
from torch import nn


class BatchNorm(nn.Module):
    def __init__(self, features):
        super().__init__()
        # scale, shift, running mean, running variance
        ...

    def forward(self, x):
        if self.training:
            ...
        else:
            ...
