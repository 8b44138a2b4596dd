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
        return grad_output * (s + x * s * s)


x = torch.randn(6, dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(Swish.apply, (x,), raise_exception=False))
