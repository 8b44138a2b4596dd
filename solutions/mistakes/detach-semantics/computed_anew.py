import torch


def gradient_of_z():
    x = torch.arange(4.0, requires_grad=True)
    y = x * x
    u = y.detach()
    z = u * x
    z.sum().backward()
    return x.grad


def gradient_of_y():
    x = torch.arange(4.0, requires_grad=True)
    y = x * x
    y.sum().backward()
    return x.grad


print(gradient_of_z(), gradient_of_y())
