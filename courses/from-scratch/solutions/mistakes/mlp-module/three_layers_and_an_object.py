import torch
from torch import nn


class MLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.l1 = nn.Linear(sizes[0], sizes[1])
        self.l2 = nn.Linear(sizes[1], sizes[2])
        self.l3 = nn.Linear(sizes[2], sizes[3])

    def forward(self, x):
        h = torch.relu(self.l1(x))
        h = torch.relu(self.l2(h))
        return self.l3(h)


mlp = MLP([4, 7, 5, 3])
x = torch.randn(10, 4)
y = mlp(x)
assert y.shape == (10, 3)
y.sum().backward()
print([p.grad.shape for p in mlp.parameters()])
