import torch


def f(x):
    return torch.stack([x[0] * x[1], x[1] ** 2, x[0].exp()])


x, v = torch.tensor([0.5, 2.0], dtype=torch.float64), torch.tensor([1.0, -1.0], dtype=torch.float64)
jv = ((f(x + 1e-6 * v) - f(x - 1e-6 * v)) / 2e-6).float()
