import torch


class Sqrt(torch.autograd.Function):
    """The square root of positive numbers."""

    @staticmethod
    def forward(ctx, x):
        root = torch.exp(0.5 * torch.log(x))
        # The output has a place in the graph, other than what is computed on the way.
        ctx.save_for_backward(root)
        return root

    @staticmethod
    def backward(ctx, grad_output):
        (root,) = ctx.saved_tensors
        return grad_output / (2 * root)


sqrt = Sqrt.apply


def fourth_root(x):
    return sqrt(sqrt(x))

