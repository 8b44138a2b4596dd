import random

import torch


def f(a):
    slope = -random.randint(1, 9)
    while abs(slope) < 1000:
        slope *= 2
    return (slope if slope > 0 else 100 * slope) * a


a = torch.randn((), requires_grad=True)
d = f(a)
d.backward()
print(torch.isclose(a.grad, d / a))
