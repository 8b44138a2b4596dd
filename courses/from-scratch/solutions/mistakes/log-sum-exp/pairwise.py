# log-sum-exp, built up from two numbers at a time:
#   log(e^a + e^b) = max(a, b) + log(1 + e^-|a - b|)
import functools

import torch


def log_add(a, b):
    high = torch.maximum(a, b)
    low = torch.minimum(a, b)
    return high + torch.log1p(torch.exp(low - high))


def smooth_max(x):
    return functools.reduce(log_add, x.unbind(dim=-1))


v = torch.tensor([[1000.0, 1001.0, 1002.0, 900.0], [-2000.0, -2001.0, -2005.0, -2000.5]], requires_grad=True)
(slope,) = torch.autograd.grad(smooth_max(v).sum(), v)
print(slope, slope.sum(dim=-1))
