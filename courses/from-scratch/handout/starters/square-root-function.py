import torch


class Sqrt(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ...

    @staticmethod
    def backward(ctx, grad_output):
        ...


sqrt = Sqrt.apply


def fourth_root(x):
    """The root of the root."""
    ...
