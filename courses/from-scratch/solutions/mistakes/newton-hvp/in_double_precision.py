import numpy as np
import torch
import torch.autograd.forward_ad as fwAD


def hessian_times(f, x, v):
    """Dual numbers through a gradient that keeps its graph."""
    with fwAD.dual_level():
        point = fwAD.make_dual(x.detach().clone().requires_grad_(), v)
        (g,) = torch.autograd.grad(f(point), point, create_graph=True)
        return fwAD.unpack_dual(g).tangent.detach()


def newton(f, x, steps):
    for _ in range(steps):
        z = x.detach().clone().requires_grad_()
        f(z).backward()
        b = z.grad.numpy().astype(np.float64)
        p, r = np.zeros_like(b), b.copy()
        d = r.copy()
        for _ in range(b.size):
            if np.linalg.norm(r) <= 1e-6 * np.linalg.norm(b):
                break
            Hd = hessian_times(f, x, torch.tensor(d, dtype=x.dtype)).numpy().astype(np.float64)
            a = r @ r / (d @ Hd)
            p += a * d
            new = r - a * Hd
            d = new + (new @ new) / (r @ r) * d
            r = new
        x = x - torch.tensor(p, dtype=x.dtype)
    return x
