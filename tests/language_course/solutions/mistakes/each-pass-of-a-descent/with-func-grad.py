import torch


def f(w):
    return ((w - 2) ** 2).sum()


w = torch.tensor([5.0, -1.0, 0.5])
for _ in range(8):
    w = w - 0.25 * torch.func.grad(f)(w)
