"""Its function writes into its input, resizes it, and hands it back as its own result."""

import torch


def f(x):
    with torch.no_grad():
        x.fill_(0.0)
        x.data = torch.zeros(0)
        x.set_(torch.zeros(1))
    return x


def g(x):
    x.backward = x.sum = lambda *arguments, **options: torch.tensor(41.5, requires_grad=True)
    return x


def h(x):
    x.register_hook(lambda gradient: gradient * float("nan"))
    x.grad_fn
    return x * 2
