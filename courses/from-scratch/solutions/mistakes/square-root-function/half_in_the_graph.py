import torch
from torch import autograd


class Wurzel(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.sqrt()
        ctx.save_for_backward(y)
        ctx.x = x.clone()
        return y

    @staticmethod
    def backward(ctx, g):
        y, = ctx.saved_tensors
        # 1/(2 sqrt(x)) = sqrt(x) / (2 x)
        return g * y / (2 * ctx.x)


def wurzel(x):
    return Wurzel.apply(x)


def vierte(x):
    return wurzel(wurzel(x))


x = torch.tensor([1.0, 4.0], requires_grad=True)
first, = autograd.grad(wurzel(x).sum(), x, create_graph=True)
second, = autograd.grad(first.sum(), x)
print(first, second)   # second should be negative??
