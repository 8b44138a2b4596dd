import torch
from torch.func import grad


def hvp(f, x, v, eps=1e-2):
    g = grad(f)
    return (g(x + eps * v) - g(x - eps * v)) / (2 * eps)


def newton(f, x, steps):
    """Newton-CG, eighty turns each, that should be enough for anything"""
    for _ in range(steps):
        b = grad(f)(x)
        p = torch.zeros_like(b)
        r, d = b, b
        for _ in range(80):
            Hd = torch.autograd.functional.hvp(f, x, d)[1]
            a = (r @ r) / (d @ Hd)
            p = p + a * d
            r2 = r - a * Hd
            d = r2 + (r2 @ r2) / (r @ r) * d
            r = r2
        x = x - p
    return x
