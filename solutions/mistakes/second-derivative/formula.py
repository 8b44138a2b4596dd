import torch


def first(x):
    # product rule
    return 3 * x ** 2 * torch.sin(x) + x ** 3 * torch.cos(x)


x = torch.tensor(0.5, requires_grad=True)
(second,) = torch.autograd.grad(first(x), x)
print(first(x).item(), second.item())
