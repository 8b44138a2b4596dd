import numpy as np
import torch

def sig(a):
    return 1.0 / (1.0 + np.exp(-a))

class Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        a = x.detach().numpy().astype(np.float64)
        ctx.a = a
        return torch.from_numpy(a * sig(a))

    @staticmethod
    def backward(ctx, grad_output):
        a = ctx.a
        return grad_output * torch.from_numpy(sig(a) + a * sig(a) * (1 - sig(a)))

x = torch.linspace(-2, 2, 5, dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(Swish.apply, x))
