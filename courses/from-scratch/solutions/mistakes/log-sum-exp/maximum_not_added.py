import torch


def LSE(z):
    mx, _ = torch.max(z, -1)
    z = z - mx.unsqueeze(-1)
    return torch.log(torch.exp(z).sum(-1))


x = torch.arange(1000.0, 1003.0).requires_grad_(True)
(g,) = torch.autograd.grad(LSE(x), x)
print(g)
