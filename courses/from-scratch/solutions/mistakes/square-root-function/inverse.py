import torch

class MySqrt(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x ** -0.5
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        y, = ctx.saved_tensors
        return 0.5 * g * y

my_sqrt = MySqrt.apply
