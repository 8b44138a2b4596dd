"""Functions of a vector for exercises on Newton's method: convex, and each element has a part in the slope along another."""

import torch

_CURVATURE = torch.tensor([[4.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.5, -1.0, 2.0]])
_SLOPE = torch.tensor([1.0, -2.0, 3.0])


def paraboloid(x):
    """Of three numbers, with its lowest point where the product of the curvature with it is the slope."""
    return x @ _CURVATURE @ x / 2 - _SLOPE @ x


def valley(x):
    """Of any numbers, with other curvatures along each axis: 1, 2, 3 and so on, and the fourth power of the norm."""
    curvatures = torch.arange(1, x.shape[0] + 1)
    return (curvatures * (x - 1) ** 2).sum() / 2 + (x @ x) ** 2 / 4


def plain(x):
    """Of very many numbers. Its Hessian is a multiple of the identity, plus a multiple of x times x."""
    return ((x - 1) ** 2).sum() / 2 + (x @ x) ** 2 / (4 * x.shape[0])
