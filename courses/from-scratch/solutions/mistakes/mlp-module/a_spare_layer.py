import torch
from torch import nn

class MLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(n, m) for n, m in zip(sizes, sizes[1:])])
        self.input_layer = nn.Linear(sizes[0], sizes[0])   # TODO use it?

    def forward(self, x):
        *first, last = self.layers
        for layer in first:
            x = layer(x).clamp(min=0)
        return last(x)
