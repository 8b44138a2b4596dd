import torch


def first(x):
    a = x ** 3
    b = torch.sin(x)
    da = torch.autograd.grad(a, x, create_graph=True)[0]
    db = torch.autograd.grad(b, x, create_graph=True)[0]
    return da * db


x = torch.tensor(1.2, requires_grad=True)
g = torch.autograd.grad(first(x), x)[0]
print(g)
