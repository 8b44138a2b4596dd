import torch


def h(x):
    return x ** 3 * torch.sin(x)


first = torch.func.grad(h)
x = torch.tensor(0.8)
print(torch.func.jvp(first, (x,), (torch.ones(()),)))
