import torch
from torch.func import jvp, vjp


def softmax(x):
    return 1 / torch.exp(x[None, :] - x[:, None]).sum(1)


def slope(x):
    return vjp(lambda y: y**3, x.detach())[1](torch.ones_like(x))[0]


class Scaled(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(3))

    def forward(self, x):
        return torch.einsum("ij,j->ij", x, self.scale)


print(jvp(torch.sin, (torch.ones(2),), (torch.ones(2),)))
