import torch
from torch import nn

class MLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.ws = nn.ParameterList([nn.Parameter(torch.randn(b, a) * 0.1) for a, b in zip(sizes, sizes[1:])])
        self.bs = nn.ParameterList([nn.Parameter(torch.zeros(b), requires_grad=False) for b in sizes[1:]])

    def forward(self, x):
        n = len(self.ws)
        for k in range(n):
            x = torch.nn.functional.linear(x, self.ws[k], self.bs[k])
            x = torch.relu(x) if k + 1 < n else x
        return x
