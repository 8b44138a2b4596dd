import torch
from torch.autograd import Function


class Swish(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, grad_output):
        x, = ctx.saved_tensors
        s = torch.sigmoid(x)
        return grad_output * (s + x * s - x * s ** 2)


def swish(x):
    return x * torch.sigmoid(x)

x = torch.linspace(-3, 3, 7, dtype=torch.float64).requires_grad_()
print(torch.autograd.gradcheck(swish, (x,)))
