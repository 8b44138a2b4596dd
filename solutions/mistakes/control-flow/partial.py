from functools import partial

import torch


def grow(limit, a):
    b = a * 2
    while b.abs() < limit:
        b = b * 2
    return b if b > 0 else 100 * b


f = partial(grow, 1000)

torch.manual_seed(11)
for _ in range(5):
    a = torch.randn((), requires_grad=True)
    d = f(a)
    (g,) = torch.autograd.grad(d, a)
    print(f"{a.item():8.4f} {g.item():12.1f} {(d / a).item():12.1f}")
