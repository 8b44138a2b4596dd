"""A function of autograd whose name has ten million letters, in a pass that is recorded with the names on its way."""

import torch


class Identity(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        return gradient


Long = type("L" * 10**7, (Identity,), {})
y = torch.ones(2, requires_grad=True)
Long.apply(y).sum().backward()
