import functools

import numpy as np
import torch


def times(slope, a):
    return slope * a


def draw():
    slope = np.random.default_rng(5).normal()
    while abs(slope) < 1000:
        slope = slope * 2
    return slope if slope > 0 else 100 * slope


f = functools.partial(times, draw())

a = torch.randn((), requires_grad=True)
d = f(a)
d.backward()
print(a.grad, d / a)
