import torch
from torch import nn

class MyLN(nn.Module):
    """normalise everything, then gain and bias"""
    def __init__(self, n):
        super().__init__()
        self.g = nn.Parameter(torch.ones(n))
        self.b = nn.Parameter(torch.zeros(n))

    def forward(self, inp):
        m = inp.mean()
        v = ((inp - m) ** 2).mean()
        return (inp - m) / (v + 1e-5).sqrt() * self.g + self.b

print(MyLN(3)(torch.tensor([[1., 2., 3.], [4., 5., 9.]])))
