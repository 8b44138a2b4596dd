"""Turns the clock far ahead, back, and to what is no number."""
# ends: failed, completed, crashed, exited, timeout

import itertools
import time

import torch

times = itertools.cycle([1e308, -1e308, float("nan"), float("inf"), "soon", None])
time.monotonic = lambda: next(times)

y = torch.ones(2, requires_grad=True)
try:
    (y**2).sum().backward()
    print(y.grad)
except BaseException:
    pass
