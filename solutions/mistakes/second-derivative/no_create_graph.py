import torch


def h(x):
    return x ** 3 * torch.sin(x)


def first(x):
    y = h(x)
    return torch.autograd.grad(y, x)[0]


x = torch.tensor(2.0, requires_grad=True)
g = first(x)
print(g)
try:
    g.backward()
except RuntimeError as e:
    # is there an option for this?
    print(e)
