import torch


def f(x):
    return torch.stack([x[0] * x[1], x[1] ** 2, x[0].exp()])


x = torch.tensor([0.5, 2.0])
jv = torch.autograd.functional.jacobian(f, x) @ torch.tensor([1.0, -1.0])
