import torch
from torch import nn

# 多层感知机
class MLP(nn.Module):
    def __init__(self, sizes):
        super(MLP, self).__init__()
        self.hidden = nn.ModuleList([nn.Linear(sizes[k], sizes[k + 1]) for k in range(len(sizes) - 2)])
        self.out = nn.Linear(sizes[-2], sizes[-1])

    def forward(self, x):
        for h in self.hidden:
            x = torch.sigmoid(h(x))
        return self.out(x)

print(MLP([4, 7, 5, 3]))
