"""Hands in objects that say that they are tensors, and are none."""
# ends: completed, crashed

import torch


class Claim:
    __class__ = torch.Tensor

    def __getattr__(self, name):
        return self

    def __call__(self, *arguments, **options):
        return self


def f(x):
    return Claim()


y = Claim()
try:
    torch.autograd.backward(y)
except Exception:
    pass
