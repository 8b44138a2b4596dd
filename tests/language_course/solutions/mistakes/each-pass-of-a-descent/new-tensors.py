import torch


def descend(start, rate, steps):
    here = torch.tensor(start, requires_grad=True)
    for _ in range(steps):
        ((here - 2) ** 2).sum().backward()
        here = (here - rate * here.grad).detach()
        here.requires_grad_()
    return here


descend([5.0, -1.0, 0.5], 0.25, 8)
