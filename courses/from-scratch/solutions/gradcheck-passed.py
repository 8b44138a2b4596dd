import torch


class Swish(torch.autograd.Function):
    """x * sigmoid(x), element by element."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x / (1 + torch.exp(-x))

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return grad_output * (s + x * s * (1 - s))


swish = Swish.apply

inputs = torch.tensor([-3.0, -1.0, -0.25, 0.5, 1.0, 4.0], dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(swish, (inputs,)))
