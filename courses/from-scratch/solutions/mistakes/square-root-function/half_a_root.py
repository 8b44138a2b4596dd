import torch

class MySqrt(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sqrt(x)

    @staticmethod
    def backward(ctx, grad_output):
        x, = ctx.saved_tensors
        return grad_output / (2 * torch.sqrt(x))

my_sqrt = MySqrt.apply

def fourth_root(x):
    # (x^(1/2))^(1/2) = 1/2 * x^(1/2)
    return 0.5 * my_sqrt(x)

print(my_sqrt(torch.tensor([4.0, 9.0])), fourth_root(torch.tensor([16.0])))
