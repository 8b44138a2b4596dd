"""Functions of a vector that return a vector of another length, for exercises on Jacobians."""

import torch


def narrow(x):
    """From three numbers to two."""
    return torch.stack([x[0] * x[1], x[1] + x[2] ** 2])


def widen(x):
    """From two numbers to four."""
    return torch.stack([x[0].sin(), x[0] * x[1] ** 2, x[1] - x[0], x[1].exp()])
