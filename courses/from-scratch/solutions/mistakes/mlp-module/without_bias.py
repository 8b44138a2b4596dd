import torch
from torch import nn

class MLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        mods = []
        for a, b in zip(sizes, sizes[1:]):
            mods.append(nn.Linear(a, b, bias=False))
            mods.append(nn.ReLU())
        self.net = nn.Sequential(*mods[:-1])

    def forward(self, x):
        return self.net(x)
