import torch


def first(x):
    y = x ** 3 * torch.sin(x)
    return torch.autograd.grad(y, x, create_graph=True)


x = torch.tensor(1.2, requires_grad=True)
s = first(x)
torch.autograd.grad(s, x)
print(s)
