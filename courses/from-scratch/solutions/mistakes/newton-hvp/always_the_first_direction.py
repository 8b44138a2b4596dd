import torch
from torch.autograd.functional import hvp as torch_hvp


def hvp(f, x, v):
    return torch_hvp(f, x, v)[1]


def newton(f, x, steps):
    g = torch.autograd.functional.jacobian(f, x)
    direction = torch.zeros_like(g)
    r, d = g, g
    while r.norm() > 1e-6 * g.norm():
        Hd = hvp(f, x, d)
        a = r.dot(r) / d.dot(Hd)
        direction, r_next = direction + a * d, r - a * Hd
        d = r_next + r_next.dot(r_next) / r.dot(r) * d
        r = r_next
        if r.norm() < 1e-4:
            break
    for _ in range(steps):
        x = x - direction
    return x
