import numpy as np
import torch


class SquaredNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.tensor(float(np.linalg.norm(x.detach().numpy()) ** 2))

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 2 * x * grad


x = torch.tensor([1.0, 2.0, -3.0], requires_grad=True)
SquaredNorm.apply(x).backward()
print(x.grad)
