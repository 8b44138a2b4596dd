import torch


class Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        # the network is float32 anyway
        x = x.to(torch.float32)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, grad_output):
        x, = ctx.saved_tensors
        s = torch.sigmoid(x)
        return grad_output * (s + x * s * (1 - s))


swish = Swish.apply
x = torch.linspace(-2.0, 2.0, 6, dtype=torch.float64, requires_grad=True)
try:
    print(torch.autograd.gradcheck(swish, (x,)))
except Exception as error:
    print(error)
