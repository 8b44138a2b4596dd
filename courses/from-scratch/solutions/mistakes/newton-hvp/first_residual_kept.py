import torch
from torch.func import grad, jvp

def hess_vec(f, x, v):
    return jvp(grad(f), (x,), (v,))[1]

def newton_steps(f, x, steps):
    """Newton-CG"""
    for _ in range(steps):
        g = grad(f)(x)
        p = torch.zeros_like(x)
        r = g
        d = r
        for k in range(50):
            Hd = hess_vec(f, x, d)
            a = (r @ r) / (d @ Hd)
            p = p + a * d
            r = r - a * Hd
            b = (r @ r) / (g @ g)
            d = r + b * d
            if torch.norm(r) < 1e-6 * torch.norm(g):
                break
        x = x - p
    return x

print(newton_steps(lambda x: (x**2).sum() * 3, torch.ones(3), 1))
