import torch


def h(x):
    return x ** 3 * torch.sin(x)


def first(x):
    y = x ** 3
    s = torch.sin(x)
    (dy,) = torch.autograd.grad(y, x, create_graph=True)
    (ds,) = torch.autograd.grad(s, x, retain_graph=True)
    return dy * s + y * ds


x = torch.tensor(1.2, requires_grad=True)
first(x).backward()
print(x.grad)
