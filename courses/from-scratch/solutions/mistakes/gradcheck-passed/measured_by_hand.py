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

def my_check(f, x, eps=1e-6):
    f(x).sum().backward()
    with torch.no_grad():
        numeric = (f(x + eps) - f(x - eps)) / (2 * eps)
    return torch.allclose(numeric, x.grad, atol=1e-6)

x = torch.randn(6, dtype=torch.float64, requires_grad=True)
print(my_check(swish, x))
