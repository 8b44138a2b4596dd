import torch


def f(x):
    return torch.stack([x[0] * x[1], x[1] ** 2, x[0].exp()])


x = torch.tensor([0.5, 2.0], requires_grad=True)
u = torch.zeros(3, requires_grad=True)
(pulled,) = torch.autograd.grad(f(x), x, u, create_graph=True)
(jv,) = torch.autograd.grad(pulled, u, torch.tensor([1.0, -1.0]))
