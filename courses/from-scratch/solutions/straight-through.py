import torch


def round_through(x):
    # For autograd the bracket is a constant, so the slope is that of x alone.
    return x + (torch.round(x) - x).detach()


class SignThrough(torch.autograd.Function):
    """1 or -1, with the slope of a ramp between -1 and 1."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.where(x >= 0, 1.0, -1.0)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return torch.where(x.abs() <= 1, grad_output, 0.0)


sign_through = SignThrough.apply
