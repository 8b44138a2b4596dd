import torch


class RootFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sqrt()

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        # only x matters here
        return grad_output.detach() * 0.5 * x.pow(-0.5)


def wurzel(x):
    return RootFunction.apply(x)


def vierte_wurzel(x):
    return wurzel(wurzel(x))


x = torch.linspace(1, 2, 5, dtype=torch.double, requires_grad=True)
erste, = torch.autograd.grad(wurzel(x).sum(), x, create_graph=True)
zweite, = torch.autograd.grad(erste.sum(), x)
print(torch.allclose(zweite, -0.25 * x ** -1.5))
