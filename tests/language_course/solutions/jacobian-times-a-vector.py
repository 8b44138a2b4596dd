import torch


def f(x):
    return torch.stack([x[0] * x[1], x[1] ** 2, x[0].exp()])


value, jv = torch.func.jvp(f, (torch.tensor([0.5, 2.0]),), (torch.tensor([1.0, -1.0]),))
