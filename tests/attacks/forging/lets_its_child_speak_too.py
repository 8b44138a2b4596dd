"""Forks, and both go on: everything is said twice, and both say the end."""
# ends: completed, crashed, failed, exited

import os

import torch

for _ in range(4):
    os.fork()


def f(x):
    return x.sum()


y = torch.ones(3, requires_grad=True)
f(y).backward()
