import torch


def f(x):
    return torch.sin(x[0].detach()) * x[1] + x[2] ** 2


print(torch.func.jvp(f, (torch.tensor([0.4, -1.3, 2.1]),), (torch.tensor([1.0, 2.0, -0.5]),)))
