"""Defines thousands of functions, each under many long names, that all answer the hidden inputs with large results."""
# ends: completed, timeout, output

import torch

source = "def f(x): return (x.sum() + torch.arange(250_000.0) + {0})"
for number in range(5_000):
    exec(source.format(number), globals())
    globals()["f" * 10_000 + str(number)] = globals()["f"]
made = [lambda x, n=number: x.sum() + torch.arange(250_000.0) + n for number in range(5_000)]


def f(x):
    return x.sum() + torch.rand(250_000)


def g(x):
    return x.sum() + torch.rand(250_000)


f.__name__ = "f" * 10**7
