"""Functions of a vector for exercises on Newton's method: convex, and each element has a part in the slope along another."""

import torch


def ravine(x):
    """Of twelve numbers, quadratic, with curvatures of 1, 10 and 100 in turn. Going downhill takes hundreds of turns, and
    conjugate directions take no more than there are different curvatures."""
    curvatures = 10.0 ** (torch.arange(12) % 3)
    return (curvatures * (x - 1) ** 2).sum() / 2 + x.sum() ** 2 / 2


def valley(x):
    """Of any numbers, with other curvatures along each axis: 1, 2, 3 and so on, and the fourth power of the norm."""
    curvatures = torch.arange(1, x.shape[0] + 1)
    return (curvatures * (x - 1) ** 2).sum() / 2 + (x @ x) ** 2 / 4


def plain(x):
    """Of very many numbers. Its Hessian is a multiple of the identity, plus a multiple of x times x."""
    return ((x - 1) ** 2).sum() / 2 + (x @ x) ** 2 / (4 * x.shape[0])
