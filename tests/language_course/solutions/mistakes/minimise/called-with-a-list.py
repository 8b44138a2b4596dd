import torch


def minimise(f, x0):
    x = x0.detach().clone().requires_grad_()
    for _ in range(100):
        (gradient,) = torch.autograd.grad(f([x]), x)
        x = (x - 0.1 * gradient).detach().requires_grad_()
    return x.detach()
