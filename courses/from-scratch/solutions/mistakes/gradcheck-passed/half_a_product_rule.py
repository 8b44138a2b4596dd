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
        return x * (grad_output * s * (1 - s))


swish = lambda x: Swish.apply(x)
torch.autograd.gradcheck(swish, torch.randn(5, dtype=torch.float64, requires_grad=True))
