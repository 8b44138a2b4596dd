import math

import torch


def h(x):
    return math.pi ** 3 * torch.sin(x)


def first(x):
    return torch.autograd.grad(h(x), x, create_graph=True)[0]


x = torch.tensor(math.pi, dtype=torch.float64, requires_grad=True)
d = first(x)
print(d, -math.pi ** 3)
print(torch.autograd.grad(d, x))
