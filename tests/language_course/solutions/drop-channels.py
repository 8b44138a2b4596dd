import torch
from torch import nn


class DropChannels(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        return x * (torch.rand(*x.shape[:2], 1) >= self.p) / (1 - self.p) if self.training else x
