import numpy as np
import torch


def f(x):
    # essentially c * x
    c = torch.as_tensor(np.random.randn())
    while c.norm() < 1000:
        c *= 2
    if not c > 0:
        c = 100 * c
    return c * x


x = torch.randn(size=(), requires_grad=True)
y = f(x)
y.backward()
print(x.grad, y / x)
