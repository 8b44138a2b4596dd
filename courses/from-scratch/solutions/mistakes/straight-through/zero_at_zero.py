import torch

class RoundSTE(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.round()
    @staticmethod
    def backward(ctx, g):
        return g

class SignSTE(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sign()
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return g * (x.abs() <= 1)

round_through = RoundSTE.apply
sign_through = SignSTE.apply
x = torch.linspace(-2.3, 2.3, 8, requires_grad=True)
sign_through(x).sum().backward()
print(x.grad)
