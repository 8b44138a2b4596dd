import torch


def h(x):
    return x ** 3 * torch.sin(x)


def first(x):
    return torch.autograd.grad(h(x), x, create_graph=True)[0]


x = torch.tensor(0.8, requires_grad=True)
d = first(x).detach()
try:
    d.backward()
except RuntimeError as error:
    print(error)
