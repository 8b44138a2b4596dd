"""Newton's method with Hessian-vector products and conjugate gradients: a model answer."""

import torch


def gradient(f, x, **options):
    x = x.detach().requires_grad_()
    (slope,) = torch.autograd.grad(f(x), x, **options)
    return slope, x


def hvp(f, x, v):
    # The graph of the gradient is kept, and the vector weighs its elements: row by row of a matrix that nobody builds.
    slope, x = gradient(f, x, create_graph=True)
    (product,) = torch.autograd.grad(slope, x, grad_outputs=v)
    return product


def newton_direction(f, x):
    g, _ = gradient(f, x)
    p, r, d = torch.zeros_like(g), g, g
    for _ in range(50):
        if r.norm() <= 1e-6 * g.norm():
            break
        product = hvp(f, x, d)
        a = (r @ r) / (d @ product)
        p = p + a * d
        rest = r - a * product
        d = rest + (rest @ rest) / (r @ r) * d
        r = rest
    return p


def newton(f, x, steps):
    for _ in range(steps):
        x = x - newton_direction(f, x)
    return x
