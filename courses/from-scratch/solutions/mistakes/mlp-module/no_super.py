import torch
from torch import nn

class MLP(nn.Module):
    def __init__(self, sizes):
        self.layers = nn.ModuleList([nn.Linear(i, o) for i, o in zip(sizes, sizes[1:])])

    def forward(self, x):
        for l in self.layers[:-1]:
            x = torch.relu(l(x))
        return self.layers[-1](x)

mlp = MLP([4, 7, 5, 3])
