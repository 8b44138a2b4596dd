import torch


class H(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3 * torch.sin(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (3 * x ** 2 * torch.sin(x) + x ** 3 * torch.cos(x))


def first(x):
    return torch.autograd.grad(H.apply(x), x, create_graph=True)[0]


x = torch.tensor(1.3, requires_grad=True)
d = first(x)
d.backward()
print(d, x.grad)
