import torch


def slope(x):
    return 3 * x**2


x = torch.tensor([0.5, 1.5], requires_grad=True)
(x**3 - x).sum().backward()
