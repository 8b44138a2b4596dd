import torch
from torch.func import grad


def f(p, q):
    return (2 * p * p + 2 * q * q).sum() / q.numel()


m = torch.arange(1.0, 7.0).reshape(2, 3)
print(grad(f, argnums=(0, 1))(torch.tensor(-1.5), m))
print(grad(f, argnums=(0, 1))(m.flip(0), m))
print("In the mean all is divided by 6; but the number is in all six terms, and their slopes are added together.")
