import torch
from torch.autograd.gradcheck import gradcheck

torch.set_default_dtype(torch.float64)


class S(torch.autograd.Function):
    @staticmethod
    def forward(ctx, v):
        half = (torch.tanh(v / 2) + 1) / 2
        ctx.slope = half + v * half * (1 - half)
        return v * half

    @staticmethod
    def backward(ctx, w):
        return w * ctx.slope


ok = gradcheck(func=S.apply, inputs=[torch.randn(2, 5, requires_grad=True)], raise_exception=False)
assert ok
