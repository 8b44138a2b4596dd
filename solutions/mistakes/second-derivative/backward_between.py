import torch
from torch.autograd import grad


def h(x):
    return x ** 3 * torch.sin(x)


def first(x):
    return grad(h(x), x, create_graph=True)[0]


x = torch.tensor(1.3, requires_grad=True)
y = h(x)
slope = grad(y, x, create_graph=True)[0]
y.backward()
print(slope.item(), "the same:", x.grad.item())

x.grad = None
slope.backward()
print(x.grad)
