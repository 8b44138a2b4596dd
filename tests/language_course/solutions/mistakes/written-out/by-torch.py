import torch
import torch.nn as nn
import torch.nn.functional as F


def my_softmax(v):
    return F.log_softmax(v, -1).exp()


def slope(v):
    return 3 * v**2


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.randn(3))

    def forward(self, x):
        return x * self.scale
