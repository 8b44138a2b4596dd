import torch


def hvp(f, x, v):
    x = x.detach().requires_grad_()
    g = torch.autograd.grad(f(x), x)[0]
    return torch.autograd.grad(g @ v, x)[0]


def newton_cg(f, x, steps):
    for _ in range(steps):
        x = x.detach().requires_grad_()
        g = torch.autograd.grad(f(x), x)[0]
        p, r, d = torch.zeros_like(g), g, g
        for _ in range(len(g)):
            Hd = hvp(f, x, d)
            a = r @ r / (d @ Hd)
            p, r_new = p + a * d, r - a * Hd
            d = r_new + (r_new @ r_new) / (r @ r) * d
            r = r_new
        x = x - p
    return x


try:
    print(newton_cg(lambda x: (x**4).sum(), torch.tensor([1.0, 2.0]), 3))
except RuntimeError as e:
    print(e)
