# Why is it more expensive? To get the second derivative, the chain rule has to be applied to the first derivative,
# which is itself a long expression: more operations, more memory.
import torch
from torch.func import grad


def h(x):
    return x ** 3 * torch.sin(x)


def first(x):
    return grad(h)(x)


second = grad(first)
t = torch.tensor(-1.3)
print(first(t), second(t))
