"""Its functions keep their arguments and change them later, or while the gradient is computed, and write over all."""

import torch

kept = []


def pair(w, params, cache):
    kept.append((w, params, cache))
    for one, others, more in kept:
        one.data.fill_(41.5)
        others.append(others)
        more["x"], more["more"] = None, more

    def later(gradient):
        w.data.zero_()
        params.clear()
        cache.clear()
        w.grad = torch.full((3,), 41.5)
        return gradient * 41.5

    w.register_hook(later)
    params[0].__class__ = torch.nn.Parameter
    params[0].set_(torch.zeros(0))
    return w * 2, w.sum()


class Kept(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.x = x
        return x * 2

    @staticmethod
    def backward(ctx, gradient):
        ctx.x.data.fill_(float("nan"))
        ctx.x.resize_(10**6)
        return gradient


f = Kept.apply
