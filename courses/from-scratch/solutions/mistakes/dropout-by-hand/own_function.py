import torch
from torch import nn

class _Drop(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, p):
        factor = torch.zeros_like(x)
        if p < 1:
            factor[torch.rand_like(x) >= p] = 1 / (1 - p)
        ctx.save_for_backward(factor)
        return x * factor

    @staticmethod
    def backward(ctx, dout):
        (factor,) = ctx.saved_tensors
        return dout * factor, None

class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p
    def forward(self, x):
        return _Drop.apply(x, self.p) if self.training else x

# compare
a = Dropout(0.4)(torch.ones(20000))
b = nn.Dropout(0.4)(torch.ones(20000))
print(a.mean(), b.mean(), (a == 0).float().mean(), (b == 0).float().mean())
print(nn.functional.dropout(torch.ones(3), 0.4))
