import torch


def first(x):
    return 3 * x ** 2 * torch.sin(x) + x ** 3 * torch.cos(x)


x = torch.tensor(2.5, requires_grad=True)
y = x ** 3 * torch.sin(x)
torch.autograd.grad(y, x, create_graph=True)  # autograd
d = first(x)
(second,) = torch.autograd.grad(d, x)
print(d.item(), second.item())
