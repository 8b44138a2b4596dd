import torch
from torch import nn


def softmax(x):
    powers = torch.exp(x - x.max())
    return powers / powers.sum()


def slope(x):
    x = x.detach().requires_grad_()
    return torch.autograd.grad((x**3).sum(), x)[0]


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3))

    def forward(self, x):
        return x @ torch.diag(self.scale)


# A comparison is no part of the answer.
print(torch.allclose(softmax(torch.ones(3)), torch.softmax(torch.ones(3), 0)), torch.ones(3) * 2)
