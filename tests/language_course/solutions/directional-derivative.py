import torch


def f(x):
    return torch.sin(x[0]) * x[1] + x[2] ** 2


point = torch.tensor([0.4, -1.3, 2.1])
value, derivative = torch.func.jvp(f, (point,), (torch.tensor([1.0, 2.0, -0.5]),))
