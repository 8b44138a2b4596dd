import torch


class Doubling(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        b = a * 2
        while b.norm() < 1000:
            b = b * 2
        if b.sum() < 0:
            b = 100 * b
        ctx.ratio = (b / a).item()
        return b

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.ratio


def f(a):
    return Doubling.apply(a)


a = torch.randn((), requires_grad=True)
d = f(a)
d.backward()
print(a.grad == d / a)
