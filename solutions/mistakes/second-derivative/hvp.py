import torch


def h(x):
    return x ** 3 * torch.sin(x)


def first(x):
    return torch.autograd.grad(h(x), x, create_graph=True)[0]


x = torch.tensor(0.8)
print(torch.autograd.functional.hvp(h, x, torch.tensor(1.0)))
