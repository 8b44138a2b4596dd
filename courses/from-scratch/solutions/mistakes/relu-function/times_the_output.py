import torch

class Relu(torch.autograd.Function):

    def forward(ctx, x):
        y = (x + x.abs()) / 2
        ctx.save_for_backward(y)
        return y

    def backward(ctx, dy):
        y, = ctx.saved_tensors
        dx = dy * y
        return dx

    forward = staticmethod(forward)
    backward = staticmethod(backward)

x = torch.randn(2, 3, requires_grad=True)
Relu.apply(x).sum().backward()
