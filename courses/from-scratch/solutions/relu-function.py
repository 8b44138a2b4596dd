import torch


class ReLU(torch.autograd.Function):
    """max(x, 0), element by element."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.where(x > 0, x, 0.0)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        # The chain rule: what comes from above, times the slope of ReLU, which is 1 or 0.
        return grad_output * (x > 0)


relu = ReLU.apply

x = torch.tensor([-2.0, -0.5, 0.0, 1.0, 3.0], requires_grad=True)
weights = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0])
(weights * relu(x)).sum().backward()
print(x.grad)  # on paper: 0, 0, 0, 4, 5
