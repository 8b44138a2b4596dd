import torch

class ReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x > 0).float()

    @staticmethod
    def backward(ctx, grad):
        x, = ctx.saved_tensors
        return grad * (x > 0).float()

x = torch.tensor([-1.0, 1.0, 2.0], requires_grad=True)
y = ReLU.apply(x)
print(y)
