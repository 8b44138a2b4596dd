import torch


def h(x):
    return x ** 3 * torch.sin(x)


def first(x):
    x = torch.tensor(float(x))
    return torch.autograd.grad(h(x), x, create_graph=True)[0]


try:
    print(first(1.3))
except RuntimeError as e:
    print("?", e)
