import torch
from torch import nn

class MLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.first = nn.Linear(sizes[0], sizes[1])
        self.rest = nn.ModuleList([nn.Linear(p, q) for p, q in zip(sizes[1:], sizes[2:])])

    def forward(self, x):
        x = torch.relu(self.first(x))
        for i, layer in enumerate(self.rest):
            x = layer(x)
            if i != len(self.rest) - 1:
                x = torch.relu(x)
        return x

net = MLP([4, 7, 5, 3])
print(sum(p.numel() for p in net.parameters()))
