import torch


def h(x):
    return x ** 3 * torch.sin(x)


def first(x):
    g = torch.autograd.grad(h(x), x, create_graph=True)[0]
    return torch.autograd.grad(g, x, create_graph=True)[0]


x = torch.tensor(-0.7, requires_grad=True)
print(first(x))

"""The second derivative is more expensive, because the graph of the first derivative has to be kept in memory as well
and is then run through backwards again."""
