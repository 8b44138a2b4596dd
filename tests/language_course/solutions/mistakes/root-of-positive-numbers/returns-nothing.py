import torch


class NegativeError(ValueError):
    pass


class Root(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        if (x < 0).any():
            raise NegativeError
        y = x.sqrt()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_output):
        (y,) = ctx.saved_tensors
        gradient = grad_output / (2 * y)


root = Root.apply
