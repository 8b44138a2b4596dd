# Why is the second derivative more expensive? Its computational graph is built on top of the graph of the first one:
# the backward pass has to be recorded as well and kept in memory, which costs time and space.
import torch
from torch.autograd.functional import hessian, hvp, vjp


def h(x):
    return x.pow(3) * x.sin()


def first(x):
    return vjp(h, x, create_graph=True)[1]


x = torch.tensor(1.1, requires_grad=True)
print(first(x))
print(hessian(h, x))
print(hvp(h, x, torch.tensor(1.0))[1])
